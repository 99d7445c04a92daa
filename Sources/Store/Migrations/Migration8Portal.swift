/// The portal: who may log in with which password, sessions and links by the hash of their tokens, forms that were sent.
enum Migration8Portal {
    static let sql = """
        CREATE TABLE portal_people (
            email TEXT PRIMARY KEY REFERENCES users(email) ON DELETE CASCADE,
            -- « Prénom NOM »; empty where it isn't known.
            name TEXT NOT NULL,
            hash TEXT NOT NULL,
            state TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            last_login_at INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE portal_sessions (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            -- SHA-256 of the token.
            hash BLOB NOT NULL UNIQUE,
            email TEXT NOT NULL REFERENCES portal_people(email) ON DELETE CASCADE,
            begun_at INTEGER NOT NULL,
            seen_at INTEGER NOT NULL,
            address TEXT NOT NULL,
            agent TEXT NOT NULL
        ) STRICT;
        CREATE INDEX portal_sessions_by_person ON portal_sessions(email, id);
        CREATE TABLE portal_links (
            hash BLOB PRIMARY KEY,
            email TEXT NOT NULL REFERENCES users(email) ON DELETE CASCADE,
            until INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX portal_links_by_person ON portal_links(email);
        CREATE TABLE portal_log (
            id INTEGER PRIMARY KEY,
            email TEXT NOT NULL,
            at INTEGER NOT NULL,
            event TEXT NOT NULL,
            actor TEXT NOT NULL,
            origin TEXT NOT NULL
        ) STRICT;
        CREATE INDEX portal_log_by_person ON portal_log(email, id);
        -- A form whose file was let into the drop folder: it deposits once.
        CREATE TABLE portal_forms (
            key BLOB PRIMARY KEY,
            email TEXT NOT NULL,
            depositor INTEGER NOT NULL REFERENCES depositors(id),
            device INTEGER NOT NULL,
            inode INTEGER NOT NULL,
            at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX portal_forms_by_time ON portal_forms(at);
        """
}

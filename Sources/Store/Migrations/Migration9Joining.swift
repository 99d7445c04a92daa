/// Who comes to the portal by himself: registrations that wait for their link, what is known of a person, invitations; and when the secret
/// in a mail is over. Addresses that differ by case alone are one person's: they are looked up without regard to it, kept as written.
enum Migration9Joining {
    static let sql = """
        CREATE INDEX users_by_email ON users(email COLLATE NOCASE);
        ALTER TABLE portal_log ADD COLUMN detail TEXT NOT NULL DEFAULT '';
        ALTER TABLE portal_people ADD COLUMN title TEXT NOT NULL DEFAULT '';
        ALTER TABLE portal_people ADD COLUMN last_name TEXT NOT NULL DEFAULT '';
        ALTER TABLE portal_people ADD COLUMN first_name TEXT NOT NULL DEFAULT '';
        ALTER TABLE portal_people ADD COLUMN phone TEXT NOT NULL DEFAULT '';
        ALTER TABLE portal_people ADD COLUMN siret TEXT NOT NULL DEFAULT '';
        ALTER TABLE portal_people ADD COLUMN company TEXT NOT NULL DEFAULT '';
        ALTER TABLE portal_people ADD COLUMN street TEXT NOT NULL DEFAULT '';
        ALTER TABLE portal_people ADD COLUMN postal_code TEXT NOT NULL DEFAULT '';
        ALTER TABLE portal_people ADD COLUMN city TEXT NOT NULL DEFAULT '';
        CREATE TABLE portal_registrations (
            -- SHA-256 of the token in the activation link.
            hash BLOB PRIMARY KEY,
            email TEXT NOT NULL COLLATE NOCASE,
            password_hash TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            -- The link's end.
            until INTEGER NOT NULL,
            title TEXT NOT NULL,
            last_name TEXT NOT NULL,
            first_name TEXT NOT NULL,
            phone TEXT NOT NULL,
            siret TEXT NOT NULL,
            company TEXT NOT NULL,
            street TEXT NOT NULL,
            postal_code TEXT NOT NULL,
            city TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX portal_registrations_by_person ON portal_registrations(email, created_at);
        CREATE TABLE invitations (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            depositor INTEGER NOT NULL REFERENCES depositors(id),
            -- SHA-256 of the code's symbols.
            hash BLOB NOT NULL UNIQUE,
            -- Where the code was mailed to; empty where it was printed.
            email TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            created_by TEXT NOT NULL,
            until INTEGER NOT NULL,
            used_at INTEGER,
            used_by TEXT,
            revoked_at INTEGER,
            revoked_by TEXT
        ) STRICT;
        CREATE INDEX invitations_by_depositor ON invitations(depositor, id);
        CREATE INDEX invitations_open ON invitations(until) WHERE used_at IS NULL AND revoked_at IS NULL;
        -- A mail with a secret: it is not tried beyond this instant, and has no body after it.
        ALTER TABLE outbox ADD COLUMN until INTEGER;
        UPDATE outbox SET until = created_at + 3600000 WHERE kind = 'portail.motDePasse';
        CREATE INDEX outbox_with_secret ON outbox(until) WHERE until IS NOT NULL AND body <> '';
        """
}

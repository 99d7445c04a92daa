/// Depositors, people and their accounts, OF lists, deposits, mails, periods.
enum Migration1Tables {
    static let sql = """
        CREATE TABLE depositors (
            id INTEGER PRIMARY KEY,
            code TEXT NOT NULL UNIQUE,
            siret TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL,
            mode TEXT NOT NULL,
            state TEXT NOT NULL,
            added_at INTEGER NOT NULL,
            added_on TEXT NOT NULL,
            -- The deposit whose list is in force: an older one never replaces it.
            list_received_at INTEGER,
            list_deposit INTEGER
        ) STRICT;
        CREATE TABLE users (
            email TEXT PRIMARY KEY,
            muted INTEGER NOT NULL DEFAULT 0
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE grants (
            email TEXT NOT NULL REFERENCES users(email) ON DELETE CASCADE,
            depositor INTEGER NOT NULL REFERENCES depositors(id),
            PRIMARY KEY (email, depositor)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX grants_by_depositor ON grants(depositor, email);
        CREATE TABLE accounts (
            login TEXT PRIMARY KEY,
            email TEXT NOT NULL UNIQUE REFERENCES users(email) ON DELETE CASCADE,
            hash TEXT NOT NULL,
            state TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            last_login_at INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE account_keys (
            login TEXT NOT NULL REFERENCES accounts(login) ON DELETE CASCADE,
            fingerprint TEXT NOT NULL,
            algorithm TEXT NOT NULL,
            blob BLOB NOT NULL,
            comment TEXT NOT NULL,
            added_at INTEGER NOT NULL,
            PRIMARY KEY (login, fingerprint)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE account_log (
            id INTEGER PRIMARY KEY,
            login TEXT NOT NULL,
            at INTEGER NOT NULL,
            event TEXT NOT NULL,
            actor TEXT NOT NULL,
            origin TEXT NOT NULL,
            detail TEXT NOT NULL
        ) STRICT;
        CREATE INDEX account_log_by_login ON account_log(login, id);

        CREATE TABLE reference_lists (
            id INTEGER PRIMARY KEY,
            imported_at INTEGER NOT NULL,
            imported_by TEXT NOT NULL,
            source TEXT NOT NULL,
            sha256 TEXT NOT NULL,
            count INTEGER NOT NULL,
            -- Only the newest lists keep their content.
            packed BLOB
        ) STRICT;

        CREATE TABLE publications (
            device INTEGER NOT NULL,
            inode INTEGER NOT NULL,
            depositor INTEGER NOT NULL REFERENCES depositors(id),
            name BLOB NOT NULL,
            login TEXT NOT NULL,
            channel TEXT NOT NULL,
            address TEXT,
            received_at INTEGER NOT NULL,
            PRIMARY KEY (device, inode)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE deposits (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            depositor INTEGER NOT NULL REFERENCES depositors(id),
            file BLOB NOT NULL,
            device INTEGER,
            inode INTEGER,
            size INTEGER NOT NULL,
            modified INTEGER,
            sha256 TEXT,
            state TEXT NOT NULL,
            cause TEXT,
            mode TEXT NOT NULL,
            author TEXT NOT NULL,
            channel TEXT NOT NULL,
            address TEXT,
            received_at INTEGER NOT NULL,
            civil_date TEXT NOT NULL,
            claimed_at INTEGER NOT NULL,
            processed_at INTEGER,
            step TEXT NOT NULL,
            attempts INTEGER NOT NULL DEFAULT 0,
            next_attempt_at INTEGER,
            last_error TEXT,
            report_name TEXT,
            -- Counts, in the order of CountsText.
            lines TEXT,
            anomalies TEXT,
            movements TEXT,
            reference_version TEXT
        ) STRICT;
        CREATE INDEX deposits_by_depositor ON deposits(depositor, received_at);
        CREATE INDEX deposits_by_period ON deposits(depositor, civil_date);
        CREATE INDEX deposits_by_state ON deposits(state, received_at);
        CREATE INDEX deposits_by_reception ON deposits(received_at);
        CREATE INDEX deposits_by_depositor_state ON deposits(depositor, state, received_at);
        CREATE INDEX deposits_by_end ON deposits(processed_at) WHERE processed_at IS NOT NULL;
        CREATE INDEX deposits_by_claim ON deposits(claimed_at);
        CREATE INDEX deposits_by_report ON deposits(depositor, report_name) WHERE report_name IS NOT NULL;
        CREATE INDEX deposits_by_file ON deposits(depositor, file, received_at);
        CREATE INDEX deposits_unfinished ON deposits(received_at) WHERE step <> 'done';
        CREATE TABLE findings (
            deposit INTEGER PRIMARY KEY REFERENCES deposits(id) ON DELETE CASCADE,
            -- A JSON array: they are only ever read together.
            details BLOB NOT NULL
        ) STRICT;
        CREATE TABLE deposit_events (
            deposit INTEGER NOT NULL REFERENCES deposits(id) ON DELETE CASCADE,
            number INTEGER NOT NULL,
            at INTEGER NOT NULL,
            event TEXT NOT NULL,
            detail TEXT NOT NULL,
            PRIMARY KEY (deposit, number)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE certified_lists (
            depositor INTEGER PRIMARY KEY REFERENCES depositors(id),
            -- PackedList.
            entries BLOB NOT NULL
        ) STRICT;
        CREATE TABLE registry_changes (
            deposit INTEGER PRIMARY KEY REFERENCES deposits(id),
            -- PackedChanges.
            changes BLOB NOT NULL
        ) STRICT;

        CREATE TABLE outbox (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            kind TEXT NOT NULL,
            deposit INTEGER,
            period TEXT,
            recipient TEXT NOT NULL,
            subject TEXT NOT NULL,
            body TEXT NOT NULL,
            message_id TEXT NOT NULL UNIQUE,
            state TEXT NOT NULL,
            attempts INTEGER NOT NULL DEFAULT 0,
            next_attempt_at INTEGER NOT NULL,
            last_error TEXT,
            created_at INTEGER NOT NULL,
            sent_at INTEGER
        ) STRICT;
        CREATE INDEX outbox_queued ON outbox(next_attempt_at) WHERE state = 'queued';
        CREATE INDEX outbox_by_state ON outbox(state, created_at);

        CREATE TABLE periods (
            depositor INTEGER NOT NULL REFERENCES depositors(id),
            start TEXT NOT NULL,
            end TEXT NOT NULL,
            state TEXT NOT NULL,
            deposit INTEGER,
            PRIMARY KEY (depositor, start, end)
        ) STRICT, WITHOUT ROWID;
        -- Day, week, month and year may have the same first day: the setting may change.
        CREATE TABLE closed_periods (
            start TEXT NOT NULL,
            end TEXT NOT NULL,
            closed_at INTEGER NOT NULL,
            PRIMARY KEY (start, end)
        ) STRICT, WITHOUT ROWID;
        """
}

internal import GRDB

/// The numbered migrations. One that has been released is never changed: a new one follows it.
///
/// Times are milliseconds since 1970; civil dates are texts as in ISO 8601.
enum Schema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { try $0.execute(sql: Migration1Tables.sql) }
        migrator.registerMigration("2", migrate: Migration2ReferenceHistory.migrate)
        migrator.registerMigration("3") { try $0.execute(sql: version3) }
        migrator.registerMigration("4") { try $0.execute(sql: version4) }
        migrator.registerMigration("5") { try $0.execute(sql: version5) }
        migrator.registerMigration("6") { try $0.execute(sql: version6) }
        migrator.registerMigration("7", foreignKeyChecks: .immediate, migrate: Migration7RegistryRows.migrate)
        migrator.registerMigration("8") { try $0.execute(sql: Migration8Portal.sql) }
        migrator.registerMigration("9") { try $0.execute(sql: Migration9Joining.sql) }
        migrator.registerMigration("10") { try $0.execute(sql: version10) }
        migrator.registerMigration("11") { try $0.execute(sql: version11) }
        migrator.registerMigration("12") { try $0.execute(sql: version12) }
        migrator.registerMigration("13") { try $0.execute(sql: version13) }
        migrator.registerMigration("14") { try $0.execute(sql: version14) }
        migrator.registerMigration("15") { try $0.execute(sql: Migration15FormFiles.sql) }
        migrator.registerMigration("16") { try $0.execute(sql: version16) }
        return migrator
    }

    private static let version3 = """
        -- A JSON array of all rules that raised something; null where version 1 wrote the details.
        ALTER TABLE findings ADD COLUMN synthesis BLOB;
        """

    private static let version4 = """
        -- Failed tries of the step after the result that the deposit is at.
        ALTER TABLE deposits ADD COLUMN late_attempts INTEGER NOT NULL DEFAULT 0;
        -- What the deposit went on without: words of DepositOmission, between blanks.
        ALTER TABLE deposits ADD COLUMN omitted TEXT;
        CREATE INDEX deposits_with_omissions ON deposits(received_at) WHERE omitted IS NOT NULL;
        """

    /// Deposits name the list that they were controlled with; before, only the name that reports call it by was kept, which begins with its
    /// number: « n° 12 (… ».
    private static let version5 = """
        ALTER TABLE deposits ADD COLUMN reference_list INTEGER REFERENCES reference_lists(id);
        UPDATE deposits SET reference_list =
            (SELECT id FROM reference_lists WHERE id = CAST(substr(reference_version, 4) AS INTEGER))
        WHERE reference_version LIKE 'n° %';
        """

    private static let version6 = """
        -- What the daemon must be told of; the newest alone are kept, and no number is given twice.
        CREATE TABLE changes (id INTEGER PRIMARY KEY AUTOINCREMENT, reason TEXT NOT NULL, subject TEXT NOT NULL) STRICT;
        """

    private static let version10 = """
        -- Where a depositor is; empty where it isn't known.
        ALTER TABLE depositors ADD COLUMN street TEXT NOT NULL DEFAULT '';
        ALTER TABLE depositors ADD COLUMN postal_code TEXT NOT NULL DEFAULT '';
        ALTER TABLE depositors ADD COLUMN city TEXT NOT NULL DEFAULT '';
        """

    /// SQLite reads a row from its beginning: what stands behind a value of megabytes is found by reading all of them. Large values have
    /// tables of their own.
    ///
    /// An index on NDAs alone has a list's rows all over it: each new list of 2 000 wrote 4 000 pages where many depositors have one.
    private static let version11 = """
        CREATE TABLE reference_contents (
            list INTEGER PRIMARY KEY REFERENCES reference_lists(id),
            -- ReferenceList's. Only the newest lists keep it.
            packed BLOB NOT NULL
        ) STRICT;
        INSERT INTO reference_contents SELECT id, packed FROM reference_lists WHERE packed IS NOT NULL;
        ALTER TABLE reference_lists DROP COLUMN packed;

        CREATE TABLE syntheses (
            deposit INTEGER PRIMARY KEY REFERENCES deposits(id) ON DELETE CASCADE,
            -- A JSON array of all rules that raised something. Version 1 has left none.
            rules BLOB NOT NULL
        ) STRICT;
        INSERT INTO syntheses SELECT deposit, synthesis FROM findings WHERE synthesis IS NOT NULL;
        ALTER TABLE findings DROP COLUMN synthesis;

        DROP INDEX list_changes_by_nda;
        DROP INDEX certified_organisations_by_nda;
        CREATE INDEX list_changes_by_organisation ON list_changes(depositor, nda);
        DROP VIEW registry_changes;
        CREATE VIEW registry_changes AS
            SELECT list_editions.at, depositors.code AS depositor, list_editions.deposit, list_changes.edition,
                list_changes.nda,
                CASE WHEN before_siren IS NULL THEN 'added' WHEN after_siren IS NULL THEN 'withdrawn' ELSE 'modified' END
                    AS kind,
                list_changes.cause, before_siren, before_categories, before_decision, before_end, after_siren,
                after_categories, after_decision, after_end, list_changes.depositor AS depositor_id
            FROM list_changes
            JOIN list_editions ON list_editions.depositor = list_changes.depositor
                AND list_editions.edition = list_changes.edition
            JOIN depositors ON depositors.id = list_changes.depositor;
        """

    /// Versions before recorded the words alone, and recognised them.
    private static let version12 = """
        -- Why the last attempt failed: a word of Obstacle, while the result isn't known.
        ALTER TABLE deposits ADD COLUMN obstacle TEXT;
        UPDATE deposits SET obstacle = CASE last_error
            WHEN 'aucune liste des organismes de formation n''a été importée' THEN 'noReferenceList'
            WHEN 'le traitement du fichier a été interrompu plusieurs fois' THEN 'interrupted'
            WHEN 'la limite quotidienne de modifications est atteinte : le dépôt sera traité demain' THEN 'tooManyChanges'
            WHEN 'the disk is full: free some space and try again' THEN 'diskFull'
            WHEN 'No space left on device' THEN 'diskFull'
            WHEN 'Disk quota exceeded' THEN 'diskFull'
            WHEN 'the database is busy: try again' THEN 'databaseBusy'
            ELSE CASE WHEN last_error LIKE 'the database can''t be used: %' THEN 'databaseUnusable' ELSE 'other' END END
        WHERE step = 'claimed' AND last_error IS NOT NULL;
        """

    private static let version13 = """
        -- Whom a mail is about, where it is about one.
        ALTER TABLE outbox ADD COLUMN depositor INTEGER;
        UPDATE outbox SET depositor = (SELECT depositor FROM deposits WHERE deposits.id = outbox.deposit);
        -- The mail that stands for a joined one.
        ALTER TABLE outbox ADD COLUMN summary INTEGER;
        UPDATE outbox SET summary = CAST(substr(last_error, length('in the summary ') + 1) AS INTEGER)
            WHERE state = 'joined' AND last_error LIKE 'in the summary %';
        CREATE INDEX outbox_by_summary ON outbox(summary) WHERE summary IS NOT NULL;
        """

    private static let version14 = """
        -- What a form was sent with: sent again with another file it is another deposit. Null where an earlier version let the file in.
        ALTER TABLE portal_forms ADD COLUMN file BLOB;
        ALTER TABLE portal_forms ADD COLUMN sha256 BLOB;
        """

    private static let version16 = """
        -- Three numbers: bytes of a first part that another connection has sent, when it ended, when the rest began.
        ALTER TABLE publications ADD COLUMN continued TEXT;
        ALTER TABLE deposits ADD COLUMN continued TEXT;
        """
}

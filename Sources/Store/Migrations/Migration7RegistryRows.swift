internal import Foundation
internal import GRDB
internal import Qualiopi

/// The migration that makes rows of the certified lists and of their history, which were one packed value a list and
/// one a deposit.
///
/// One value is in memory at a time; the indexes come last, so that the rows are written in their order.
///
/// A value that can't be read whole costs nobody else anything: what can be read of it becomes rows, and it stays in
/// `unread_lists` or `unread_changes`. Such a list is made again from its depositor's history where all of that can be
/// read. Its depositor is named by ``Store/Registry/unreadLists()`` until its next accepted deposit replaces the list.
enum Migration7RegistryRows {
    static func migrate(_ db: Database) throws {
        try db.execute(sql: tables)
        let damaged = try moveChanges(db)
        for depositor in try Int64.fetchAll(db, sql: "SELECT depositor FROM unread_lists ORDER BY depositor") {
            try moveList(db, of: depositor, historyIsWhole: !damaged.contains(depositor))
        }
        try db.execute(sql: views)
    }

    private static let tables = """
        ALTER TABLE certified_lists RENAME TO unread_lists;
        ALTER TABLE registry_changes RENAME TO unread_changes;
        DROP INDEX deposits_by_end;

        -- A depositor's list has editions: each integration that changes it makes the next one. Clean is a list of which
        -- all three numbers are equal.
        -- The edition in force.
        ALTER TABLE depositors ADD COLUMN edition INTEGER NOT NULL DEFAULT 0;
        -- The number that was given last to an edition in the making.
        ALTER TABLE depositors ADD COLUMN staged_edition INTEGER NOT NULL DEFAULT 0;
        -- The last edition of which the rows that it ended are gone.
        ALTER TABLE depositors ADD COLUMN swept_edition INTEGER NOT NULL DEFAULT 0;

        CREATE TABLE list_editions (
            depositor INTEGER NOT NULL REFERENCES depositors(id),
            edition INTEGER NOT NULL,
            -- Null: the depositor was removed.
            deposit INTEGER UNIQUE REFERENCES deposits(id),
            -- When it came into force.
            at INTEGER NOT NULL,
            PRIMARY KEY (depositor, edition)
        ) STRICT, WITHOUT ROWID;
        -- A change whose edition has no row there is staged, or was.
        CREATE TABLE list_changes (
            depositor INTEGER NOT NULL REFERENCES depositors(id),
            edition INTEGER NOT NULL,
            nda TEXT NOT NULL,
            before_siren TEXT,
            before_categories INTEGER,
            before_decision TEXT,
            before_end TEXT,
            after_siren TEXT,
            after_categories INTEGER,
            after_decision TEXT,
            after_end TEXT,
            -- Of a withdrawal: WithdrawalCause, where it is known.
            cause TEXT,
            PRIMARY KEY (depositor, edition, nda)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE certified_organisations (
            depositor INTEGER NOT NULL REFERENCES depositors(id),
            nda TEXT NOT NULL,
            -- The edition that made the row, and the one that ended it, if there is one: either may still be staged.
            since INTEGER NOT NULL,
            until INTEGER,
            siren TEXT NOT NULL,
            -- Bits, as in Categories.
            categories INTEGER NOT NULL,
            decision TEXT NOT NULL,
            end TEXT NOT NULL,
            PRIMARY KEY (depositor, nda, since)
        ) STRICT, WITHOUT ROWID;
        """

    private static let views = """
        CREATE INDEX list_editions_by_time ON list_editions(at);
        CREATE INDEX list_changes_by_nda ON list_changes(nda);
        CREATE INDEX certified_organisations_by_nda ON certified_organisations(nda);

        CREATE VIEW registry AS
            SELECT certified_organisations.nda, certified_organisations.siren, certified_organisations.categories,
                certified_organisations.decision, certified_organisations.end,
                certified_organisations.categories & 1 <> 0 AS actions_de_formation,
                certified_organisations.categories & 2 <> 0 AS bilans_de_competences,
                certified_organisations.categories & 4 <> 0 AS vae,
                certified_organisations.categories & 8 <> 0 AS actions_de_formation_par_apprentissage,
                certified_organisations.depositor AS depositor_id, depositors.code AS depositor
            FROM certified_organisations JOIN depositors ON depositors.id = certified_organisations.depositor
            WHERE certified_organisations.since <= depositors.edition
                AND (certified_organisations.until IS NULL OR certified_organisations.until > depositors.edition);
        CREATE VIEW registry_changes AS
            SELECT list_editions.at, depositors.code AS depositor, list_editions.deposit, list_changes.edition,
                list_changes.nda,
                CASE WHEN before_siren IS NULL THEN 'added' WHEN after_siren IS NULL THEN 'withdrawn' ELSE 'modified' END
                    AS kind,
                list_changes.cause, before_siren, before_categories, before_decision, before_end, after_siren,
                after_categories, after_decision, after_end
            FROM list_changes
            JOIN list_editions ON list_editions.depositor = list_changes.depositor
                AND list_editions.edition = list_changes.edition
            JOIN depositors ON depositors.id = list_changes.depositor;
        """

    // MARK: - History

    /// Makes an edition of each deposit that changed its depositor's list, in order; gives the depositors of whose
    /// history something can't be read.
    private static func moveChanges(_ db: Database) throws -> Set<Int64> {
        var damaged: Set<Int64> = []
        var owner: Int64?
        var edition = 0
        let setEdition = "UPDATE depositors SET edition = ?1, staged_edition = ?1, swept_edition = ?1 WHERE id = ?2"
        for (depositor, deposit, at) in try deposits(db) {
            edition = depositor == owner ? edition + 1 : 1
            owner = depositor
            try db.execute(
                sql: "INSERT INTO list_editions (depositor, edition, deposit, at) VALUES (?, ?, ?, ?)",
                arguments: [depositor, edition, deposit, at])
            try db.execute(sql: setEdition, arguments: [edition, depositor])
            let packed = try Data.fetchOne(
                db, sql: "SELECT changes FROM unread_changes WHERE deposit = ?", arguments: [deposit])
            if try insert(db, PackedValue(packed ?? Data(), stride: PackedChange.stride), depositor, edition) {
                try db.execute(sql: "DELETE FROM unread_changes WHERE deposit = ?", arguments: [deposit])
            } else {
                damaged.insert(depositor)
            }
        }
        return damaged
    }

    private static func deposits(_ db: Database) throws -> [(depositor: Int64, deposit: Int64, at: Int64)] {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT depositor, id, coalesce(processed_at, received_at) AS at FROM unread_changes
                JOIN deposits ON deposits.id = deposit ORDER BY depositor, at, id
                """)
        var deposits: [(depositor: Int64, deposit: Int64, at: Int64)] = []
        while let row = try rows.next() { deposits.append((row[0], row[1], row[2])) }
        return deposits
    }

    /// False if something of the value can't be read.
    private static func insert(
        _ db: Database, _ packed: PackedValue, _ depositor: Int64, _ edition: Int
    ) throws -> Bool {
        let statement = try db.cachedStatement(
            sql: "INSERT OR IGNORE INTO list_changes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        var isWhole = packed.isWhole
        try packed.records { record in
            guard let change = PackedChange(record) else {
                isWhole = false
                return
            }
            try statement.execute(
                arguments: StatementArguments(
                    [depositor, edition, change.nda.text] + values(change.before)
                        + values(change.after) + [change.cause?.rawValue]))
            if db.changesCount == 0 { isWhole = false }
        }
        return isWhole
    }

    /// SIREN, categories, decision, end; nulls for no organisation.
    private static func values(_ organisation: CertifiedOrganisation?) -> [(any DatabaseValueConvertible)?] {
        guard let organisation else { return [nil, nil, nil, nil] }
        return [
            organisation.siren.text, organisation.categories.rawValue, organisation.decision.iso, organisation.end.iso,
        ]
    }

    // MARK: - Lists

    private static func moveList(_ db: Database, of depositor: Int64, historyIsWhole: Bool) throws {
        let value = try Data.fetchOne(
            db, sql: "SELECT entries FROM unread_lists WHERE depositor = ?", arguments: [depositor])
        let packed = PackedValue(value ?? Data(), stride: PackedEntry.stride)
        let editions = try self.editions(db, of: depositor)
        let statement = try db.cachedStatement(
            sql: "INSERT OR IGNORE INTO certified_organisations VALUES (?, ?, ?, NULL, ?, ?, ?, ?)")
        var isWhole = packed.isWhole
        try packed.records { record in
            guard let entry = PackedEntry(record) else {
                isWhole = false
                return
            }
            guard !entry.isWithdrawn else { return }
            let since = editions[entry.deposit] ?? 0
            try statement.execute(
                arguments: StatementArguments(
                    [depositor, entry.organisation.nda.text, since] + values(entry.organisation)))
            if db.changesCount == 0 { isWhole = false }
        }
        if isWhole {
            try db.execute(sql: "DELETE FROM unread_lists WHERE depositor = ?", arguments: [depositor])
        } else if historyIsWhole, !editions.isEmpty {
            try replay(db, depositor)
        }
    }

    private static func editions(_ db: Database, of depositor: Int64) throws -> [Int64: Int] {
        let sql = "SELECT deposit, edition FROM list_editions WHERE depositor = ?"
        let rows = try Row.fetchCursor(db, sql: sql, arguments: [depositor])
        var editions: [Int64: Int] = [:]
        while let row = try rows.next() { editions[row[0]] = row[1] }
        return editions
    }

    /// Makes the list that all changes of a depositor led to.
    private static func replay(_ db: Database, _ depositor: Int64) throws {
        try db.execute(sql: "DELETE FROM certified_organisations WHERE depositor = ?", arguments: [depositor])
        // The other columns are those of the row that has the maximum: https://www.sqlite.org/lang_select.html#bareagg
        try db.execute(
            sql: """
                INSERT INTO certified_organisations
                SELECT depositor, nda, edition, NULL, after_siren, after_categories, after_decision, after_end
                FROM (SELECT *, max(edition) FROM list_changes WHERE depositor = ? GROUP BY nda)
                WHERE after_siren IS NOT NULL
                """, arguments: [depositor])
    }
}

// MARK: - The packed values

/// Records of equal size, one after another.
private struct PackedValue {
    let data: Data
    let stride: Int

    init(_ data: Data, stride: Int) {
        self.data = data
        self.stride = stride
    }

    /// Whether it ends where a record does.
    var isWhole: Bool { data.count.isMultiple(of: stride) }

    func records(_ body: (PackedRecord) throws -> Void) rethrows {
        try data.withUnsafeBytes { bytes in
            for index in 0..<bytes.count / stride {
                try body(
                    PackedRecord(bytes: UnsafeRawBufferPointer(rebasing: bytes[(index * stride)...].prefix(stride))))
            }
        }
    }
}

/// The bytes of one record: little-endian integers, wherever they lie. Its readers stay within its stride.
private struct PackedRecord {
    let bytes: UnsafeRawBufferPointer

    func integer<T: FixedWidthInteger & BitwiseCopyable>(at offset: Int) -> T {
        T(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: T.self))
    }

    /// Nil if there is no such NDA.
    var nda: NDA? {
        let packed: UInt64 = integer(at: 0)
        return packed < NDA.packedLimit ? NDA(packed: packed) : nil
    }

    /// SIREN, decision, end, categories: an organisation without its NDA.
    static let organisationSize = 4 + 4 + 4 + 1

    /// Nil unless each field has a value that it can have.
    func organisation(_ nda: NDA, at offset: Int) -> CertifiedOrganisation? {
        let siren: UInt32 = integer(at: offset)
        let categories: UInt8 = integer(at: offset + 12)
        guard siren < 1_000_000_000, categories < 16, let decision = date(at: offset + 4),
            let end = date(at: offset + 8)
        else { return nil }
        return CertifiedOrganisation(
            nda: nda, siren: SIREN(value: siren), categories: Categories(rawValue: categories), decision: decision,
            end: end)
    }

    private func date(at offset: Int) -> CivilDate? {
        let packed: UInt32 = integer(at: offset)
        return CivilDate(year: Int(packed >> 16), month: Int(packed >> 8 & 0xFF), day: Int(packed & 0xFF))
    }
}

/// NDA, the deposit that last changed it, the organisation, whether it is withdrawn.
private struct PackedEntry {
    static let stride = 8 + 8 + PackedRecord.organisationSize + 1

    let organisation: CertifiedOrganisation
    let deposit: Int64
    let isWithdrawn: Bool

    init?(_ record: PackedRecord) {
        let withdrawn: UInt8 = record.integer(at: 16 + PackedRecord.organisationSize)
        guard withdrawn < 2, let nda = record.nda, let organisation = record.organisation(nda, at: 16) else {
            return nil
        }
        self.organisation = organisation
        deposit = record.integer(at: 8)
        isWithdrawn = withdrawn == 1
    }
}

/// NDA, the deposit that changed it before, which sides there are and why it was withdrawn, both sides.
private struct PackedChange {
    static let stride = 8 + 8 + 1 + 2 * PackedRecord.organisationSize

    let nda: NDA
    let before: CertifiedOrganisation?
    let after: CertifiedOrganisation?
    let cause: WithdrawalCause?

    init?(_ record: PackedRecord) {
        let sides: UInt8 = record.integer(at: 16)
        guard let nda = record.nda, sides < 16, sides & 3 != 0 else { return nil }
        self.nda = nda
        before = sides & 1 == 0 ? nil : record.organisation(nda, at: 17)
        after = sides & 2 == 0 ? nil : record.organisation(nda, at: 17 + PackedRecord.organisationSize)
        guard (before == nil) == (sides & 1 == 0), (after == nil) == (sides & 2 == 0) else { return nil }
        cause = sides & 8 != 0 ? .ligneRejetee : sides & 4 != 0 ? .absent : nil
    }
}

internal import GRDB
internal import GRDBSQLite
internal import Qualiopi
import Store

// How an organisation lies in the registry's columns: NDA, SIREN and days as the texts that people write, the
// categories as the bits of ``Categories``.
//
// Whole rows are taken from SQLite's own functions, which GRDB lets its rows be read and its statements be bound with. A deposit of 165 000
// lines costs the daemon 130 ms of processor time so where nothing changes, and 1.5 s where all changes; with GRDB's rows
// and arguments, value by value, 435 ms and 2.4 s (2026-11-28, the deposits of `make bench FIGURES=7`).

/// An organisation as the columns ``columns`` give it.
struct OrganisationRow: WholeRow {
    static let columns = "nda, siren, categories, decision, end"

    /// Nil if a column holds what nobody could have written.
    private let read: CertifiedOrganisation?

    var organisation: CertifiedOrganisation { get throws { try read.orDamaged } }

    init(sqliteStatement: SQLiteStatement, index: CInt) {
        let columns = Columns(statement: sqliteStatement, first: index)
        read = columns.nda(0).flatMap { columns.organisation($0, at: 1) }
    }
}

/// The same with the code of the depositor that certifies it.
struct EntryRow: WholeRow {
    static let columns = "\(OrganisationRow.columns), depositor"

    private let read: RegistryEntry?

    var entry: RegistryEntry { get throws { try read.orDamaged } }

    init(sqliteStatement: SQLiteStatement, index: CInt) {
        let columns = Columns(statement: sqliteStatement, first: index)
        read = columns.nda(0).flatMap { columns.organisation($0, at: 1) }.map {
            RegistryEntry(depositor: columns.string(5), organisation: $0)
        }
    }
}

/// An NDA alone.
struct NDARow: WholeRow {
    private let read: NDA?

    var nda: NDA { get throws { try read.orDamaged } }

    init(sqliteStatement: SQLiteStatement, index: CInt) {
        read = Columns(statement: sqliteStatement, first: index).nda(0)
    }
}

/// An entry of the history as the columns ``columns`` of the view `registry_changes` give it.
struct ChangeRow: WholeRow {
    static let columns = """
        nda, before_siren, before_categories, before_decision, before_end, after_siren, after_categories,
        after_decision, after_end, cause, at, depositor, deposit
        """

    private let read: RegistryEvent?

    var event: RegistryEvent { get throws { try read.orDamaged } }

    init(sqliteStatement: SQLiteStatement, index: CInt) {
        let columns = Columns(statement: sqliteStatement, first: index)
        guard let nda = columns.nda(0) else {
            read = nil
            return
        }
        let before = columns.isNull(1) ? nil : columns.organisation(nda, at: 1)
        let after = columns.isNull(5) ? nil : columns.organisation(nda, at: 5)
        guard (before == nil) == columns.isNull(1), (after == nil) == columns.isNull(5) else {
            read = nil
            return
        }
        let cause = columns.isNull(9) ? nil : WithdrawalCause(rawValue: columns.string(9))
        let kind: Movement = before == nil ? .added : after == nil ? .withdrawn : .modified
        read = RegistryEvent(
            at: Timestamp(milliseconds: columns.integer(10)), depositor: columns.string(11),
            deposit: columns.isNull(12) ? nil : columns.integer(12),
            change: RegistryChange(nda: nda, kind: kind, before: before, after: after, cause: cause))
    }
}

/// Writes changes, one after another, to `list_changes`.
struct ChangeInsertion {
    private let statement: Statement
    private let owner: Int64
    private let edition: Int

    init(_ db: Database, owner: Int64, edition: Int) throws {
        statement = try db.cachedStatement(
            sql: """
                INSERT INTO list_changes
                (depositor, edition, nda, cause, before_siren, before_categories, before_decision, before_end,
                after_siren, after_categories, after_decision, after_end)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        // GRDB has nothing to bind, and takes away nothing that is bound below.
        statement.setUncheckedArguments([])
        self.owner = owner
        self.edition = edition
    }

    func run(_ change: RegistryChange) throws {
        // A statement that has run takes no values before it is reset.
        sqlite3_reset(statement.sqliteStatement)
        sqlite3_bind_int64(statement.sqliteStatement, 1, owner)
        sqlite3_bind_int64(statement.sqliteStatement, 2, Int64(edition))
        bind(change.nda.text, 3)
        bind(change.cause?.rawValue, 4)
        bind(change.before, from: 5)
        bind(change.after, from: 9)
        try statement.execute()
    }

    private func bind(_ organisation: CertifiedOrganisation?, from index: CInt) {
        bind(organisation?.siren.text, index)
        if let organisation {
            sqlite3_bind_int(statement.sqliteStatement, index + 1, CInt(organisation.categories.rawValue))
        } else {
            sqlite3_bind_null(statement.sqliteStatement, index + 1)
        }
        bind(organisation?.decision.iso, index + 2)
        bind(organisation?.end.iso, index + 3)
    }

    private func bind(_ text: String?, _ index: CInt) {
        guard var text else {
            sqlite3_bind_null(statement.sqliteStatement, index)
            return
        }
        text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                _ = sqlite3_bind_text(
                    statement.sqliteStatement, index, $0.baseAddress, CInt($0.count), ChangeInsertion.copied)
            }
        }
    }

    /// SQLITE_TRANSIENT: SQLite keeps a copy of its own.
    private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
}

/// What a query gives a row of, where one value takes all the columns.
protocol WholeRow: StatementColumnConvertible, DatabaseValueConvertible {}

extension WholeRow {
    /// Asked by nobody: it is no single value.
    var databaseValue: DatabaseValue { .null }
    static func fromDatabaseValue(_: DatabaseValue) -> Self? { nil }
}

/// The columns of the row that a statement is at.
private struct Columns {
    let statement: SQLiteStatement
    let first: CInt

    func isNull(_ index: CInt) -> Bool { sqlite3_column_type(statement, first + index) == SQLITE_NULL }

    func integer(_ index: CInt) -> Int64 { sqlite3_column_int64(statement, first + index) }

    func string(_ index: CInt) -> String { String(decoding: text(index), as: UTF8.self) }

    func nda(_ index: CInt) -> NDA? { NDA(text(index)) }

    /// Four columns; nil if one of them can't be read.
    func organisation(_ nda: NDA, at index: CInt) -> CertifiedOrganisation? {
        guard let siren = SIREN(text(index)), let decision = CivilDate(iso: text(index + 2)),
            let end = CivilDate(iso: text(index + 3))
        else { return nil }
        return CertifiedOrganisation(
            nda: nda, siren: siren, categories: Categories(rawValue: UInt8(truncatingIfNeeded: integer(index + 1))),
            decision: decision, end: end)
    }

    /// Good until the statement goes on.
    private func text(_ index: CInt) -> UnsafeRawBufferPointer {
        guard let bytes = sqlite3_column_text(statement, first + index) else {
            return UnsafeRawBufferPointer(start: nil, count: 0)
        }
        return UnsafeRawBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(statement, first + index)))
    }
}

extension Optional {
    /// - Throws: ``StoreError/corrupt(_:)``
    fileprivate var orDamaged: Wrapped {
        get throws {
            guard let self else { throw StoreError.corrupt("a row of the registry can't be read") }
            return self
        }
    }
}

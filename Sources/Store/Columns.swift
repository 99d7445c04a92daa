package import Foundation
package import GRDB
package import Qualiopi

// How Swift values lie in columns. The tables are STRICT: a column holds what it is declared as, or null where that is
// allowed.

extension Store {
    package static func data(_ bytes: [UInt8]) -> Data { Data(bytes) }

    package static func bytes(_ row: Row, _ column: String) -> [UInt8] {
        (row[column] as Data?).map { [UInt8]($0) } ?? []
    }

    package static func civilDate(_ row: Row, _ column: String) throws -> CivilDate {
        guard let date = try row.parsed(column, CivilDate.init(iso:)) else {
            throw StoreError.corrupt("\(column) is missing")
        }
        return date
    }
}

extension Store {
    /// Lets a table with AUTOINCREMENT give no number up to this one again.
    ///
    /// Source: https://www.sqlite.org/autoinc.html
    package static func skipIdentifiers(_ db: Database, of table: String, through id: Int64) throws {
        guard
            let last = try Int64.fetchOne(
                db.cachedStatement(sql: "SELECT seq FROM sqlite_sequence WHERE name = ?"), arguments: [table])
        else {
            return try db.execute(
                cached: "INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", arguments: [table, id])
        }
        guard last < id else { return }
        try db.execute(cached: "UPDATE sqlite_sequence SET seq = ? WHERE name = ?", arguments: [id, table])
    }
}

extension Row {
    /// A value of a closed set.
    /// - Throws: ``StoreError/corrupt(_:)`` for a word that this program doesn't know: what it might mean is never guessed.
    package func known<Value: RawRepresentable<String>>(_ column: String, as type: Value.Type = Value.self) throws
        -> Value
    {
        let text: String = self[column]
        guard let value = Value(rawValue: text) else { throw unknown(column, text) }
        return value
    }

    /// The same of a column that may be null.
    package func knownIfAny<Value: RawRepresentable<String>>(_ column: String, as type: Value.Type = Value.self) throws
        -> Value?
    {
        self[column] as String? == nil ? nil : try known(column)
    }

    /// A text that is read by `parse`, where there is one.
    package func parsed<Value>(_ column: String, _ parse: (String) -> Value?) throws -> Value? {
        guard let text: String = self[column] else { return nil }
        guard let value = parse(text) else { throw unknown(column, text) }
        return value
    }

    private func unknown(_ column: String, _ text: String) -> StoreError {
        .corrupt("\(column) is « \(DisplayText.escape(text.utf8, limit: 40)) », which no version up to this one writes")
    }
}

extension Timestamp {
    package init(_ row: Row, _ column: String) { self.init(milliseconds: row[column]) }

    package init?(optional row: Row, _ column: String) {
        guard let milliseconds: Int64 = row[column] else { return nil }
        self.init(milliseconds: milliseconds)
    }
}

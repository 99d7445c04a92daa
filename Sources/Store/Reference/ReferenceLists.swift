internal import GRDB
package import Qualiopi

/// One import of the OF list.
package struct ReferenceVersion: Sendable, Equatable {
    package var id: Int64
    package var importedAt: Timestamp
    package var importedBy: String
    /// The file's name.
    package var source: String
    package var sha256: String
    /// Organisations in it.
    package var count: Int
}

extension Store {
    /// How many of the newest lists keep their content; the others keep who, when and what hash.
    private static var contentsKept: Int { 3 }

    /// Puts a list in force, in one transaction.
    package func importReference(
        packed: [UInt8], count: Int, sha256: String, by actor: String, at now: Timestamp, source: String
    ) throws(StoreError) -> ReferenceVersion {
        try write { db in
            try db.execute(
                sql: """
                    INSERT INTO reference_lists (imported_at, imported_by, source, sha256, count, packed)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """,
                arguments: [now.milliseconds, actor, source, sha256, count, Store.data(packed)])
            let id = db.lastInsertedRowID
            try db.execute(
                sql: "UPDATE reference_lists SET packed = NULL WHERE id <= ? AND packed IS NOT NULL",
                arguments: [id - Int64(Store.contentsKept)])
            return ReferenceVersion(
                id: id, importedAt: now, importedBy: actor, source: source, sha256: sha256, count: count)
        }
    }

    /// The version in force, without its content; nil if none was imported.
    package func currentReferenceVersion() throws(StoreError) -> ReferenceVersion? {
        try read { try Store.newest($0).map(Store.version) }
    }

    /// The list in force with its packed content; nil if none was imported.
    package func currentReference() throws(StoreError) -> (version: ReferenceVersion, packed: [UInt8])? {
        try read { db in
            guard let row = try Store.newest(db, columns: "*") else { return nil }
            return (Store.version(row), Store.bytes(row, "packed"))
        }
    }

    /// Every import, the newest first.
    package func referenceVersions(limit: Int = 50) throws(StoreError) -> [ReferenceVersion] {
        try read { db in
            try Row.fetchAll(
                db, sql: "SELECT \(Store.columns) FROM reference_lists ORDER BY id DESC LIMIT ?", arguments: [limit]
            ).map(Store.version)
        }
    }

    private static let columns = "id, imported_at, imported_by, source, sha256, count"

    private static func newest(_ db: Database, columns: String = columns) throws -> Row? {
        try Row.fetchOne(db, sql: "SELECT \(columns) FROM reference_lists ORDER BY id DESC LIMIT 1")
    }

    private static func version(_ row: Row) -> ReferenceVersion {
        ReferenceVersion(
            id: row["id"], importedAt: Timestamp(row, "imported_at"), importedBy: row["imported_by"],
            source: row["source"], sha256: row["sha256"], count: row["count"])
    }
}

internal import Foundation
internal import GRDB

/// What became of an OF list after its import: seen again, put in force in spite of doubts, withdrawn.
enum Migration2ReferenceHistory {
    /// Lists of former versions were put in force without doubts or withdrawals; how many SIRENs they lack is in their content, where there
    /// still is one.
    static func migrate(_ db: Database) throws {
        try db.execute(
            sql: """
                -- Organisations without a SIREN; NULL where nobody counted.
                ALTER TABLE reference_lists ADD COLUMN without_siren INTEGER;
                -- What is doubtful about it though a person put it in force, a line each.
                ALTER TABLE reference_lists ADD COLUMN doubts TEXT NOT NULL DEFAULT '';
                -- That a person accepted far fewer organisations than in the lists before it, a line each.
                ALTER TABLE reference_lists ADD COLUMN losses TEXT NOT NULL DEFAULT '';
                -- The last time the same list was imported again.
                ALTER TABLE reference_lists ADD COLUMN seen_at INTEGER;
                ALTER TABLE reference_lists ADD COLUMN withdrawn_at INTEGER;
                ALTER TABLE reference_lists ADD COLUMN withdrawn_by TEXT;
                """)
        let lists = try Row.fetchAll(db, sql: "SELECT id, packed FROM reference_lists WHERE packed IS NOT NULL")
        for list in lists {
            guard let count = withoutSIREN(Store.bytes(list, "packed")) else { continue }
            try db.execute(
                sql: "UPDATE reference_lists SET without_siren = ? WHERE id = ?",
                arguments: [count, list["id"] as Int64])
        }
    }

    /// Of version 1's packed form: after 8 bytes the organisations, then those with a SIREN, four bytes each, little-endian.
    private static func withoutSIREN(_ packed: [UInt8]) -> Int64? {
        guard packed.count >= 16 else { return nil }
        func number(at offset: Int) -> Int64 {
            (0..<4).reduce(0) { $0 | Int64(packed[offset + $1]) << Int64($1 * 8) }
        }
        return max(0, number(at: 8) - number(at: 12))
    }
}

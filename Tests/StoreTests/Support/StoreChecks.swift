import GRDB

@testable import Store

extension Store {
    /// The writer's durability: 2 is FULL.
    func synchronousLevel() throws(StoreError) -> Int {
        try StoreError.translating {
            try pool.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA synchronous") ?? 0 }
        }
    }

    /// What SQLite's own check says of the file; empty if it is sound.
    func integrityProblems() throws(StoreError) -> [String] {
        try read { try String.fetchAll($0, sql: "PRAGMA quick_check").filter { $0 != "ok" } }
    }
}

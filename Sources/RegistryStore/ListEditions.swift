internal import GRDB
import Store

/// Where a depositor's list stands: the numbers of the edition in force, of the last one that was begun, and of the
/// last one whose former rows are gone.
struct ListEditions: Equatable {
    var inForce: Int
    var staged: Int
    var swept: Int

    /// Nothing of another edition is left: neither a staged one nor an ended one.
    var isClean: Bool { inForce == staged && inForce == swept }

    static func read(_ db: Database, _ owner: Int64) throws -> ListEditions {
        let sql = "SELECT edition, staged_edition, swept_edition FROM depositors WHERE id = ?"
        guard let row = try Row.fetchOne(db.cachedStatement(sql: sql), arguments: [owner]) else {
            throw StoreError.notFound("the depositor")
        }
        return ListEditions(inForce: row[0], staged: row[1], swept: row[2])
    }
    static func setSwept(_ db: Database, _ owner: Int64, _ edition: Int) throws {
        try db.execute(cached: "UPDATE depositors SET swept_edition = ? WHERE id = ?", arguments: [edition, owner])
    }
}

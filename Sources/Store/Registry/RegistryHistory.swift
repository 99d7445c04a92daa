internal import Foundation
internal import GRDB
package import Qualiopi

/// One entry of the registry's history: which deposit added, changed or withdrew an organisation.
package struct RegistryEvent: Sendable, Equatable {
    /// When the deposit was integrated.
    package var at: Timestamp
    /// Code.
    package var depositor: String
    package var deposit: Int64
    package var change: RegistryChange
}

extension Store.Registry {
    /// What became of an organisation, in order.
    ///
    /// Goes back from what each depositor's list says of it now, deposit by deposit: only those that changed it are
    /// looked at.
    package func history(nda: NDA) throws(StoreError) -> [RegistryEvent] {
        try read { db in
            var events: [RegistryEvent] = []
            for (depositor, entry) in try Store.Registry.entries(db, of: nda) {
                var next: Int64? = entry.deposit
                var seen: Set<Int64> = []
                // A link that leads back can only come from a damaged database: it must not hold the reader for ever.
                while let deposit = next, seen.insert(deposit).inserted,
                    let row = try Row.fetchOne(
                        db, sql: "\(Store.Registry.selectChanges) WHERE deposits.id = ?", arguments: [deposit]),
                    let linked = try PackedChanges.change(of: nda, in: row["changes"])
                {
                    events.append(
                        RegistryEvent(
                            at: Timestamp(row, "processed_at"), depositor: depositor, deposit: deposit,
                            change: linked.change))
                    next = linked.previous
                }
            }
            return events.sorted { ($0.at, $0.deposit) < ($1.at, $1.deposit) }
        }
    }

    /// What changed since an instant, in order.
    package func changes(since: Timestamp) throws(StoreError) -> [RegistryEvent] {
        try read { db in
            let cursor = try Row.fetchCursor(
                db, sql: "\(Store.Registry.selectChanges) WHERE processed_at >= ? ORDER BY processed_at, deposits.id",
                arguments: [since.milliseconds])
            var events: [RegistryEvent] = []
            while let row = try cursor.next() {
                let at = Timestamp(row, "processed_at")
                let (depositor, deposit): (String, Int64) = (row["code"], row["id"])
                for linked in try PackedChanges.decode(row["changes"]) {
                    events.append(
                        RegistryEvent(at: at, depositor: depositor, deposit: deposit, change: linked.change))
                }
            }
            return events
        }
    }

    /// Which organisations a deposit added, changed and withdrew; none before it is integrated.
    package func namedMovements(deposit: Int64) throws(StoreError) -> NamedMovements {
        try read { db in
            let sql = "SELECT changes FROM registry_changes WHERE deposit = ?"
            guard let changes = try Data.fetchOne(db, sql: sql, arguments: [deposit]) else { return NamedMovements() }
            return NamedMovements(try PackedChanges.decode(changes).map(\.change))
        }
    }

    static let selectChanges = """
        SELECT deposits.id, deposits.processed_at, depositors.code, registry_changes.changes FROM deposits
        JOIN registry_changes ON registry_changes.deposit = deposits.id
        JOIN depositors ON depositors.id = deposits.depositor
        """
}

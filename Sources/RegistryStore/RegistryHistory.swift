internal import GRDB
package import Qualiopi
package import Store

/// One entry of the registry's history: which deposit added, changed or withdrew an organisation.
package struct RegistryEvent: Sendable, Equatable {
    /// When the change came into force.
    package var at: Timestamp
    /// Code.
    package var depositor: String
    /// Nil if the depositor was removed.
    package var deposit: Int64?
    package var change: RegistryChange
}

extension Store.Registry {
    /// What changed since an instant, in order.
    package func changes(since: Timestamp) throws(StoreError) -> [RegistryEvent] {
        try read { db in
            try Store.Registry.events(
                db, "\(Store.Registry.selectChanges) WHERE at >= ? ORDER BY at, deposit, edition, nda",
                [since.milliseconds])
        }
    }

    /// Which organisations a deposit added, changed and withdrew; none before it is integrated.
    package func namedMovements(deposit: Int64) throws(StoreError) -> NamedMovements {
        try read { db in
            NamedMovements(
                try Store.Registry.events(
                    db, "\(Store.Registry.selectChanges) WHERE deposit = ? ORDER BY nda", [deposit]
                ).map(\.change))
        }
    }

    /// The changes of editions that are, or were, in force.
    static let selectChanges = "SELECT \(ChangeRow.columns) FROM registry_changes"

    static func events(_ db: Database, _ sql: String, _ arguments: StatementArguments) throws -> [RegistryEvent] {
        try Array(ChangeRow.fetchCursor(db.cachedStatement(sql: sql), arguments: arguments).map { try $0.event })
    }
}

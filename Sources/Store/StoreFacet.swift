package import GRDB

/// One part of what the database holds, with its operations: all that its holder can reach.
///
/// All hold the one ``Store``, and share its connections and its promises.
package protocol StoreFacet: Sendable {
    var store: Store { get }
}

extension StoreFacet {
    package func read<T>(_ body: (Database) throws -> T) throws(StoreError) -> T { try store.read(body) }
    package func write<T>(_ body: (Database) throws -> T) throws(StoreError) -> T { try store.write(body) }
}

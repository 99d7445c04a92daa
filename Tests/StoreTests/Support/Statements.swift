import GRDB
import Synchronization

@testable import Store

/// Collects every statement that a store runs, as SQLite says it with its arguments.
final class Statements: Sendable {
    private let texts = Mutex<[String]>([])

    /// What the body makes SQLite run, on the writer and on the reader that is free first, each text once.
    static func run(by store: Store, _ body: () throws -> Void) throws -> [String] {
        let statements = Statements()
        store.pool.writeWithoutTransaction { statements.listen(to: $0) }
        try store.pool.read { statements.listen(to: $0) }
        try body()
        store.pool.writeWithoutTransaction { $0.trace(nil) }
        try store.pool.read { $0.trace(nil) }
        return statements.texts.withLock { Array(Set($0)) }.sorted()
    }

    private func listen(to db: Database) {
        db.trace { event in
            // A comment is a statement that another one has fired: a foreign key's.
            let text = event.expandedDescription
            self.texts.withLock { if !text.hasPrefix("--") { $0.append(text) } }
        }
    }
}

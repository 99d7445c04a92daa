package import GRDB

/// Each connection compiles a statement once and keeps it: a deposit runs some 120 of them, and compiling took 4 of its 16 ms of processor
/// time (2026-11-29, a loaded machine, the deposits of `make bench FIGURES=4`). Reads say `fetchOne(db.cachedStatement(sql:))` and the like.
/// What is kept grows with the number of different texts: values go in as arguments.
extension Database {
    /// Runs one statement that writes.
    package func execute(cached sql: String, arguments: StatementArguments = StatementArguments()) throws {
        try cachedStatement(sql: sql).execute(arguments: arguments)
    }
}

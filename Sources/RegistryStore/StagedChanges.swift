internal import GRDB
internal import Qualiopi

/// What an edition of a depositor's list writes and removes, some rows at a time. Each call is a part of a transaction.
///
/// The changes are the one thing that is written row by row; the rows of the list follow from them in SQL, and so does
/// what is swept or taken back.
struct StagedChanges {
    let db: Database
    let owner: Int64
    let edition: Int

    /// Writes changes, by ascending NDA, with the rows that they begin and the ends that they set.
    func add(_ changes: ArraySlice<RegistryChange>) throws {
        guard let first = changes.first?.nda.text, let last = changes.last?.nda.text else { return }
        let insertion = try ChangeInsertion(db, owner: owner, edition: edition)
        for change in changes { try insertion.run(change) }
        try run(
            """
            UPDATE certified_organisations SET until = :edition WHERE depositor = :owner AND until IS NULL
            AND nda IN (SELECT nda FROM list_changes WHERE depositor = :owner AND edition = :edition
                        AND nda BETWEEN :first AND :last AND before_siren IS NOT NULL)
            """, ["first": first, "last": last])
        try run(
            """
            INSERT INTO certified_organisations
            SELECT depositor, nda, edition, NULL, after_siren, after_categories, after_decision, after_end
            FROM list_changes WHERE depositor = :owner AND edition = :edition
            AND nda BETWEEN :first AND :last AND after_siren IS NOT NULL
            """, ["first": first, "last": last])
    }

    /// Removes rows that this edition, which is in force, has ended: those of the next so many changes after an NDA.
    /// Gives the last of them, nil where there are none.
    func sweep(after: String, atMost limit: Int) throws -> String? {
        guard let last = try last(after: after, atMost: limit) else { return nil }
        try run(
            """
            DELETE FROM certified_organisations WHERE depositor = :owner AND until <= :edition
            AND nda IN (SELECT nda FROM list_changes WHERE depositor = :owner AND edition = :edition
                        AND nda > :after AND nda <= :last AND before_siren IS NOT NULL)
            """, ["after": after, "last": last])
        return last
    }

    /// Takes back the first so many changes of this edition, which is not in force; false where there are none.
    func takeBack(atMost limit: Int) throws -> Bool {
        guard let last = try last(after: "", atMost: limit) else { return false }
        let these = "(SELECT nda FROM list_changes WHERE depositor = :owner AND edition = :edition AND nda <= :last)"
        try run(
            """
            DELETE FROM certified_organisations WHERE depositor = :owner AND since = :edition AND nda IN \(these)
            """, ["last": last])
        try run(
            """
            UPDATE certified_organisations SET until = NULL
            WHERE depositor = :owner AND until = :edition AND nda IN \(these)
            """, ["last": last])
        try run(
            "DELETE FROM list_changes WHERE depositor = :owner AND edition = :edition AND nda <= :last",
            ["last": last])
        return true
    }

    /// The editions of which changes are there although they are not in force.
    static func abandoned(_ db: Database, _ owner: Int64, inForce: Int) throws -> Int? {
        try Int.fetchOne(
            db.cachedStatement(
                sql: "SELECT edition FROM list_changes WHERE depositor = ? AND edition > ? ORDER BY edition LIMIT 1"),
            arguments: [owner, inForce])
    }

    private func last(after: String, atMost limit: Int) throws -> String? {
        try String.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT max(nda) FROM (SELECT nda FROM list_changes WHERE depositor = ? AND edition = ? AND nda > ?
                                          ORDER BY nda LIMIT ?)
                    """), arguments: [owner, edition, after, limit])
    }

    private func run(_ sql: String, _ bounds: [String: String]) throws {
        var arguments: StatementArguments = ["owner": owner, "edition": edition]
        for (name, bound) in bounds { _ = arguments.append(contentsOf: [name: bound]) }
        try db.cachedStatement(sql: sql).execute(arguments: arguments)
    }
}

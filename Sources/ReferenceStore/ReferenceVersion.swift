internal import GRDB
package import Qualiopi
import Store

/// One import of the OF list.
package struct ReferenceVersion: Sendable, Equatable {
    package var id: Int64
    package var importedAt: Timestamp
    package var importedBy: String
    /// The file's name, or the address without what may be secret in it.
    package var source: String
    package var sha256: String
    /// Organisations in it.
    package var count: Int
    /// Those of them whose SIREN is not known; nil for a list of a former version of the program whose content is gone.
    package var withoutSIREN: Int?
    /// What is doubtful about it though a person put it in force; empty for an ordinary list.
    package var doubts: [String]
    /// That it has far fewer organisations than the lists before it, which a person accepted.
    package var losses: [String]
    /// The last time the same list was imported, at first or again.
    package var seenAt: Timestamp
    /// Somebody went back to the list before it.
    package var withdrawal: Withdrawal?
    /// Whether it can be put in force again.
    package var hasContent: Bool

    package struct Withdrawal: Sendable, Equatable {
        package var at: Timestamp
        package var by: String
    }

    static let columns = """
        id, imported_at, imported_by, source, sha256, count, without_siren, doubts, losses, seen_at,
        withdrawn_at, withdrawn_by,
        EXISTS (SELECT 1 FROM reference_contents WHERE list = reference_lists.id) AS has_content
        """

    init(_ row: Row) {
        id = row["id"]
        importedAt = Timestamp(row, "imported_at")
        importedBy = row["imported_by"]
        source = row["source"]
        sha256 = row["sha256"]
        count = row["count"]
        withoutSIREN = row["without_siren"]
        func lines(_ text: String) -> [String] { text.split(separator: "\n").map(String.init) }
        doubts = lines(row["doubts"])
        losses = lines(row["losses"])
        let seen: Int64? = row["seen_at"]
        seenAt = seen.map { Timestamp(milliseconds: $0) } ?? importedAt
        if let at: Int64 = row["withdrawn_at"], let by: String = row["withdrawn_by"] {
            withdrawal = Withdrawal(at: Timestamp(milliseconds: at), by: by)
        }
        hasContent = row["has_content"]
    }
}

/// What is known of a list before it is put in force.
package struct ReferenceJudgement: Sendable, Equatable {
    package var withoutSIREN: Int
    package var doubts: [String]
    package var losses: [String]

    package init(withoutSIREN: Int = 0, doubts: [String] = [], losses: [String] = []) {
        self.withoutSIREN = withoutSIREN
        self.doubts = doubts
        self.losses = losses
    }
}

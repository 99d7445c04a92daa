import Testing

@testable import Qualiopi

/// A deposit to be controlled, and what is around it.
struct Deposit {
    static let header =
        "NDA;SIREN;actionsDeFormation;bilansDeCompetences;VAE;actionsDeFormationParApprentissage;dateDecisionCertif;dateFinValiditeCertif"

    /// Three faultless lines; tests spoil a copy of them.
    static let rows = [
        ["11755161475", "123456782", "OUI", "NON", "NON", "NON", "01/02/2024", "31/01/2027"],
        ["1175P007675", "111111118", "NON", "OUI", "NON", "OUI", "24/11/2026", "25/11/2026"],
        ["01970000001", "012345674", "NON", "NON", "OUI", "NON", "29/02/2024", "28/02/2027"],
    ]

    /// The organisations of `rows`, one more of the first's enterprise, and one with a former NDA.
    static let reference = ReferenceList(entries: [
        entry("11755161475", "123456782"), entry("1175P007675", "111111118"), entry("01970000001", "012345674"),
        entry("84691234569", "123456782"), entry("53350830835", "987654324", former: ["11940000009"]),
        entry("76310000001", nil),
    ])

    static func entry(_ nda: String, _ siren: String?, former: [String] = []) -> ReferenceList.Entry {
        ReferenceList.Entry(
            nda: NDA(text: nda) ?? NDA(packed: 0), siren: siren.flatMap { SIREN($0) },
            former: former.compactMap { NDA(text: $0) })
    }

    var name = "liste.csv"
    var rows = Deposit.rows
    var lineBreak = "\n"
    var policy = Policy()
    var today = CivilDate(iso: "2026-11-24") ?? CivilDate(daysSinceEpoch: 0)
    var reference: ReferenceList? = Deposit.reference
    var previous: [NDA] = []
    /// Where it has more than may still be listed.
    var lastListSize: Int?
    var otherCertifiers: Set<NDA> = []

    init() {}

    /// The faultless lines with one cell changed.
    init(_ column: Column, _ value: String, row: Int = 0) {
        rows[row][column.rawValue] = value
    }

    init(rows: [[String]]) { self.rows = rows }

    var text: String {
        ([Deposit.header] + rows.map { $0.joined(separator: ";") }).map { $0 + lineBreak }.joined()
    }

    var context: ValidationContext {
        ValidationContext(
            policy: policy, today: today, reference: reference, previousList: previous,
            lastListSize: lastListSize, otherCertifiers: otherCertifiers)
    }

    var verdict: Verdict { verdict(of: Array(text.utf8)) }

    /// The message of its one finding; with more or fewer, their rules.
    var onlyMessage: String {
        let verdict = verdict
        return verdict.findings.count == 1 ? verdict.findings[0].message : verdict.summary
    }

    func verdict(of content: [UInt8]) -> Verdict {
        Validator.validate(fileName: Array(name.utf8), content: content, context: context)
    }

    func verdict(of text: String) -> Verdict { verdict(of: Array(text.utf8)) }
}

extension Verdict {
    /// The findings as `rule@line`, or `rule` for one on the whole file.
    var rules: [String] { findings.map { $0.line == nil ? $0.rule : "\($0.rule)@\($0.line ?? 0)" } }

    /// Their rules and lines as one text, for tables of cases.
    var summary: String { rules.joined(separator: " ") }

    /// Whether the figures agree with each other.
    var isConsistent: Bool {
        lines.total == lines.bloquantFichier + lines.bloquantLigne + lines.alerte + lines.sansAlerte
            && anomalies.detaillees == findings.count && anomalies.detaillees <= anomalies.total
            && lines.integrees == accepted.count && (outcome == .echec) == (anomalies.bloquantFichier > 0)
            && (outcome != .echec || accepted.isEmpty) && lines.integrees <= lines.total
            && Set(accepted.map(\.nda)).count == accepted.count
    }
}

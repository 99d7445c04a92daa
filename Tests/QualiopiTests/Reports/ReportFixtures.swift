import Foundation
import Testing

@testable import Qualiopi

/// A deposit of `Tests/Fixtures/reports`: `<name>.csv` and the two reports that it must give.
struct ReportFixture: Sendable, CustomTestStringConvertible {
    /// Of the three files, without their ends.
    let name: String
    var policy = Policy()
    /// NDAs of the list before the deposit besides the sample's; over 100 of them make `liste.baisse` possible.
    var formerOrganisations = 0
    var mode = Report.Mode.reel
    /// A technical failure: nothing was validated.
    var technicalReason: String?
    /// As `check` renders it.
    var isCheck = false
    var hasReference = true

    var testDescription: String { name }

    static let all: [ReportFixture] = [
        ReportFixture(name: "succes"),
        ReportFixture(name: "succes_mode_test", mode: .test),
        ReportFixture(name: "succes_avec_alertes", formerOrganisations: 120),
        ReportFixture(name: "succes_partiel"),
        ReportFixture(name: "succes_partiel_avec_alertes", policy: .withEndSoon),
        ReportFixture(name: "ficier_certificateur_erreurs"),
        ReportFixture(name: "echec_multiple", policy: .withThreeDetails),
        ReportFixture(name: "echec_entete"),
        ReportFixture(name: "echec_technique", technicalReason: "remplacé par un dépôt plus récent"),
        ReportFixture(name: "check_succes_partiel", isCheck: true),
        ReportFixture(name: "check_sans_liste", isCheck: true, hasReference: false),
    ]

    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Fixtures/reports").standardizedFileURL

    func url(_ end: String) -> URL { Self.folder.appending(path: name + end) }

    func report() throws -> Report {
        let content = technicalReason == nil ? try [UInt8](Data(contentsOf: url(".csv"))) : []
        let day = try #require(CivilDate(iso: "2026-11-23"))
        let received = LocalTime(date: day, hour: 10, minute: 15, second: 2, offsetSeconds: 3600)
        let treated = LocalTime(date: day, hour: 10, minute: 15, second: 3, offsetSeconds: 3600)
        let imported = LocalTime(
            date: day.adding(days: -3), hour: 8, minute: 0, second: 0, offsetSeconds: 3600)
        let file = "\(name).csv"
        let sha256 = String(repeating: "0123456789abcdef", count: 4)
        var report: Report
        if let technicalReason {
            report = Report(
                file: file, size: 122_130, sha256: sha256, state: .echec, cause: .technique, reason: technicalReason,
                mode: mode, processedAt: treated, today: day, referenceVersion: nil, movements: Movements())
        } else {
            let list = try reference()
            let before = try previousList(list)
            let verdict = Validator.validate(
                fileName: Array(file.utf8), content: content,
                context: ValidationContext(
                    policy: policy, today: day, reference: hasReference ? list : nil, previousList: before.map(\.nda)))
            report = Report(
                file: file, size: Int64(content.count), sha256: sha256, mode: mode, verdict: verdict,
                referenceVersion: "n° 3 (public_ofs.csv, 161004 OF)",
                reference: ReferenceFacts(
                    version: 3, importedAt: imported, organisations: 161_004, withoutSIREN: 12),
                processedAt: treated, today: day)
            guard !isCheck else { return report }
            let isIntegrated = verdict.outcome != .echec && mode == .reel
            let changes =
                isIntegrated
                ? Movements.compare(previous: before, next: verdict.acceptedByNDA, rejected: verdict.rejected) : []
            report.movements = Movements(changes)
            report.named = NamedMovements(changes)
        }
        report.deposit = 123
        report.depositor = "E34350633300032"
        report.depositorName = "ARCHER"
        report.author = "archer_yopmail.com"
        report.channel = "sftp"
        report.period = Period.containing(day, .day)
        report.receivedAt = received
        return report
    }

    /// The organisations 00 to 29 of the samples; 31 is a former NDA of 01.
    private func reference() throws -> ReferenceList {
        let entries = try (0..<30).map { number in
            ReferenceList.Entry(
                nda: try nda(number), siren: SIREN(value: UInt32(100_000_000 + number)),
                former: number == 1 ? [try nda(31)] : [])
        }
        return ReferenceList(entries: entries)
    }

    private func previousList(_ list: ReferenceList) throws -> [CertifiedOrganisation] {
        try ([0, 2, 28] + (0..<formerOrganisations).map { $0 + 1000 }).map { number in
            CertifiedOrganisation(
                nda: try nda(number), siren: SIREN(value: UInt32(100_000_000 + number)), categories: [.vae],
                decision: CivilDate(daysSinceEpoch: 20_000), end: CivilDate(daysSinceEpoch: 21_000))
        }
    }

    private func nda(_ number: Int) throws -> NDA { try #require(NDA("\(11_750_000_000 + number)".utf8)) }
}

extension Policy {
    fileprivate static var withEndSoon: Policy {
        var policy = Policy()
        policy.set(.endSoon, .alerte)
        return policy
    }

    fileprivate static var withThreeDetails: Policy {
        var policy = Policy()
        policy.maxDetailedFindings = 3
        return policy
    }
}

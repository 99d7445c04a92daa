import Foundation
import Qualiopi
import Testing

@testable import AccountStore
@testable import DepositStore
@testable import DepositorStore
@testable import OutboxStore
@testable import PortalStore
@testable import PublicationStore
@testable import Store

/// A database of its own for one test, in a folder that is removed with it; with a clock that the test moves.
final class StoreFixture {
    static let day = civil("2026-11-24")
    static let code = "E34350633300032"
    static let otherCode = "E73282932000074"
    /// Of ``code``.
    static let email = "archer@yopmail.com"
    /// Of ``otherCode``.
    static let stranger = "autre@yopmail.com"

    let folder: URL
    let store: Store
    /// The next call of ``tick()`` gives a second later.
    private(set) var now = Timestamp(milliseconds: 1_795_500_000_000)
    private var inode: UInt64 = 1000

    /// Has that many depositors from the start: 0 to 2.
    init(depositors: Int = 1) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("collecteur-store-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        store = try Store(path: folder.appendingPathComponent("collecteur.sqlite").path)
        for siret in ["34350633300032", "73282932000074"].prefix(depositors) { try addDepositor(siret) }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    var path: String { file("collecteur.sqlite") }

    func file(_ name: String) -> String { folder.appendingPathComponent(name).path }

    @discardableResult func tick(_ seconds: Double = 1) -> Timestamp {
        now = now.adding(seconds: seconds)
        return now
    }

    /// Of a made-up establishment: digits whose checksum is right.
    static func siret(_ number: Int) -> String {
        let start = "343506333\(1_000 + number)"
        let sum = start.reversed().enumerated().reduce(0) { sum, digit in
            let value = (digit.element.wholeNumberValue ?? 0) * (digit.offset % 2 == 0 ? 2 : 1)
            return sum + value / 10 + value % 10
        }
        return "\(start)\((10 - sum % 10) % 10)"
    }

    @discardableResult func addDepositor(_ siret: String, on day: CivilDate = StoreFixture.day) throws -> Depositor {
        try store.depositorRegister.addDepositor(
            siret: try #require(SIRET(siret)), name: "Établissement \(siret)", by: .test, now: tick(), on: day)
    }

    /// Somebody of an establishment who can log in to the portal.
    func addPerson(_ email: String, of code: String) throws {
        _ = try store.accounts.addUser(email: email, depositors: [code], by: .test, at: tick())
        try store.portal.people.setPassword(email: email, hash: "$y$1", by: .test, at: tick())
    }

    /// Two establishments, each with a person who can log in to the portal.
    static func ofTwoPeople() throws -> StoreFixture {
        let fixture = try StoreFixture(depositors: 2)
        try fixture.addPerson(email, of: code)
        try fixture.addPerson(stranger, of: otherCode)
        return fixture
    }

    func publication(_ name: String = "liste.csv", code: String = StoreFixture.code) -> Publication {
        inode += 1
        return Publication(
            device: 64, inode: inode, depositor: code, name: Array(name.utf8), login: "archer_yopmail.com",
            channel: "sftp", address: "192.0.2.7", receivedAt: tick())
    }

    /// A claimed deposit, received now or at the given time.
    func claim(
        _ name: String = "liste.csv", code: String = StoreFixture.code, received: Timestamp? = nil,
        on day: CivilDate = StoreFixture.day
    ) throws -> Deposit {
        inode += 1
        return try store.publications.claim(
            ClaimFacts(
                depositor: code, name: Array(name.utf8), device: 64, inode: inode, size: 1234, modified: 1_795_000_000,
                changed: received ?? tick()), now: tick()
        ) { _ in day }
    }

    /// Concludes a deposit; the mails are one line each.
    @discardableResult func conclude(
        _ deposit: Deposit, _ result: Conclusion.Result, stem: String? = nil, isTaken: (String) -> Bool = { _ in false }
    ) throws -> Deposit {
        try store.deposits.conclude(
            Conclusion(
                deposit: deposit.id, file: deposit.file, result: result, content: (2000, "abc123"),
                referenceVersion: "1", at: tick(),
                reportStem: stem ?? "liste.csv.2026-11-24T\(deposit.id)"), isTaken: isTaken
        ) { deposit, recipients in
            recipients.map {
                NewMail(
                    kind: "valide", deposit: deposit.id, recipient: $0, subject: "\(deposit.state)",
                    body: "\(deposit.reportName ?? "")")
            }
        }
    }

    /// A deposit from claim to integration.
    @discardableResult func integrate(
        _ list: [CertifiedOrganisation], code: String = StoreFixture.code, received: Timestamp? = nil
    ) throws -> Deposit {
        try conclude(try claim(code: code, received: received), .validated(accepting(list)))
    }
}

/// A verdict that accepts a list.
func accepting(_ list: [CertifiedOrganisation], findings: [Finding] = []) -> Verdict {
    Verdict(
        outcome: findings.isEmpty ? .succes : .succesPartiel,
        lines: LineCounts(
            total: list.count + findings.count, bloquantLigne: findings.count, sansAlerte: list.count,
            integrees: list.count), anomalies: FindingCounts(bloquantLigne: findings.count, detaillees: findings.count),
        findings: findings, accepted: list, referenceControlsSkipped: false)
}

func refusing(_ findings: [Finding]) -> Verdict {
    Verdict(
        outcome: .echec, lines: LineCounts(total: 1, bloquantFichier: 1),
        anomalies: FindingCounts(bloquantFichier: findings.count, detaillees: findings.count), findings: findings,
        accepted: [], referenceControlsSkipped: false)
}

func finding(_ line: Int?) -> Finding {
    Finding(
        line: line, field: "NDA", rule: "nda.inconnu", severity: .ligne, value: "11755555555",
        message: "Le NDA « 11755555555 » est inconnu.")
}

/// An organisation whose NDA is a number.
func organisation(
    _ number: UInt64, end: String = "2028-06-30", categories: Categories = .actionsDeFormation
) -> CertifiedOrganisation {
    CertifiedOrganisation(
        nda: NDA(packed: 3_656_158_440_062_976 + number), siren: SIREN(value: 343_506_333), categories: categories,
        decision: civil("2025-06-30"), end: civil(end))
}

func civil(_ iso: String) -> CivilDate { CivilDate(iso: iso) ?? CivilDate(daysSinceEpoch: 0) }

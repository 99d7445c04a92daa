import PortalHTML
import PortalPages
import PortalProtocol
import Qualiopi
import Testing

/// What « Aide » quotes of reports is what reports say.
struct HelpPageTests {
    private static let header =
        "NDA;SIREN;actionsDeFormation;bilansDeCompetences;VAE;actionsDeFormationParApprentissage;dateDecisionCertif;dateFinValiditeCertif"
    private static let row = "11756206201;552100554;OUI;NON;NON;NON;01/01/2026;01/01/2028"

    private static let page: String = {
        let layout = Layout(settings: SiteSettings(PortalWelcome()), frame: nil, current: nil)
        // Before a French sign the page has a space that doesn't break, the report a plain one.
        return String(decoding: HelpPage.page(layout).bytes, as: UTF8.self).replacing("\u{A0}", with: " ")
            .replacing("\u{202F}", with: " ")
    }()

    private func messages(_ content: [UInt8]) throws -> [String] {
        let today = try #require(CivilDate(iso: "2026-11-28"))
        let verdict = Validator.validate(
            fileName: Array("liste.csv".utf8), content: content,
            context: ValidationContext(
                policy: Policy(), today: today, reference: nil, previousList: [], otherCertifiers: []))
        return verdict.findings.map(\.message)
    }

    static let found: [(words: String, content: [UInt8])] = [
        ("est un classeur de tableur (.xlsx ou .ods)", [0x50, 0x4B, 0x03, 0x04, 0, 0, 0, 0]),
        ("est séparé par des virgules", Array("\(header)\n\(row)\n".replacing(";", with: ",").utf8)),
        (
            "est encodé en UTF-16 (« Texte Unicode » d'Excel)",
            [0xFF, 0xFE] + "\(header)\r\n\(row)\r\n".utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        ),
        ("est précédé de « sep=; », propre à Excel", Array("sep=;\r\n\(header)\r\n\(row)\r\n".utf8)),
    ]

    @Test(arguments: found)
    func `what it quotes is what the report of such a file says`(words: String, content: [UInt8]) throws {
        #expect(HelpPageTests.page.contains(words))
        let said = try messages(content)
        #expect(said.contains { $0.contains(words) }, "\(said)")
    }

    @Test func `the example is a row that nothing is wrong with, and the header is the one that is asked for`() throws {
        let example = try #require(HelpPageTests.page.firstMatch(of: /<code>(1\d+;\d+;[^<]*)<\/code>/)).output.1
        let said = try messages(Array("\(Self.header)\r\n\(example)\r\n".utf8))
        #expect(HelpPageTests.page.contains(Self.header) && said.isEmpty, "\(said)")
        #expect(Rule(rawValue: "nda.inconnu")?.text.hasPrefix("L'OF doit être présent dans la liste OF") == true)
        #expect(HelpPageTests.page.contains("L'OF doit être présent dans la liste OF"))
    }
}

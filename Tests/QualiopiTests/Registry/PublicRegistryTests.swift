import Testing

@testable import Qualiopi

@Suite struct PublicRegistryTests {
    @Test func `what is past its end date drops out`() {
        let lists = [organisation(1, end: 99), organisation(2, end: 100), organisation(3, end: 101)]
        #expect(registry(lists, on: 100).map(\.nda.packed) == [2, 3])
    }

    @Test func `the same NDA appears once, with all categories and the latest end`() {
        let lists = [
            organisation(7, siren: 1, categories: [.vae], decision: 10, end: 200),
            organisation(3, end: 300),
            organisation(7, siren: 2, categories: [.actionsDeFormation], decision: 20, end: 400),
            organisation(7, siren: 3, categories: [.bilansDeCompetences], decision: 30, end: 50),
        ]
        #expect(
            registry(lists, on: 100) == [
                organisation(3, end: 300),
                organisation(7, siren: 2, categories: [.vae, .actionsDeFormation], decision: 20, end: 400),
            ])
    }

    @Test func `the order of the lists does not matter`() {
        let lists = (0..<60).map {
            organisation(UInt64($0 % 7), siren: UInt32($0 % 5), decision: $0 % 3, end: 100 + $0 % 4)
        }
        let expected = registry(lists, on: 100)
        for _ in 0..<20 { #expect(registry(lists.shuffled(), on: 100) == expected) }
    }

    @Test func `the export has the manual's eight columns and can be deposited`() throws {
        let organisation = CertifiedOrganisation(
            nda: try #require(NDA("1175P007675".utf8)), siren: SIREN(value: 12_345),
            categories: [.actionsDeFormation, .vae], decision: try #require(CivilDate(iso: "2021-03-02")),
            end: try #require(CivilDate(iso: "2027-12-31")))
        let bytes = RegistryCSV.write([organisation])
        #expect(
            String(decoding: bytes, as: UTF8.self) == """
                NDA;SIREN;actionsDeFormation;bilansDeCompetences;VAE;actionsDeFormationParApprentissage;dateDecisionCertif;dateFinValiditeCertif
                1175P007675;000012345;OUI;NON;OUI;NON;02/03/2021;31/12/2027

                """)
        let today = try #require(CivilDate(iso: "2026-11-24"))
        let verdict = Validator.validate(
            fileName: Array("export.csv".utf8), content: bytes,
            context: ValidationContext(policy: Policy(), today: today, reference: nil))
        #expect(verdict.accepted == [organisation])
        #expect(verdict.outcome == .succes)
    }

    private func registry(_ lists: [CertifiedOrganisation], on day: Int) -> [CertifiedOrganisation] {
        PublicRegistry.union(lists, on: CivilDate(daysSinceEpoch: day))
    }

    private func organisation(
        _ nda: UInt64, siren: UInt32 = 1, categories: Categories = [.vae], decision: Int = 1, end: Int
    ) -> CertifiedOrganisation {
        CertifiedOrganisation(
            nda: NDA(packed: nda), siren: SIREN(value: siren), categories: categories,
            decision: CivilDate(daysSinceEpoch: decision), end: CivilDate(daysSinceEpoch: end))
    }
}

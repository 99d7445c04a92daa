import Foundation
import Testing

/// The eight states of the manual's table (4.1.1), each as a person sees it, with its word and its sentence.
@Suite struct PortalStateTests {
    private func place(
        organisations: Int? = 200, sections: String = "qualiopi: {severities: {siren.inconnu: alerte}}\n"
    ) throws -> (Instance, Depositor, PortalBrowser) {
        let (instance, base) = try Instance.withPortal(sections: sections)
        try instance.start()
        let depositor = try Depositor(instance, organisations: organisations)
        let browser = PortalBrowser(instance, at: base)
        try depositor.choosePortalPassword(browser)
        try #require(browser.logIn(depositor.email).status == 303)
        return (instance, depositor, browser)
    }

    private func shows(_ browser: PortalBrowser, _ path: String, _ key: String, _ word: String) throws -> Bool {
        try browser.get(path).body.contains("<span class=\"etat \(key)\">\(word)</span>")
    }

    static let verdicts: [(lines: [String], key: String, word: String, sentence: String)] = [
        ([SampleList.line(1), SampleList.line(2)], "succes", "Succès", "Le fichier a été intégré en totalité."),
        (
            [SampleList.line(1), SampleList.line(2).replacing(SampleList.siren(2), with: "999999999")],
            "succesAvecAlertes", "Succès avec alertes", "alertes non bloquantes"
        ),
        (
            [SampleList.line(1), SampleList.line(3, nda: SampleList.nda(999))], "succesPartiel", "Succès partiel",
            "certaines lignes ont été rejetées"
        ),
        (
            [
                SampleList.line(1), SampleList.line(3, nda: SampleList.nda(999)),
                SampleList.line(2).replacing(SampleList.siren(2), with: "999999999"),
            ], "succesPartielAvecAlertes", "Succès partiel avec alertes", "D&#39;autre part"
        ),
        (
            [SampleList.line(1, categories: "NON;NON;NON;NON")], "echec", "Échec",
            "pas pu être intégré par le COLLECTEUR."
        ),
    ]

    @Test(arguments: verdicts)
    func `a verdict is shown by its word`(lines: [String], key: String, word: String, sentence: String) throws {
        let (instance, depositor, browser) = try place()
        let file = try instance.write(SampleList.file(lines), to: "liste.csv")
        var posted = try browser.deposit(file)
        if posted.location.hasPrefix("/deposer/") {
            posted = try browser.post(posted.location, [("action", "confirmer")])
        }
        try #require(posted.location == "/depots/1", "\(posted)")
        #expect(try depositor.treated().first?["state"] as? String == key)
        for path in ["/", "/depots", "/depots/1", "/periodes"] {
            #expect(try shows(browser, path, key, word), "\(path)")
        }
        for path in ["/", "/depots/1"] { #expect(try browser.get(path).body.contains(sentence), "\(path)") }
        #expect(try browser.get("/depots/1/etat").body == "{\"etat\": \"\(key)\"}\n")
        #expect(try shows(browser, "/depots?etat=\(key)", key, word))
        #expect(try !shows(browser, "/depots?etat=enCours", key, word))
    }

    @Test func `before a deposit the day waits`() throws {
        let (_, _, browser) = try place()
        #expect(try shows(browser, "/", "enAttente", "En attente de dépôt"))
        #expect(try shows(browser, "/periodes", "enAttente", "En attente de dépôt"))
        #expect(try browser.get("/").body.contains("pas encore déposé votre fichier aujourd"))
    }

    @Test func `while it is treated, a deposit is « En cours »`() throws {
        // Without an OF list the treatment is tried again later.
        let (instance, depositor, browser) = try place(organisations: nil)
        let file = try instance.write(SampleList.good(20), to: "liste.csv")
        try #require(depositor.sftp("put \(file) \(depositor.folder)/liste.csv").succeeded)
        #expect(try eventually { try depositor.deposits().first?["state"] as? String == "enCours" })
        for path in ["/", "/depots", "/depots/1"] {
            #expect(try shows(browser, path, "enCours", "En cours"), "\(path)")
        }
        #expect(try browser.get("/depots/1/etat").body == "{\"etat\": \"enCours\"}\n")
        // Nothing of a report is there before the verdict.
        for view in ["rapport.txt", "rapport.json", "fichier-annote.csv", "fichier"] {
            #expect(try browser.get("/depots/1/\(view)").status == 404, "\(view)")
        }
        #expect(try !browser.get("/depots/1").body.contains("erreur bloquante"))
    }

    @Test func `a day without a deposit is « Non déposé » the day after`() throws {
        let (instance, _, browser) = try place()
        instance.stop()
        instance.clockOffset = 86_400
        try instance.start()
        // The session of the day before is over.
        try #require(browser.logIn("archer@yopmail.com").status == 303)
        #expect(try eventually { try shows(browser, "/periodes", "nonDepose", "Non déposé") }, "\(instance.log)")
        #expect(try shows(browser, "/", "enAttente", "En attente de dépôt"))
    }
}

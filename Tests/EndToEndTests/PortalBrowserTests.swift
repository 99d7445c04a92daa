import Foundation
import Testing

/// Every journey in a real Chromium, with JavaScript and without.
@Suite struct PortalBrowserTests {
    private struct Place {
        let instance: Instance
        let depositor: Depositor
        let browser: PortalBrowser

        init(_ journey: String, organisations: Int? = 400) throws {
            let (instance, base) = try Instance.withPortal()
            self.instance = instance
            try instance.start()
            depositor = try Depositor(instance, organisations: organisations)
            browser = PortalBrowser(instance, at: base)
            if !journey.hasPrefix("chooses") { try depositor.choosePortalPassword(browser) }
        }

        func command(_ journey: String, _ arguments: [String]) -> [String] {
            let script = Depositor.fixtures.appending(path: "portal_browser.py").path
            return [Instance.python, "-B", script, journey, browser.base, depositor.email, PortalBrowser.password]
                + arguments
        }

        func run(_ journey: String, _ arguments: [String]) throws {
            let result = try instance.run(command(journey, arguments), within: 900)
            #expect(result.succeeded, "\(result)\n\(instance.log)")
        }
    }

    @Test(arguments: [
        "deposits", "deposits-nojs", "drops", "controls", "controls-nojs", "ends", "ends-nojs", "prolongs", "fetches",
        "fetches-nojs",
    ])
    func `a good file`(journey: String) throws {
        let place = try Place(journey)
        try place.run(journey, [place.instance.write(SampleList.good(300), to: "liste.csv")])
        let count = ["deposits", "drops", "fetches"].contains { journey.hasPrefix($0) } ? 1 : 0
        #expect(try place.depositor.deposits().count == count)
    }

    @Test(arguments: [("strays", 0), ("changes", 0), ("loses", 2), ("interrupts", 1)])
    func `what goes wrong in a browser ends in one deposit or in a word that there is none`(journey: String, count: Int)
        throws
    {
        // What is interrupted takes most of a minute.
        let lines = journey == "interrupts" ? 20_000 : 300
        let place = try Place(journey, organisations: lines)
        try place.run(journey, [place.instance.write(SampleList.good(lines), to: "liste.csv")])
        #expect(try place.depositor.deposits().count == count)
    }

    @Test(arguments: ["empty", "empty-nojs"])
    func `an empty file`(journey: String) throws {
        let place = try Place(journey)
        try place.run(journey, [place.instance.write("", to: "vide.csv")])
        #expect(try place.depositor.deposits().isEmpty)
    }

    @Test(arguments: ["confirms", "confirms-nojs"])
    func `what withdraws is asked first`(journey: String) throws {
        let place = try Place(journey)
        let (whole, fewer) = (SampleList.good(90), SampleList.good(80))
        try place.run(
            journey, [place.instance.write(whole, to: "liste.csv"), place.instance.write(fewer, to: "moins.csv")])
        #expect(try place.depositor.deposits().count == 2)
    }

    @Test func `a page that waits for the verdict shows it by itself`() throws {
        // Without an OF list nothing is treated.
        let place = try Place("awaits", organisations: nil)
        let file = try place.instance.write(SampleList.good(20), to: "liste.csv")
        let journey = try BackgroundCommand(place.command("awaits", [file]), folder: place.instance.folder)
        #expect(eventually { journey.output.contains("waits") || !journey.process.isRunning })
        #expect(try place.depositor.deposits().first?["state"] as? String == "enCours")
        let list = try place.instance.write(SampleList.reference(400), to: "of.csv")
        try place.instance.admin("reference", "import", list)
        let end = journey.finish(within: 900)
        #expect(end.status == 0, "\(end)\n\(place.instance.log)")
    }

    @Test(arguments: ["elects", "elects-nojs"])
    func `of several establishments one is chosen`(journey: String) throws {
        let place = try Place(journey)
        let first = place.depositor.code
        let second = try place.instance.admin("depositor", "add", "--siret", "73282932000074", "--name", "GRETA")
        try place.instance.admin("user", "grant", place.depositor.email, "--depositor", second)
        try place.run(journey, [place.instance.write(SampleList.good(300), to: "liste.csv"), first, second])
        #expect(try place.depositor.deposits().isEmpty)
        #expect(try place.instance.json("deposit", "list", "--depositor", second).count == 1)
    }

    @Test(arguments: ["chooses", "chooses-nojs"])
    func `the first password by the mail's link`(journey: String) throws {
        let place = try Place(journey)
        try place.instance.admin("user", "reset-password", place.depositor.email)
        #expect(try eventually { try !place.depositor.mails().isEmpty })
        let body = try #require(try place.depositor.mails().first).body
        let link = try #require(body.firstMatch(of: /http\S+\/mot-de-passe\/\S+/)).output
        try place.run(journey, [String(link)])
    }

    /// What a depositor writes is text on every page, whatever it is.
    @Test func `hostile names and cells run nothing, and no page is too wide`() throws {
        let place = try Place("trap")
        try #require(place.browser.logIn(place.depositor.email).status == 303)
        let hostile = [
            "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>",
            "\"\u{301} onfocus=alert(1) autofocus x=\u{301}\"",
            "javascript:alert(1)", "{{7*7}}", "</title><script>alert(1)</script>", "=cmd|' /C calc'!A0",
        ]
        let lines = hostile.enumerated().map { index, text in
            "\"\(text.replacing("\"", with: "\"\""))\";\(SampleList.siren(index));OUI;\"\(text.replacing("\"", with: "\"\""))\";NON;NON;x;y"
        }
        let file = try place.instance.write(SampleList.file(lines), to: "envoi.csv")
        let posted = try place.browser.deposit(file, as: "<img src=x onerror=alert(1)>.csv")
        try #require(posted.location == "/depots/1", "\(posted)")
        _ = try place.browser.deposit(
            try place.instance.write(SampleList.good(100), to: "liste.csv"),
            as: "un-nom-de-fichier-sans-blanc-très-long.csv")
        // What waits for a word has its name too.
        let list = try place.browser.deposit(place.instance.write(SampleList.good(100), to: "ordinaire.csv"))
        try #require(list.location == "/depots/3", "\(list)")
        _ = try place.depositor.treated(3, reports: false)
        let waiting = try place.browser.deposit(
            place.instance.write(SampleList.good(70), to: "moins.csv"), as: "'><svg onload=alert(1)>.csv")
        let digits = Array(waiting.location.dropFirst("/deposer/".count))
        try #require(digits.count == 32, "\(waiting)")
        let key = stride(from: 0, to: 32, by: 2).compactMap { UInt8(String(digits[$0...$0 + 1]), radix: 16) }
        let own = Belongings(deposit: 1, key: key, nda: SampleList.nda(3))
        let paths =
            own.paths + [
                "/depots/2", "/depots/3", "/organismes?recherche=%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
                "/nulle-part",
            ]
        try place.run("trap", paths)
        try place.run("narrow", paths)
    }
}

import Foundation
import Testing

/// Files that wait in the page for a word, while clients and the disk do what they do.
@Suite struct PortalDraftTests {
    private struct Place {
        let depositor: Depositor
        let browser: PortalBrowser
        let fewer: String
        let good: String

        /// With a first deposit, of which the second file would withdraw organisations.
        init(_ instance: Instance, at base: String) throws {
            try instance.start()
            depositor = try Depositor(instance, organisations: 100)
            browser = PortalBrowser(instance, at: base)
            try depositor.choosePortalPassword(browser)
            try #require(try browser.logIn(depositor.email).status == 303)
            good = try instance.write(SampleList.good(50), to: "liste.csv")
            fewer = try instance.write(SampleList.good(30), to: "moins.csv")
            #expect(try browser.deposit(good).location == "/depots/1")
            _ = try depositor.treated()
        }

        /// Where the page asks for a word.
        func draft(_ name: String) throws -> String {
            let asked = try browser.deposit(fewer, as: name)
            try #require(asked.location.hasPrefix("/deposer/"), "\(asked)")
            return asked.location
        }
    }

    @Test func `a robot sees nothing of a draft, and what it deposits under the name stays when the form is given up`()
        throws
    {
        let (instance, base) = try Instance.withPortal(deposits: ["settle_seconds: 3600"])
        let place = try Place(instance, at: base)
        let form = try place.draft("envoi.csv")
        let folder = place.depositor.folder
        let sent = try place.depositor.sftp(
            "cd \(folder)\nput \(place.good) envoi.csv.part\nrename envoi.csv.part envoi.csv\nls -l envoi.csv")
        #expect(sent.succeeded, "\(sent)")
        #expect(try place.browser.post(form, [("action", "abandonner")]).status == 303)
        try instance.settle()
        let deposit = try #require(try place.depositor.treated(2, reports: false).last)
        #expect(deposit["file"] as? String == "envoi.csv" && deposit["channel"] as? String == "sftp", "\(deposit)")
        #expect(instance.stop() == 0)
    }

    @Test(arguments: [false, true])
    func `whoever agreed to what a page showed is asked once more when the list is another one since`(
        otherTabLooks: Bool
    ) throws {
        let (instance, base) = try Instance.withPortal()
        let place = try Place(instance, at: base)
        let form = try place.draft("envoi.csv")
        func shown(_ page: PortalBrowser.Page) throws -> String {
            String(try #require(page.body.firstMatch(of: /name="vu" value="([0-9a-f]{16})"/)?.output.1))
        }
        let agreed = try shown(place.browser.get(form))
        let more = try instance.write(SampleList.good(70), to: "plus.csv")
        #expect(try place.depositor.sftp("put \(more) \(place.depositor.folder)/plus.csv").succeeded)
        _ = try place.depositor.treated(2)
        // The page of another tab says what is true now; this one still shows what was.
        if otherTabLooks { #expect(try shown(place.browser.get(form)) != agreed) }
        let asked = try place.browser.post(form, [("action", "confirmer"), ("vu", agreed)])
        #expect(
            asked.status == 422 && asked.body.contains("Le dépôt n'a pas été fait : la liste ou le fichier a changé"))
        #expect(try place.depositor.deposits().count == 2)
        let done = try place.browser.post(form, [("action", "confirmer"), ("vu", shown(asked))])
        #expect(done.location == "/depots/3", "\(done)")
    }

    @Test func `a daemon that dies with a draft keeps nothing of it, and its page says that nothing was deposited`()
        throws
    {
        let (instance, base) = try Instance.withPortal()
        let place = try Place(instance, at: base)
        let form = try place.draft("envoi.csv")
        let staging = instance.state.appending(path: "staging/\(place.depositor.code)").path
        #expect(try FileManager.default.contentsOfDirectory(atPath: staging).count == 1)
        instance.crash()
        try instance.start()
        #expect(try FileManager.default.contentsOfDirectory(atPath: staging).isEmpty)
        #expect(try place.browser.get(form).body.contains("Aucun dépôt n'a été fait"))
        #expect(try place.browser.post(form, [("action", "confirmer")]).status == 303)
        #expect(try place.depositor.deposits().count == 1)
    }

    @Test(.enabled(if: SmallDisk.canMount, SmallDisk.cannot))
    func `a disk that is full at the confirmation ends in one deposit or in none, and the page says which`() throws {
        let (instance, base) = try Instance.withPortal()
        try SmallDisk.with(instance, megabytes: 420) { fill in
            let place = try Place(instance, at: base)
            let form = try place.draft("envoi.csv")
            try fill(0)
            let full = try place.browser.post(form, [("action", "confirmer")])
            #expect(full.status == 303 || full.body.contains("Aucun dépôt n&#39;a été fait"), "\(full)")
            try fill(-1)
            let confirmed = try place.browser.post(form, [("action", "confirmer")])
            #expect(confirmed.location == "/depots/2" || confirmed.location == form, "\(confirmed)")
            let page = try place.browser.follow(confirmed)
            #expect(!page.body.contains("Envoi en cours"), "\(page)")
            let isNone = page.body.contains("Aucun dépôt n'a été fait")
            #expect(try place.depositor.treated(isNone ? 1 : 2, reports: false).count == (isNone ? 1 : 2))
            // The name is nobody's.
            #expect(
                try place.depositor.sftp("put \(place.good) \(place.depositor.folder)/envoi.csv").succeeded)
        }
    }
}

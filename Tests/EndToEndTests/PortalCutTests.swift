import Foundation
import Testing

/// Deposits by the page that something cuts: each ends in no deposit and says so, or in one.
@Suite struct PortalCutTests {
    enum Cut: CaseIterable {
        case clientEnds, connectionIsReset, clientIsKilled, portalIsKilled, daemonIsKilled, daemonStops, sessionEnds,
            otherSessionsEnd
    }

    private static let content = SampleList.good(4_000)

    @Test(arguments: Cut.allCases)
    func `an upload that is cut in the middle is no deposit, and its form can be sent again`(cut: Cut) throws {
        let place = try PortalPlace(organisations: 4_000)
        try place.logIn()
        let (instance, browser) = (place.instance, place.browser)
        // Curl's takes half a minute.
        let content = cut == .clientIsKilled ? SampleList.good(30_000) : Self.content
        let file = try instance.write(content, to: "liste.csv")
        let key = try browser.newKey()
        // The answer, where somebody is there to read it.
        var answer: String?
        if cut == .clientIsKilled {
            let client = try BackgroundCommand(
                [
                    "curl", "-sS", "--limit-rate", "60k", "-H", "Origin: \(browser.base)", "-H",
                    "Cookie: \(browser.cookie)", "-F", "cle=\(key)", "-F", "fichier=@\(file)",
                    "\(browser.base)/deposer",
                ], folder: instance.folder)
            try #require(eventually { !place.drafts.isEmpty }, "\(client.errors)\(instance.log)")
            client.signal(SIGKILL)
            _ = client.finish()
        } else {
            let upload = try HalfUpload(browser, key: key, Self.content)
            try #require(eventually { !place.drafts.isEmpty }, "\(instance.log)")
            switch cut {
            case .clientEnds: upload.connection.end()
            case .connectionIsReset: upload.connection.reset()
            case .portalIsKilled:
                kill(try #require(place.portal), SIGKILL)
                #expect(eventually { instance.logged("portal.started") == 2 }, "\(instance.log)")
            case .daemonIsKilled:
                instance.crash()
                try instance.start()
            case .daemonStops:
                // It waits for what is under way, but no longer than it may.
                instance.daemon?.signal(SIGTERM)
                upload.sendTheRest()
                answer = upload.connection.receiveAll()
                #expect(instance.daemon?.finish().status == 0)
                try instance.start()
            case .sessionEnds, .otherSessionsEnd:
                if cut == .sessionEnds {
                    try instance.admin("user", "end-sessions", place.depositor.email)
                } else {
                    #expect(try browser.post("/deconnexion").status == 303)
                }
                upload.sendTheRest()
                let said = upload.connection.receiveAll()
                #expect(said.contains("Votre session a pris fin : rien n'a été fait"), "\(said)")
                answer = said
                try place.logIn()
            case .clientIsKilled: break
            }
            withExtendedLifetime(upload) {}
        }
        if cut == .daemonStops {
            // Its end came in time or it did not: the answer says which.
            let isIn = answer?.contains("303") == true
            #expect(try place.depositor.deposits().count == (isIn ? 1 : 0), "\(answer ?? "")")
        } else {
            #expect(eventually { place.drafts.isEmpty }, "\(place.drafts)")
            #expect(try browser.get("/deposer/\(key)").body.contains("Aucun dépôt n'a été fait"))
            #expect(try place.depositor.deposits().isEmpty)
            #expect(place.depositor.names().isEmpty)
        }
        let again = try browser.deposit(instance.write(Self.content, to: "liste.csv"), key: key)
        #expect(again.location == "/depots/1", "\(again)\n\(instance.log)")
        #expect(try place.depositor.treated().count == 1)
        #expect(place.drafts.isEmpty)
    }

    @Test func `a file that is being received by the page is one of status's uploads`() throws {
        let place = try PortalPlace()
        try place.logIn()
        let uploads = { try place.instance.collecteur("status", "--json").output.contains("\"uploads\": 1") }
        let upload = try HalfUpload(place.browser, key: try place.browser.newKey(), SampleList.good(500))
        #expect(try eventually { try uploads() }, "\(place.instance.log)")
        upload.sendTheRest()
        #expect(upload.connection.receiveAll().hasPrefix("HTTP/1.1 303"))
        #expect(try eventually { try !uploads() })
    }

    @Test func `two files in one form are said to be one too many, and neither is deposited`() throws {
        let place = try PortalPlace()
        try place.logIn()
        let key = try place.browser.newKey()
        let body = UploadRequest.body(key: key, [("un.csv", SampleList.good(20)), ("deux.csv", SampleList.good(30))])
        let connection = try RawConnection(to: place.browser.base)
        connection.send(UploadRequest.head(place.browser, "/deposer", bytes: body.utf8.count) + body)
        let answer = connection.receiveAll()
        #expect(answer.contains("Un seul fichier par dépôt") && answer.hasPrefix("HTTP/1.1 422"), "\(answer)")
        #expect(eventually { place.drafts.isEmpty })
        #expect(try place.depositor.deposits().isEmpty && place.depositor.names().isEmpty)
        let one = try place.instance.write(SampleList.good(20), to: "un.csv")
        #expect(try place.browser.deposit(one, key: key).location == "/depots/1")
    }

    @Test func `without an OF list a deposit waits for it, as a robot's does, and a control says what is missing`()
        throws
    {
        let place = try PortalPlace(organisations: nil)
        try place.logIn()
        let (instance, browser) = (place.instance, place.browser)
        let file = try instance.write(SampleList.good(20), to: "liste.csv")
        let control = try browser.follow(try browser.deposit(file, control: true))
        #expect(
            control.body.contains("aucune liste des organismes de formation") && control.body.contains("Aucun dépôt"))
        #expect(try place.depositor.deposits().isEmpty)
        let posted = try browser.deposit(file)
        #expect(posted.location == "/depots/1", "\(posted)\n\(instance.log)")
        #expect(try browser.follow(posted).body.contains("En cours"))
        try instance.admin("reference", "import", try instance.write(SampleList.reference(100), to: "of.csv"))
        #expect(try place.depositor.treated().first?["state"] as? String == "succes")
        #expect(try browser.get("/depots/1").body.contains("Le fichier a été intégré en totalité."))
    }

    /// The daemon's way with a deposit, from the last byte to the mail: wherever it dies, the form that is sent once more deposits once.
    @Test(arguments: CrashTests.points)
    func `a deposit of which the daemon dies is deposited once, and its form says so`(point: String) throws {
        let expected = try Self.undisturbed.get()
        #expect(expected.deposits.count == 1 && expected.deposits[0].contains("\"channel\":\"web\""))
        #expect(expected.folder.count == 2 && expected.archive.count == 1 && expected.staging.isEmpty)
        let found = try Self.run(killedAt: point)
        #expect(found == expected)
    }

    private static let undisturbed = Result { try run(killedAt: nil) }

    private static func run(killedAt point: String?) throws -> EndState {
        let place = try PortalPlace(organisations: 100)
        try place.logIn()
        let (instance, browser) = (place.instance, place.browser)
        let file = try instance.write(SampleList.good(50), to: "liste.csv")
        let key = try browser.newKey()
        // The two that a new password takes have left.
        try #require(try eventually { try place.depositor.mails().count == 2 })
        if let point {
            instance.stop()
            instance.environment["COLLECTEUR_FAULT"] = point
            try instance.start()
        }
        let first = try browser.tryToDeposit(file, key: key)
        guard let point else {
            #expect(first?.location == "/depots/1", "\(String(describing: first))")
            return try EndState(of: place.depositor, mails: 3)
        }
        #expect(first.map { $0.location == "/depots/1" || $0.status == 503 } ?? true, "\(String(describing: first))")
        try #require(eventually { instance.daemon?.process.isRunning == false }, "\(point) was not reached")
        #expect(instance.daemon?.process.terminationStatus == SIGKILL)
        instance.environment["COLLECTEUR_FAULT"] = nil
        try instance.start()
        // Whoever looks before sending again is told the truth.
        let page = try browser.get("/deposer/\(key)")
        let isNone = page.body.contains("Aucun dépôt n'a été fait")
        #expect(isNone == CrashTests.beforeTheName.contains(point), "\(page)")
        let again = try browser.deposit(file, key: key)
        #expect(again.location == "/depots/1" || again.location == "/deposer/\(key)", "\(again)\n\(instance.log)")
        let end = try EndState(of: place.depositor, mails: 3)
        #expect(try browser.get("/deposer/\(key)").location == "/depots/1")
        return end
    }

    /// A form whose file the daemon's death kept out must not be taken for the next one's, which may get its inode.
    @Test func `a form that deposited nothing is not told of another form's deposit`() throws {
        let place = try PortalPlace(organisations: 100)
        try place.logIn()
        let (instance, browser) = (place.instance, place.browser)
        let lost = try browser.newKey()
        instance.stop()
        instance.environment["COLLECTEUR_FAULT"] = "publicationRecorded"
        try instance.start()
        let file = try instance.write(SampleList.good(20), to: "liste.csv")
        _ = try browser.tryToDeposit(file, key: lost)
        try #require(eventually { instance.daemon?.process.isRunning == false })
        instance.environment["COLLECTEUR_FAULT"] = nil
        try instance.start()
        for number in 1...8 {
            let other = try instance.write(SampleList.good(20 + number), to: "autre-\(number).csv")
            #expect(try browser.deposit(other).location == "/depots/\(number)")
            let page = try browser.get("/deposer/\(lost)")
            #expect(page.body.contains("Aucun dépôt n'a été fait"), "\(number): \(page)")
        }
    }
}

import Foundation
import PortalHTML
import Testing

/// What is another's, or comes from elsewhere.
@Suite struct PortalForeignTests {
    /// Somebody whose file was deposited and another whose deposit waits for a word; and a stranger.
    private struct Two {
        let place: PortalPlace
        let stranger: PortalBrowser
        let belongings: Belongings
        let form: String

        init() throws {
            place = try PortalPlace()
            try place.logIn()
            let file = try place.instance.write(SampleList.good(50), to: "secret-liste.csv")
            try #require(place.browser.deposit(file).location == "/depots/1")
            _ = try place.depositor.treated()
            let asked = try place.browser.deposit(place.instance.write(SampleList.good(30), to: "secret-moins.csv"))
            form = asked.location
            let key = stride(from: 0, to: 32, by: 2).compactMap { index -> UInt8? in
                let digits = Array(asked.location.dropFirst("/deposer/".count))
                guard digits.count == 32 else { return nil }
                return UInt8(String(digits[index...index + 1]), radix: 16)
            }
            try #require(key.count == 16, "\(asked)")
            belongings = Belongings(deposit: 1, key: key, nda: SampleList.nda(3))
            let other = try Depositor(
                place.instance, siret: "73282932000074", email: "autre@yopmail.com", organisations: nil)
            stranger = PortalBrowser(place.instance, at: place.browser.base)
            try other.choosePortalPassword(stranger)
            try #require(stranger.logIn(other.email).status == 303)
        }
    }

    /// But for the seconds that are left of the session.
    private func text(_ page: PortalBrowser.Page, without path: String) -> String {
        page.body.replacing(path, with: "").replacing(/data-(inactivite|fin)="\d+"/, with: "")
    }

    @Test func `every address that names another's things answers as if they never were`() throws {
        let two = try Two()
        let absent = Belongings(deposit: 999, key: [UInt8](repeating: 0xAB, count: 16), nda: "99999999999")
        for (own, never) in zip(two.belongings.own, absent.own) {
            // They are there: their own people see them.
            let seen = try two.place.browser.get(own.path)
            #expect(seen.status == 200 || seen.status == 303, "\(own.path) \(seen)")
            let (foreign, missing) = (try two.stranger.get(own.path), try two.stranger.get(never.path))
            #expect(foreign.status == missing.status, "\(own.path)")
            #expect(text(foreign, without: own.path) == text(missing, without: never.path))
            #expect(!foreign.body.contains("secret-") && !foreign.headers.contains("secret-"), "\(foreign)")
            if case .report(.form, .summary) = own { continue }
            #expect(foreign.status == 404, "\(own.path)")
        }
        // Nor do the pages of all that is one's own show them, whatever is asked for.
        for path in two.belongings.paths {
            for query in ["", "?deposant=\(two.place.depositor.code)", "?recherche=\(SampleList.nda(3))", "?avant=9"] {
                let page = try two.stranger.get(path.prefix { $0 != "?" } + query)
                #expect(!page.body.contains("secret-"), "\(path)\(query)")
                #expect(!page.body.contains("/organismes/\(SampleList.nda(3))"), "\(path)\(query)")
            }
        }
        // And no form of theirs is decided by another.
        for action in ["confirmer", "abandonner"] {
            let decided = try two.stranger.post(two.form, [("action", action)])
            #expect(decided.status == 404 || decided.location == two.form || decided.location == "/", "\(decided)")
        }
        let confirmed = try two.place.browser.post(two.form, [("action", "confirmer")])
        #expect(confirmed.location == "/depots/2", "\(confirmed)")
    }

    @Test func `a session that somebody has put into the browser is not the one that a login begins`() throws {
        let two = try Two()
        let browser = two.place.browser
        let before = try browser.get("/connexion")
        #expect(before.field("set-cookie").isEmpty)
        let planted = two.stranger.cookie
        let login = try browser.post(
            "/connexion", [("email", two.place.depositor.email), ("mot_de_passe", PortalBrowser.password)],
            cookie: planted)
        let given = login.field("set-cookie").split(separator: ";").first.map(String.init) ?? ""
        #expect(login.status == 303 && !given.isEmpty && given != planted, "\(login)")
        // What was planted is still the stranger's, and nobody else's.
        #expect(try browser.get("/informations", cookie: planted).body.contains("autre@yopmail.com"))
        #expect(try browser.get("/informations", cookie: given).body.contains(two.place.depositor.email))
        // Two at once are none: neither is chosen.
        #expect(try browser.get("/informations", cookie: "\(planted); \(given)").body.contains("<h1>Se connecter</h1>"))
        #expect(try browser.post("/deconnexion", cookie: given).status == 303)
        #expect(try browser.get("/informations", cookie: given).body.contains("<h1>Se connecter</h1>"))
        // What nobody ever had is nobody's, and a login that finds it there begins another.
        let made = "__Host-collecteur=\(String(repeating: "A", count: 43))"
        #expect(try browser.get("/informations", cookie: made).body.contains("<h1>Se connecter</h1>"))
    }

    @Test func `a mail's link leads to the portal, whatever a request says of itself`() throws {
        let two = try Two()
        let (place, email) = (two.place, two.place.depositor.email)
        // Not the one that says that a password was changed, which may come still.
        let links = { try place.depositor.mails().count { $0.body.contains("/mot-de-passe/") } }
        let before = try links()
        for header in [
            "X-Forwarded-Host: evil.example", "Forwarded: host=evil.example", "X-Original-URL: /x",
            "X-Host: evil.example",
        ] {
            _ = try place.browser.post("/mot-de-passe", [("email", email)], headers: [header])
        }
        #expect(
            try place.browser.post("/mot-de-passe", [("email", email)], headers: ["Host: evil.example"]).status == 421)
        #expect(try eventually { try links() > before })
        #expect(try place.depositor.mails().allSatisfy { !$0.body.contains("evil.example") })
        let redirected = try place.browser.post("/deconnexion", headers: ["X-Forwarded-Host: evil.example"])
        #expect(redirected.location == "/connexion")
    }

    @Test func `addresses that a client makes up are not those that its guesses are counted by`() throws {
        let place = try PortalPlace()
        var last = 0
        for number in 1...25 {
            let page = try place.browser.post(
                "/connexion", [("email", "personne\(number)@yopmail.com"), ("mot_de_passe", "Faux-2026")],
                headers: [
                    "X-Forwarded-For: 203.0.113.\(number)", "X-Real-IP: 203.0.113.\(number)",
                    "Forwarded: for=203.0.113.\(number)",
                ])
            last = page.status
        }
        #expect(last == 429)
    }

    /// From another site, and from another port of the same machine, which browsers hold for the same site: the cookie comes along.
    @Test func `no page of another origin can send any of the forms`() throws {
        let script = Depositor.fixtures.appending(path: "portal_origins.py").path
        let folder = FileManager.default.temporaryDirectory.appending(path: "portal-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let result = try BackgroundCommand([Instance.python, "-B", script, Instance.programs.path], folder: folder)
            .finish(within: 1_200)
        #expect(result.succeeded, "\(result)")
    }
}

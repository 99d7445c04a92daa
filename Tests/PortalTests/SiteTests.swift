import HTTPTypes
import LinuxSystem
import NIOCore
import PortalHTML
import PortalPages
import PortalProtocol
import PortalSamples
import Testing
import WebParsing

@testable import Portal
@testable import PortalAssets

struct SiteTests {
    static let pages = [
        "/", "/depots", "/depots?etat=echec&depuis=2026-11-01", "/depots/12", "/depots/11", "/depots/9", "/depots/13",
        "/depots/12/lignes", "/depots/12/champs", "/depots/12/lignes?type=nda.inconnu&page=1", "/deposer", "/periodes",
        "/organismes", "/organismes?recherche=1", "/organismes/11756206000", "/informations",
        "/informations/mot-de-passe", "/informations/sftp", "/informations/cles", "/informations/notifications",
        "/acces",
    ]
    static let open = [
        "/connexion", "/mot-de-passe", "/plan-du-site", "/accessibilite", "/mentions-legales", "/donnees-personnelles",
        "/aide", "/inscription", "/inscription/envoyee", "/activation/terminee",
        Route.activate(token: SampleBackend.resetToken).path,
    ]

    @Test(arguments: pages + open)
    func `every page is there, with one h1, its own title and the headers`(path: String) async {
        let answer = await TestSite().get(path, as: SiteTests.open.contains(path) ? nil : SampleBackend.nine)
        #expect(answer.status == 200)
        #expect(answer.text.components(of: "<h1").count == 2)
        #expect(answer.text.contains("<html lang=\"fr\">") && answer.text.contains("</html>"))
        #expect(answer.fields[.contentSecurityPolicy]?.contains("default-src 'none'") == true)
        #expect(answer.fields[.contentSecurityPolicy]?.contains("unsafe") == false)
        #expect(answer.fields[.cacheControl] == "no-store" && answer.fields[.xContentTypeOptions] == "nosniff")
        #expect(answer.fields[.referrerPolicy] == "same-origin")
        for forbidden in ["style=", "onclick", "onload", "javascript:", "<style"] {
            #expect(!answer.text.contains(forbidden), "\(forbidden) in \(path)")
        }
        // What depositors wrote is text.
        #expect(
            !answer.text.contains("<script>alert") && !answer.text.contains("<b>d'été")
                && !answer.text.contains("<i>117"))
    }

    /// Whatever the daemon's sentences and the pages' own are: nothing of it may begin a line with a colon.
    @Test(arguments: pages + open)
    func `no line can end before a sign that belongs to it`(path: String) async throws {
        let page = await TestSite().answer(path, as: SiteTests.open.contains(path) ? nil : SampleBackend.nine)
        var text = page.replacing(/<(bdi|code|pre|textarea)[ >](?s:.*?)<\/\1>/, with: "").replacing(/<[^>]*>/, with: "")
        for label in ["Erreur :", "Alerte :", "Le fichier contient :", "Nombre de lignes :", "Fichier :", "Etat :"] {
            text = text.replacing(label, with: "")
        }
        for line in text.split(separator: "\n") {
            #expect(line.firstMatch(of: #/ [:;?!%»]|« |\d (?:Ko|Mo|octets?|minutes?|jours?)\b/#) == nil, "\(line)")
        }
    }

    @Test func `no two pages have the same title`() async {
        var titles: [String: String] = [:]
        for path in SiteTests.pages + SiteTests.open where !path.contains("?") {
            let text = await TestSite().get(path, as: SiteTests.open.contains(path) ? nil : SampleBackend.one).text
            let title = text.between("<title>", "</title>")
            #expect(titles.updateValue(path, forKey: title) == nil, "\(title) is \(path)'s too")
        }
    }

    @Test(arguments: pages)
    func `without a session a page asks to log in and leads back`(path: String) async {
        let answer = await TestSite().get(path, as: nil)
        #expect(answer.status == 200 && answer.text.contains("<h1>Se connecter</h1>"))
        let back = answer.text.between("name=\"retour\" value=\"", "\"")
        guard path != "/" else { return }
        #expect(back.prefix { $0 != "?" } == path.prefix { $0 != "?" })
        let form =
            "email=un%40exemple.fr&mot_de_passe=\(SampleBackend.password)&retour=\(percentEncoded(back.unescaped))"
        let login = await TestSite().post("/connexion", form, as: nil)
        #expect(login.status == 303 && login.fields[.location] == back.unescaped)
        #expect(login.fields[.setCookie]?.hasSuffix("; Path=/; Secure; HttpOnly; SameSite=Lax") == true)
    }

    @Test(arguments: [
        "https://evil.example/", "//evil.example", "/\\evil.example", "/deconnexion", "/nulle-part", "javascript:x", "",
    ])
    func `a login leads to no other place`(back: String) async {
        let form = "email=a%40b.fr&mot_de_passe=\(SampleBackend.password)&retour=\(percentEncoded(back))"
        let answer = await TestSite().post("/connexion", form, as: nil)
        #expect(answer.status == 303 && answer.fields[.location] == "/")
    }

    @Test func `a wrong password and one too many tries are said, once and alike`() async {
        let wrong = await TestSite().post("/connexion", "email=a%40b.fr&mot_de_passe=x", as: nil)
        #expect(wrong.status == 422 && wrong.text.contains("L'email ou le mot de passe n'est pas le bon."))
        #expect(wrong.text.contains("value=\"a@b.fr\"") && wrong.fields[.setCookie] == nil)
        let later = await TestSite().post("/connexion", "email=plustard%40b.fr&mot_de_passe=x", as: nil)
        #expect(later.status == 429 && later.fields[.retryAfter] == "75" && later.text.contains("2 minutes"))
    }

    @Test(arguments: ShownState.allCases)
    func `home says each of the eight states by its word`(state: ShownState) async {
        let text = await TestSite().get("/", as: SampleBackend.nine).text
        #expect(text.contains("<span class=\"etat \(state.key)\">\(state.word)</span>"))
        #expect(text.contains(String(decoding: ("\(state.sentence)" as HTML).bytes, as: UTF8.self)))
    }

    @Test(
        arguments: [
            (nil, 400), ("evil.example", 421), ("127.0.0.1:8080", 200), ("127.0.0.1", 421), ("127.0.0.1:80", 421),
        ] as [(String?, Int)])
    func `only the portal's own host is served`(host: String?, status: Int) async {
        let answer = await TestSite().ask(.get, "/connexion", host: host)
        #expect(answer.status == status && answer.closes == (status != 200))
        #expect(answer.text.contains("<html lang=\"fr\">"))
        // Who came by another name is told the right one.
        #expect(answer.text.contains("<a href=\"http://127.0.0.1:8080/\">") == (status == 421))
        // Whoever looks after the service asks by another name.
        #expect(await TestSite().ask(.get, "/sante", host: host).status == 200)
    }

    @Test func `a second Host is one too many`() async {
        #expect(await TestSite().ask(.get, "/connexion", [.host: "127.0.0.1:8080"]).status == 400)
    }

    @Test func `who could not be logged out is told that the session lives, and its cookie goes all the same`() async {
        let site = TestSite()
        site.backend.keepSessions()
        let answer = await site.post("/deconnexion", "")
        #expect(answer.status == 503 && answer.fields[.retryAfter] != nil)
        #expect(answer.text.contains("elle reste ouverte") && answer.text.contains("30 minutes sans activité"))
        #expect(answer.fields[.setCookie] == SessionCookie.clear)
        let gone = await TestSite().post("/deconnexion", "", as: nil)
        #expect(gone.status == 303 && gone.fields[.setCookie] == SessionCookie.clear)
    }

    @Test func `a POST from elsewhere changes nothing`() async {
        let site = TestSite()
        for fields in [[.secFetchSite: "cross-site"], [:], [.origin: "null"]] as [HTTPFields] {
            let answer = await site.ask(
                .post, "/deconnexion", fields.adding(.contentType, "application/x-www-form-urlencoded"),
                as: SampleBackend.one)
            #expect(answer.status == 403 && answer.closes)
        }
        #expect(!site.backend.asked.contains(.logout))
        #expect(await site.post("/deconnexion", "").status == 303)
        #expect(site.backend.asked.contains(.logout))
    }

    @Test(arguments: [
        ("DELETE", "/depots", "GET, HEAD"), ("POST", "/depots", "GET, HEAD"), ("GET", "/deconnexion", "POST"),
        ("PUT", "/connexion", "GET, HEAD, POST"),
    ])
    func `another method is refused with those that are allowed`(method: String, path: String, allowed: String) async {
        let answer = await TestSite().ask(HTTPRequest.Method(method) ?? .trace, path, as: SampleBackend.one)
        #expect(answer.status == 405 && answer.fields[.allow] == allowed)
        #expect(answer.text.contains("<h1>Demande refusée</h1>"))
    }

    @Test(arguments: ["/depots/500", "/depots/500/lignes", "/depots/500/etat", "/nulle-part", "/organismes/x"])
    func `what isn't one's own is like what never was`(path: String) async {
        #expect(await TestSite().get(path).status == 404)
    }

    @Test(arguments: [
        ("/depots?etat=zzz", "Aucun dépôt n&#39;a l&#39;état « zzz »"), ("/depots?etat=enAttente", "« enAttente »"),
        ("/depots?etat=nonDepose&depuis=2026-11-01", "« nonDepose »"), ("/depots?etat=%FF", "Aucun dépôt n'a l'état"),
        ("/depots?depuis=hier", "La date « hier »"), ("/depots?depuis=2026-13-01", "La date « 2026-13-01 »"),
        ("/depots/12/lignes?type=zzz", "Aucune anomalie de ce type"),
        ("/depots/12/champs?type=zzz", "Aucune anomalie de ce type"),
    ])
    func `a filter that is none is said to be none`(path: String, words: String) async {
        let answer = await TestSite().get(path)
        #expect(answer.status == 200 && answer.text.unescaped.contains(words.unescaped), "\(answer.text)")
    }

    @Test(arguments: [
        "/depots?avant=zzz", "/depots?avant=-1", "/periodes?avant=zzz", "/organismes?page=zzz",
        "/depots/12/lignes?page=zzz",
        "/depots/12/champs?page=1.5", "/depots?%zz", "/organismes?recherche=a&recherche=b",
        "/depots/12/lignes?page=1&page=2",
    ])
    func `an address that no page leads to is not found`(path: String) async {
        #expect(await TestSite().get(path).status == 404)
    }

    @Test func `the durations of the personal data are those of the settings`() async {
        var site = TestSite()
        site.settings.welcome.sessionIdleMinutes = 41
        var kept = Retention()
        (kept.sessionHours, kept.resetMinutes, kept.activationHours, kept.invitationDays) = (42, 43, 44, 45)
        (kept.partialHours, kept.reportDays, kept.archiveDays, kept.events) = (46, 47, 48, 49)
        site.settings.welcome.retention = kept
        let text = await site.get("/donnees-personnelles", as: nil).text
        for words in [
            "41 minutes sans activité ou 42 heures au plus", "Activation : 44 heures", "45 jours",
            "mot de passe : 43 minutes",
            "46 heures", "47 jours", "48 jours après la réception", "49 derniers évènements",
        ] { #expect(text.contains(words), "\(words)") }
    }

    @Test(arguments: Accessibility.allCases, ["", "Audit du 3 mars 2026 par X : 62 % des critères"])
    func `the declaration of accessibility has the imposed parts in their order`(state: Accessibility, audit: String)
        async
    {
        var site = TestSite()
        site.settings.welcome.texts.accessibility = state
        site.settings.welcome.texts.audit = audit
        site.settings.welcome.texts.plan = "https://exemple.fr/schema"
        let text = await site.get("/accessibilite", as: nil).text
        var rest = text[...]
        for heading in [
            "Déclaration d'accessibilité</h1>", "État de conformité</h2>", "Résultats des tests</h2>",
            "Contenus non accessibles</h2>",
            "Non-conformités</h3>", "Dérogations pour charge disproportionnée</h3>",
            "Contenus non soumis à l'obligation d'accessibilité</h3>",
            "Établissement de cette déclaration d'accessibilité</h2>",
            "Technologies utilisées", "Agents utilisateurs", "Pages du site", "Retour d'information et contact</h2>",
            "Voies de recours</h2>", "Libre réponse 71120",
        ] {
            guard let range = rest.firstRange(of: heading) else {
                Issue.record("\(heading) is missing or out of place")
                return
            }
            rest = rest[range.upperBound...]
        }
        #expect(text.contains("https://exemple.fr/schema"))
        #expect(
            text.contains(
                audit.isEmpty && state == .non ? "Aucun audit de conformité" : audit.isEmpty ? "à compléter" : audit))
    }

    @Test func `security txt has what RFC 9116 demands, and is not there without a contact`() async throws {
        var site = TestSite()
        (site.settings.welcome.texts.assistance, site.settings.welcome.texts.securityContact) = ("", "")
        #expect(await site.get("/.well-known/security.txt", as: nil).status == 404)
        for (assistance, contact, line) in [
            ("aide@exemple.fr", "", "mailto:aide@exemple.fr"),
            ("aide@exemple.fr", "cert@exemple.fr", "mailto:cert@exemple.fr"),
            ("", "https://exemple.fr/securite", "https://exemple.fr/securite"),
        ] {
            site.settings.welcome.texts.assistance = assistance
            site.settings.welcome.texts.securityContact = contact
            let answer = await site.get("/.well-known/security.txt", as: nil)
            #expect(answer.status == 200 && answer.fields[.contentType] == "text/plain; charset=utf-8")
            let lines = answer.text.components(of: "\n")
            #expect(lines.contains("Contact: \(line)"), "\(answer.text)")
            #expect(lines.contains("Canonical: http://127.0.0.1:8080/.well-known/security.txt"))
            let expires = try #require(lines.first { $0.hasPrefix("Expires: ") })
            #expect(expires.wholeMatch(of: /Expires: \d{4}-\d\d-\d\dT00:00:00Z/) != nil, "\(expires)")
            #expect(expires.dropFirst("Expires: ".count) > "2026-12" && answer.text.hasSuffix("\n"))
        }
    }

    /// RGAA 12.1: whoever doesn't find a page by the menu finds it there.
    @Test func `the map of the site leads to every page that has one address`() async {
        let map = await TestSite().get("/plan-du-site").text
        for path in SiteTests.pages + SiteTests.open where !path.contains("?") && path.components(of: "/").count <= 3 {
            guard !path.hasPrefix("/depots/"), !path.hasPrefix("/organismes/"), !path.hasPrefix("/activation/"),
                path != "/plan-du-site", path != "/inscription/envoyee"
            else {
                continue
            }
            #expect(map.contains("href=\"\(path)\""), "\(path)")
        }
    }

    @Test func `help says what the report says`() async {
        let text = await TestSite().get("/aide", as: nil).text
        for id in ["fichier", "excel", "libreoffice", "deposer", "etats", "corriger", "assistance"] {
            #expect(text.contains("href=\"#\(id)\"") && text.contains("id=\"\(id)\""))
        }
        #expect(text.contains("35 caractères") && text.contains("moins de 10 Mo"))
    }

    @Test func `assets are kept for ever under the name of their content`() async {
        let text = await TestSite().get("/").text
        for part in ["css", "js", "svg"] {
            let path = "/static/" + text.between("/static/", ".\(part)", last: true) + ".\(part)"
            let answer = await TestSite().get(path, as: nil)
            #expect(answer.status == 200 && answer.fields[.cacheControl]?.contains("immutable") == true)
        }
        #expect(Assets.script.bytes.count < 10_000)
        #expect(await TestSite().get("/static/0000000000000000.css", as: nil).status == 404)
    }

    /// Blanks are taken out of the script by a rule that knows no more of the language than this.
    @Test func `the script has nothing in it that would mean something else without its blanks`() throws {
        let lines = Script.source.split(separator: "\n").filter {
            !$0.trimmingPrefix(while: \.isWhitespace).hasPrefix("//")
        }
        for line in lines {
            // Texts stay as they are, and end on their line.
            let code = String(line).replacing(#/'[^']*'/#, with: "''")
            for sign in ["`", "\"", "\\'", "//", "/*", "+ +", "- -"] {
                #expect(!code.contains(sign), "\(sign) in \(line)")
            }
            #expect(code.count { $0 == "'" }.isMultiple(of: 2), "\(line)")
            // An expression that is searched for begins where no value ends.
            for expression in code.matches(of: #/[(=:,!&|?] *\/(?<text>[^\/]*)\//#) {
                #expect(!expression.output.text.contains(" "), "\(line)")
            }
        }
        let texts = { (text: String) in text.matches(of: #/'[^']*'/#).map { String($0.output) } }
        #expect(
            texts(lines.joined(separator: "\n")).map { $0.replacing(#"\u00a0"#, with: "\u{A0}") }
                == texts(Script.served))
        // Browsers without it have a session in each tab.
        #expect(Script.source.matches(of: #/BroadcastChannel\(/#).count == 1)
        #expect(Script.source.contains("window.BroadcastChannel ? new BroadcastChannel("))
    }

    @Test func `a download is never shown inline`() async {
        for path in ["rapport.txt", "rapport.json", "fichier-annote.csv", "fichier"] {
            let answer = await TestSite().get("/depots/12/\(path)")
            #expect(answer.status == 200)
            #expect(answer.fields[.contentDisposition]?.hasPrefix("attachment; filename*=UTF-8''") == true)
            #expect(answer.fields[.contentSecurityPolicy] == "default-src 'none'; sandbox")
        }
        let name = await TestSite().get("/depots/12/rapport.txt").fields[.contentDisposition]
        #expect(name == "attachment; filename*=UTF-8''liste%20%22%C3%A9t%C3%A9%22.rapport.txt")
    }

    /// With the attribute a browser would save the page of the login, or that of too many downloads, under the report's name.
    @Test(arguments: ["/depots/12", "/depots/12/lignes", "/depots/12/champs"])
    func `links to downloads leave it to the answer whether it is saved`(path: String) async {
        let text = await TestSite().get(path).text
        #expect(text.firstMatch(of: #/<a [^>]*\sdownload[\s=>]/#) == nil)
        #expect(path != "/depots/12" || text.contains("<a href=\"/depots/12/rapport.txt\">"))
    }

    /// From the page of the login a download would lead nowhere.
    @Test(arguments: [
        ("/depots/12/rapport.txt", "/depots/12"), ("/depots/12/fichier-annote.csv", "/depots/12"),
        ("/depots/12/lignes?type=nda.inconnu", "/depots/12/lignes?type=nda.inconnu"), ("/depots", "/depots"),
    ])
    func `the login leads back to the page that somebody was at`(path: String, back: String) async {
        let answer = await TestSite().get(path, as: nil)
        #expect(answer.status == 200 && answer.text.contains("name=\"retour\" value=\"\(back)\""), "\(answer.text)")
    }

    @Test func `the state of a deposit is JSON`() async {
        #expect(await TestSite().get("/depots/13/etat").text == "{\"etat\": \"enCours\"}\n")
        #expect(await TestSite().get("/depots/13/etat", as: nil).status == 403)
    }

    @Test func `a password is chosen with a link, whose GET uses nothing up`() async {
        let site = TestSite()
        let path = Route.resetPassword(token: SampleBackend.resetToken).path
        #expect(await site.get(path, as: nil).text.contains("Contient un caractère spécial"))
        #expect(!site.backend.asked.contains { if case .reset = $0 { true } else { false } })
        let differs = await site.post(path, "mot_de_passe=Abcdef12&confirmation=Abcdef13", as: nil)
        #expect(differs.status == 422 && differs.text.contains("pas identiques"))
        let short = await site.post(path, "mot_de_passe=Ab1&confirmation=Ab1", as: nil)
        #expect(short.status == 422 && short.text.contains("8 caractères au moins"))
        #expect(await site.post(path, "mot_de_passe=Abcdef12&confirmation=Abcdef12", as: nil).status == 200)
        let old = Route.resetPassword(token: [UInt8](repeating: 3, count: 32)).path
        #expect(await site.get(old, as: nil).status == 404)
        // Of a form that is sent twice the second must say nothing that isn't so.
        let twice = await site.post(old, "mot_de_passe=Abcdef12&confirmation=Abcdef12", as: nil)
        #expect(twice.status == 404 && twice.text.contains("vient d'être changé, connectez-vous avec le nouveau"))
    }

    @Test func `a change of password that is sent twice says what is so in both cases`() async {
        let answer = await TestSite().post(
            Route.changePassword.path, "actuel=a&mot_de_passe=Abcdef12&confirmation=Abcdef12", as: nil)
        #expect(answer.status == 403 && !answer.text.contains("rien n'a été fait"))
        #expect(answer.text.contains("vient d'être changé, connectez-vous avec le nouveau"))
    }

    @Test func `a forgotten password gets the same answer for every address`() async {
        let one = await TestSite().post("/mot-de-passe", "email=a%40b.fr", as: nil)
        let other = await TestSite().post("/mot-de-passe", "email=personne%40nulle.part", as: nil)
        #expect(one.status == 200 && one.text == other.text)
        #expect(await TestSite().post("/mot-de-passe", "email=x", as: nil).status == 422)
    }

    @Test(arguments: ["lignes", "champs"])
    func `a report's details are folded and unfolded by links, and stay so`(view: String) async {
        let open = await TestSite().get("/depots/12/\(view)?type=nda.inconnu").text
        #expect(open.contains("<details open class=\"constat\""))
        #expect(open.contains("aria-current=\"true\">Déplier</a>"))
        #expect(open.contains("href=\"/depots/12/\(view)?type=nda.inconnu&amp;plie=oui\">Replier</a>"))
        let folded = await TestSite().get("/depots/12/\(view)?plie=oui").text
        #expect(!folded.contains("<details open class=\"constat\"") && folded.contains("<details class=\"constat\""))
        #expect(folded.contains("href=\"/depots/12/\(view)\">Déplier</a>"))
        #expect(folded.contains("<input type=\"hidden\" name=\"plie\" value=\"oui\">"))
    }

    @Test(arguments: ["/depots/12", "/depots/13"])
    func `a report is closed to where the states are`(path: String) async {
        #expect(await TestSite().get(path).text.contains("<a class=\"bouton\" href=\"/depots\">FERMER</a>"))
    }

    @Test func `a form that is too large closes the connection`() async {
        let answer = await TestSite().post("/connexion", "email=" + String(repeating: "a", count: 20_000), as: nil)
        #expect(answer.status == 413 && answer.closes)
        #expect(answer.text.contains("trop long : rien n'a été fait"))
    }
}

struct UploadTests {
    private let key = "0102030405060708090a0b0c0d0e0f10"
    private let content = Array("NDA;SIREN\r\n11755555555;123456789\r\n".utf8)

    @Test(arguments: [1, 17, 4096, 1_000_000])
    func `a file arrives as it was sent and leads to its report`(chunk: Int) async {
        let site = TestSite()
        let content = (0..<(chunk == 1 ? 500 : 200_000)).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        let answer = await site.upload(SampleForm.multipart(key: key, file: "liste.csv", content), chunk: chunk)
        #expect(answer.status == 303 && answer.fields[.location] == "/depots/12")
        #expect(site.backend.received == [content])
    }

    @Test func `the digest of what was written goes with the end`() async {
        let site = TestSite()
        _ = await site.upload(SampleForm.multipart(key: key, file: "a.csv", Array("abc".utf8)))
        let ends = site.backend.asked.compactMap { if case .endUpload(let end) = $0 { end } else { nil } }
        #expect(ends.map(\.bytes) == [3])
        #expect(
            ends.first.map { Hexadecimal.encode($0.sha256) }
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    @Test func `a form that is sent twice deposits once`() async {
        let site = TestSite()
        let body = SampleForm.multipart(key: key, file: "liste.csv", content)
        let answers = [await site.upload(body), await site.upload(body)]
        #expect(answers.map { $0.fields[.location] } == ["/depots/12", "/depots/12"])
        #expect(site.backend.received.count == 1)
    }

    @Test func `what would be withdrawn is asked about first`() async {
        let site = TestSite()
        let answer = await site.upload(SampleForm.multipart(key: key, file: "baisse.csv", content))
        #expect(answer.status == 303 && answer.fields[.location] == "/deposer/\(key)")
        let page = await site.get("/deposer/\(key)").text
        #expect(page.contains("142 organismes seraient retirés de la liste. ") && page.contains("11756206000"))
        #expect(page.contains("plus de 20 %"))
        let confirmed = await site.post("/deposer/\(key)", "action=confirmer")
        #expect(confirmed.status == 303 && confirmed.fields[.location] == "/depots/10")
    }

    /// An organisation that was never in the list has no page yet.
    @Test(arguments: ["liste.csv", "baisse.csv"])
    func `who would be added is named without a link, until the deposit is made`(file: String) async {
        let site = TestSite()
        let sample = (0..<3).map { "1175620\(6000 + $0)" }
        let path = file == "liste.csv" ? "/deposer/controle" : "/deposer"
        _ = await site.upload(SampleForm.multipart(key: key, file: file, content), path: path)
        let before = await site.get("/deposer/\(key)").text.components(of: "Organismes ajoutés : 3").last ?? ""
        let added = before.components(of: "</details>").first ?? ""
        let after = await site.get("/depots/10").text
        for nda in sample {
            #expect(added.contains("<th scope=\"row\">\(nda)</th>"), "\(added)")
            #expect(after.contains("<th scope=\"row\"><a href=\"/organismes/\(nda)\">"))
        }
        #expect(!added.contains("href"))
    }

    @Test func `a file that is given up is no deposit`() async {
        let site = TestSite()
        _ = await site.upload(SampleForm.multipart(key: key, file: "baisse.csv", content))
        #expect(await site.post("/deposer/\(key)", "action=abandonner").status == 303)
        #expect(await site.get("/deposer/\(key)").text.contains("Aucun dépôt n'a été fait"))
    }

    @Test func `a control deposits nothing and says so`() async {
        let site = TestSite()
        let answer = await site.upload(
            SampleForm.multipart(key: key, file: "liste.csv", content), path: "/deposer/controle")
        #expect(answer.fields[.location] == "/deposer/\(key)")
        #expect(await site.get("/deposer/\(key)").text.contains("il n'a pas été déposé"))
    }

    @Test func `a name that is refused is said in the form, with a new key`() async {
        let answer = await TestSite().upload(SampleForm.multipart(key: key, file: "liste.tmp", content))
        #expect(answer.status == 422 && answer.closes && answer.text.contains("fichier provisoire"))
        #expect(answer.text.contains("Aucun dépôt n'a été fait") && answer.text.contains("name=\"cle\""))
    }

    @Test(arguments: [1, 4096, 1_000_000])
    func `two files in one form are one too many, and neither is deposited`(chunk: Int) async {
        let site = TestSite()
        let one = SampleForm.multipart(key: key, file: "un.csv", content)
        let second = SampleForm.multipart(key: key, file: "deux.csv", content)
        let part = second[(second.firstRange(of: Array("name=\"fichier\"".utf8))?.lowerBound ?? 0)...]
        let both =
            one.dropLast(4) + Array("\r\nContent-Disposition: form-data; ".utf8) + part
        let answer = await site.upload(Array(both), chunk: chunk)
        #expect(answer.status == 422 && answer.text.contains("Un seul fichier par dépôt"), "\(answer)")
        #expect(answer.text.contains("Aucun dépôt n'a été fait") && answer.text.contains("name=\"cle\""))
        #expect(site.backend.received.isEmpty)
        #expect(site.backend.asked.contains { if case .dropUpload = $0 { true } else { false } })
    }

    @Test func `no file and a name without end are said`() async {
        let none = await TestSite().upload(SampleForm.multipart(key: key, file: "", []))
        #expect(none.status == 422 && none.text.contains("Sélectionnez un fichier"))
        let long = await TestSite().upload(
            SampleForm.multipart(key: key, file: String(repeating: "a", count: 201), content))
        #expect(long.status == 422 && long.text.contains("trop long"))
    }

    @Test func `a body that is cut is dropped`() async {
        let site = TestSite()
        let answer = await site.upload(Array(SampleForm.multipart(key: key, file: "a.csv", content).dropLast(10)))
        #expect(answer.status == 400 && answer.closes && answer.text.contains("Demande incomprise"), "\(answer)")
        #expect(site.backend.received.isEmpty)
        #expect(site.backend.asked.contains { if case .dropUpload = $0 { true } else { false } })
    }

    @Test func `over the cap the upload is dropped as too large and the connection closed`() async {
        let site = TestSite()
        let large = [UInt8](repeating: 0x61, count: (64 << 20) + 1)
        let answer = await site.upload(SampleForm.multipart(key: key, file: "a.csv", large), chunk: 1 << 20)
        #expect(answer.status == 413 && answer.closes && answer.text.contains("64 Mo"))
        #expect(site.backend.asked.contains { if case .dropUpload(let drop) = $0 { drop.overflowed } else { false } })
        #expect(site.backend.received.isEmpty)
    }

    @Test func `without a session nothing is taken`() async {
        let site = TestSite()
        let answer = await site.upload(SampleForm.multipart(key: key, file: "a.csv", content), as: nil)
        #expect(answer.text.contains("Se connecter") && answer.closes && site.backend.received.isEmpty)
    }

    @Test func `fields that stand behind the file are too late`() async {
        let body = Array(
            "--\(SampleForm.boundary)\r\nContent-Disposition: form-data; name=\"fichier\"; filename=\"a\"\r\n\r\nx\r\n--\(SampleForm.boundary)--\r\n"
                .utf8)
        #expect(await TestSite().upload(body).status == 400)
    }
}

extension String {
    func components(of part: String) -> [String] {
        var (found, rest): ([String], Substring) = ([], self[...])
        while let range = rest.firstRange(of: part) {
            found.append(String(rest[..<range.lowerBound]))
            rest = rest[range.upperBound...]
        }
        return found + [String(rest)]
    }

    func between(_ start: String, _ end: String, last: Bool = false) -> String {
        let parts = components(of: start).dropFirst().filter { $0.contains(end) }
        let found = last ? parts.first { $0.components(of: end)[0].allSatisfy { $0.isHexDigit } } : parts.first
        return found.map { $0.components(of: end)[0] } ?? ""
    }

    var unescaped: String {
        components(of: "&amp;").joined(separator: "&").components(of: "&#39;").joined(separator: "'")
    }
}

extension HTTPFields {
    func adding(_ name: HTTPField.Name, _ value: String) -> HTTPFields {
        var fields = self
        fields[name] = value
        return fields
    }
}

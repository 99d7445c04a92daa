import Foundation
import PortalSamples
import Testing

/// The espace déposant against the real daemon and the real program, by curl.
@Suite struct PortalTests {
    @Test func `a file that is dropped in the page becomes a deposit, a report and a mail whose link leads there`()
        throws
    {
        // Without waiting for the file to settle: it is claimed at once.
        let place = try PortalPlace(deposits: ["settle_seconds: 3600"])
        try place.logIn()
        #expect(try place.browser.get("/").body.contains("En attente de dépôt"))
        let file = try place.instance.write(SampleList.good(2_000), to: "liste.csv")
        let posted = try place.browser.deposit(file)
        #expect(posted.status == 303)
        #expect(posted.location == "/depots/1", "\(posted) \(place.instance.log)")
        #expect(try eventually { try place.browser.follow(posted).body.contains("Succès") })
        #expect(try place.browser.follow(posted).body.contains("liste.csv"))
        let deposit = try #require(try place.depositor.treated().first)
        #expect(deposit["channel"] as? String == "web")
        #expect(deposit["author"] as? String == "\(place.depositor.email) via le site")
        let report = try place.depositor.report(of: "liste.csv")
        #expect(report["canal"] as? String == "web")
        #expect(report["auteur"] as? String == "\(place.depositor.email) via le site")
        #expect(try eventually { try place.depositor.mails().contains { $0.subject == "QUALIOPI - Dépôt validé" } })
        let mail = try #require(try place.depositor.mails().last { $0.subject == "QUALIOPI - Dépôt validé" })
        #expect(mail.body.contains("\(place.browser.base)/depots/1"))
        #expect(try place.browser.get("/").body.contains("Le fichier a été intégré en totalité."))
    }

    /// A row without a message would pass for a good one.
    @Test func `the file with its messages has them all, past the details that are kept`() throws {
        let place = try PortalPlace(deposits: ["settle_seconds: 0.1", "max_detailed_findings: 50"])
        try place.logIn()
        let lines = (0..<300).map { SampleList.line($0, categories: "NON;NON;NON;NON") }
        _ = try place.browser.deposit(place.instance.write(SampleList.file(lines), to: "liste.csv"))
        _ = try place.depositor.treated()
        let report = try place.browser.get("/depots/1/lignes").body
        #expect(
            report.contains("250 autres anomalies ont été trouvées ; elles ne sont pas détaillées ici, mais dans <a "))
        let rows = { try place.browser.get("/depots/1/fichier-annote.csv").body.split(separator: "\r\n") }
        #expect(try rows().count == 301)
        #expect(try rows().dropFirst().allSatisfy { $0.hasSuffix("au moins une certification.\"") })
        // With another OF list it can't be told any more what was wrong; how much of it isn't said is.
        try place.instance.admin(
            "reference", "import", place.instance.write(SampleList.reference(2_100), to: "autre-liste.csv"))
        #expect(try rows()[0].contains("250 autres anomalies ne sont pas indiquées dans cette colonne"))
        #expect(try rows().dropFirst().count { $0.hasSuffix("\"") } == 50)
    }

    @Test func `a control deposits nothing, and shows what a deposit would be told`() throws {
        let place = try PortalPlace()
        try place.logIn()
        let file = try place.instance.write(SampleList.partial(50), to: "liste.csv")
        let posted = try place.browser.deposit(file, control: true)
        #expect(posted.status == 303)
        let page = try place.browser.follow(posted)
        #expect(page.body.contains("Succès partiel") && page.body.contains("nda.inconnu") || page.body.contains("NDA"))
        #expect(page.body.contains("Déposé, le fichier ne serait intégré que partiellement"))
        #expect(try place.depositor.deposits().isEmpty)
        #expect(place.depositor.names().isEmpty)
        #expect(try place.browser.get(posted.location + "/rapport.json").status == 200)
    }

    @Test func `a file that withdraws organisations is deposited once it is confirmed, and not before`() throws {
        let place = try PortalPlace()
        try place.logIn()
        _ = try place.browser.deposit(try place.instance.write(SampleList.good(50), to: "liste.csv"))
        // The page waits for a verdict, but only some seconds.
        _ = try place.depositor.treated(1)
        let fewer = try place.instance.write(SampleList.good(30), to: "moins.csv")
        let asked = try place.browser.deposit(fewer)
        #expect(asked.location.hasPrefix("/deposer/"))
        let question = try place.browser.follow(asked)
        #expect(question.body.contains("20") && question.body.contains(SampleList.nda(49)), "\(question)")
        #expect(try place.depositor.deposits().count == 1)
        let confirmed = try place.browser.post(asked.location, [("action", "confirmer")])
        #expect(confirmed.status == 303 && confirmed.location == "/depots/2", "\(confirmed)")
        #expect(try place.depositor.treated(2, reports: false).count == 2)
        // Another who confirms again, or a reload, deposits nothing more.
        let again = try place.browser.post(asked.location, [("action", "confirmer")])
        #expect(again.location == "/depots/2")
        #expect(try place.depositor.deposits().count == 2)
    }

    @Test func `a name of which nothing can be seen is refused in words, and any other makes a title`() throws {
        let place = try PortalPlace()
        try place.logIn()
        let refused = [
            (" ", "aucun caractère visible"), ("\u{A0}\u{202F}", "aucun caractère visible"),
            ("\u{200B}", "aucun caractère visible"), ("\u{3164}", "aucun caractère visible"),
            ("\u{34F}", "aucun caractère visible"), ("\u{FE0F}.", "aucun caractère visible"),
            ("..", "aucun caractère visible"), ("...", "aucun caractère visible"),
            ("C:\\listes\\ ", "aucun caractère visible"), ("a\u{7}.csv", "caractères de contrôle"),
            (String(repeating: "a", count: 201), "trop long"), (String(repeating: "é", count: 127), "trop long"),
            ("", "Sélectionnez un fichier"), ("C:\\listes\\", "Sélectionnez un fichier"),
        ]
        for (name, words) in refused {
            for path in ["/deposer", "/deposer/controle"] {
                let answer = try Self.post(place, path, name)
                #expect(answer.hasPrefix("HTTP/1.1 422") && answer.contains(words), "\(Array(name.utf8)): \(answer)")
                #expect(
                    answer.contains("Aucun dépôt n&#39;a été fait") || answer.contains("Aucun dépôt n'a été fait"),
                    "\(Array(name.utf8))")
            }
        }
        #expect(try place.depositor.deposits().isEmpty && place.drafts.isEmpty)
        let shown = [
            (" a", " a"), ("\u{202E}vsc.liste", "\\u{202E}vsc.liste"), ("\u{200B}.csv", "\\u{200B}.csv"),
            ("C:\\listes\\b.csv", "b.csv"), (String(repeating: "c", count: 200), String(repeating: "c", count: 200)),
        ]
        for (number, (name, title)) in zip(1..., shown) {
            for path in ["/deposer/controle", "/deposer"] {
                let answer = try Self.post(place, path, name)
                let location = answer.firstMatch(of: /[Ll]ocation: (\S+)/).map { String($0.output.1) } ?? ""
                if path == "/deposer" { #expect(location == "/depots/\(number)", "\(answer)") }
                let page = try place.browser.get(location)
                #expect(page.body.contains("<h1><bdi class=\"fichier\">\(title)</bdi></h1>"), "\(page)")
            }
        }
        let table = try place.browser.get("/depots").body
        for (_, title) in shown { #expect(table.contains(">\(title)<"), "\(table)") }
    }

    private static func post(_ place: PortalPlace, _ path: String, _ name: String) throws -> String {
        let body = UploadRequest.body(key: try place.browser.newKey(), [(name, SampleList.good(20))])
        let connection = try RawConnection(to: place.browser.base)
        connection.send(UploadRequest.head(place.browser, path, bytes: body.utf8.count) + body)
        return connection.receiveAll().withPlainSpaces
    }

    @Test func `one form deposits once, however often it is sent`() throws {
        let place = try PortalPlace()
        try place.logIn()
        let file = try place.instance.write(SampleList.good(20), to: "liste.csv")
        let key = try place.browser.get("/deposer").value(of: "cle")
        for _ in 1...3 {
            #expect(try place.browser.deposit(file, key: key).location == "/depots/1")
        }
        #expect(try place.depositor.deposits().count == 1)
    }

    @Test func `a form that was used says for which file, and takes no other`() throws {
        let place = try PortalPlace()
        try place.logIn()
        let file = try place.instance.write(SampleList.good(20), to: "liste.csv")
        let longer = try place.instance.write(SampleList.good(30), to: "autre.csv")
        let key = try place.browser.get("/deposer").value(of: "cle")
        #expect(try place.browser.deposit(file, key: key).location == "/depots/1")
        for round in 1...2 {
            for name in ["autre.csv", "liste.csv"] {
                let other = try place.browser.deposit(longer, as: name, key: key)
                #expect(
                    other.status == 422 && other.body.contains("a déjà servi pour le fichier « liste.csv »"), "\(other)"
                )
            }
            #expect(try place.browser.deposit(file, key: key).location == "/depots/1")
            // Nor does a daemon that was started again take it.
            if round == 1 {
                place.instance.stop()
                try place.instance.start()
            }
        }
        #expect(try place.depositor.deposits().count == 1)
    }

    /// As browsers send a page's form that they have kept: the name and the size are the same, and so is the form's key.
    @Test(arguments: [false, true])
    func `a file that was corrected without a change of its size is never given the first one's report`(
        onlyControl: Bool
    ) throws {
        let place = try PortalPlace()
        try place.logIn()
        let content = SampleList.good(20)
        let file = try place.instance.write(content, to: "liste.csv")
        let key = try place.browser.newKey()
        let first = try place.browser.deposit(file, control: onlyControl, key: key)
        #expect(first.location == (onlyControl ? "/deposer/\(key)" : "/depots/1"), "\(first)")
        let other = content.replacing("OUI", with: "Oui")
        #expect(other.utf8.count == content.utf8.count && other != content)
        let corrected = try place.instance.write(other, to: "corrige.csv")
        for control in [false, true] {
            let again = try place.browser.deposit(corrected, as: "liste.csv", control: control, key: key)
            #expect(again.status == 422 && again.body.contains("Cette page a déjà servi pour le fichier « liste.csv »"))
            #expect(again.body.contains("fait de ce second envoi"), "\(again)")
            // The form that comes with it is new.
            #expect(!again.value(of: "cle").isEmpty && again.value(of: "cle") != key)
        }
        if !onlyControl {
            place.instance.stop()
            try place.instance.start()
            #expect(try place.browser.deposit(corrected, as: "liste.csv", key: key).status == 422)
            #expect(try place.browser.deposit(file, key: key).location == "/depots/1")
        }
        #expect(try place.depositor.deposits().count == (onlyControl ? 0 : 1))
        #expect(place.drafts.isEmpty)
    }

    @Test func `a portal that is killed is there again, and nobody has lost a session`() throws {
        let place = try PortalPlace()
        try place.logIn()
        for round in 1...3 {
            let pid = try #require(place.portal)
            // Where memory runs out, it goes before the daemon.
            #expect(try String(contentsOfFile: "/proc/\(pid)/oom_score_adj", encoding: .utf8) == "800\n")
            kill(pid, SIGKILL)
            #expect(eventually { place.instance.logged("portal.started") == round + 1 })
            let page = try place.browser.get("/depots")
            #expect(page.status == 200 && page.body.contains("Mes dépôts"), "\(page)")
        }
        let file = try place.instance.write(SampleList.good(20), to: "liste.csv")
        #expect(try place.browser.deposit(file).location == "/depots/1")
    }

    @Test func `a daemon that is started again keeps the sessions`() throws {
        let place = try PortalPlace()
        try place.logIn()
        place.instance.crash()
        try place.instance.start()
        #expect(try place.browser.get("/depots").body.contains("Mes dépôts"))
        #expect(place.instance.stop() == 0)
    }

    @Test func `another establishment's pages are not found, like those that never were`() throws {
        let place = try PortalPlace()
        try place.logIn()
        _ = try place.browser.deposit(try place.instance.write(SampleList.good(20), to: "liste.csv"))
        _ = try place.depositor.treated()
        let other = try Depositor(
            place.instance, siret: "73282932000074", email: "autre@yopmail.com", organisations: nil)
        let stranger = PortalBrowser(place.instance, at: place.browser.base)
        try other.choosePortalPassword(stranger)
        try #require(stranger.logIn(other.email).status == 303)
        let paths = [
            "", "/lignes", "/champs", "/rapport.txt", "/rapport.json", "/fichier-annote.csv", "/fichier", "/etat",
        ]
        for path in paths {
            #expect(try place.browser.get("/depots/1" + path).status == 200, "\(path)")
            let foreign = try stranger.get("/depots/1" + path)
            let absent = try stranger.get("/depots/999" + path)
            #expect(foreign.status == 404 && absent.status == 404, "\(path)")
            // Each page says how long its session has still: the second may have changed in between.
            let same = [foreign.body, absent.body].map { $0.replacing(#/ data-(inactivite|fin)="\d+"/#, with: "") }
            #expect(same[0] == same[1], "\(path)")
        }
        #expect(try stranger.get("/organismes/\(SampleList.nda(3))").status == 404)
        #expect(try !stranger.get("/organismes").body.contains(SampleList.nda(3)))
        #expect(try !stranger.get("/periodes?deposant=\(place.depositor.code)").body.contains("liste.csv"))
        #expect(try !stranger.get("/depots").body.contains("liste.csv"))
    }

    enum End: CaseIterable { case lock, sessions, password, remove }

    @Test(arguments: End.allCases)
    func `an admin ends a person's sessions at once`(end: End) throws {
        let place = try PortalPlace()
        try place.logIn()
        let email = place.depositor.email
        switch end {
        case .lock:
            try place.instance.admin("user", "lock", email)
            #expect(try place.instance.json("user", "show", email).first?["portal"] as? String == "verrouille")
        case .sessions: try place.instance.admin("user", "end-sessions", email)
        case .password: try place.depositor.choosePortalPassword(place.browser, "Autre-2026-x")
        case .remove: try place.instance.admin("user", "remove", email, "--yes")
        }
        #expect(try place.browser.get("/depots").body.contains("Se connecter"))
        let again = try place.browser.logIn(email)
        #expect(again.status == (end == .sessions ? 303 : 422), "\(again)")
        if end == .lock {
            try place.instance.admin("user", "unlock", email)
            #expect(try place.browser.logIn(email).status == 303)
        }
    }

    @Test func `wrong passwords delay, known address or not, and a new password by mail ends the delay`() throws {
        let place = try PortalPlace()
        for email in [place.depositor.email, "personne@yopmail.com"] {
            for _ in 1...5 {
                let denied = try place.browser.logIn(email, "Faux-2026")
                #expect(denied.status == 422 && denied.body.contains("L'email ou le mot de passe n'est pas le bon."))
            }
            let delayed = try place.browser.logIn(email)
            #expect(delayed.status == 429 && (1...60).contains(Int(delayed.field("retry-after")) ?? 0), "\(delayed)")
        }
        try place.depositor.choosePortalPassword(place.browser)
        try place.logIn()
    }

    @Test func `a person opens an SFTP account, deposits with it, and gives it another password`() throws {
        let (instance, base) = try Instance.withPortal()
        try instance.start()
        let depositor = try Depositor(instance)
        try instance.admin("account", "delete", depositor.login, "--yes")
        let browser = PortalBrowser(instance, at: base)
        try depositor.choosePortalPassword(browser)
        try browser.logIn(depositor.email)
        #expect(try browser.get("/informations").body.contains("OBTENIR UN ACCES SFTP"))
        #expect(try browser.get("/informations/sftp").body.contains("archer_yopmail.com"))
        let set = { (password: String, again: String) in
            try browser.post("/informations/sftp", [("mot_de_passe", password), ("confirmation", again)])
        }
        let weak = try set("court", "court")
        #expect(weak.status == 422 && weak.body.contains("8 caractères"), "\(weak)")
        #expect(try set("Qualiopi-2026", "Qualiopi-2027").body.contains("ne sont pas identiques"))
        #expect(try instance.json("account", "list").isEmpty)
        #expect(try set(Depositor.password, Depositor.password).location == "/informations")
        let page = try browser.get("/informations").body
        #expect(page.contains("REINITIALISER LE MOT DE PASSE") && page.contains("<code>\(instance.port)</code>"))
        #expect(page.contains("SHA256:"))
        let file = try instance.write(SampleList.good(20), to: "liste.csv")
        #expect(try depositor.curl(file, to: "liste.csv").succeeded)
        #expect(try depositor.treated().first?["state"] as? String == "succes")

        #expect(try set("Encore-2026", "Encore-2026").location == "/informations")
        #expect(try !depositor.curl(file, to: "deux.csv").succeeded)
        #expect(try depositor.curl(file, to: "deux.csv", password: "Encore-2026").succeeded)
        let events = try instance.json("account", "log", depositor.login).compactMap { $0["event"] as? String }
        #expect(events.contains("created") && events.contains("password-reset"), "\(events)")
    }

    @Test func `a POST of another page changes nothing`() throws {
        let place = try PortalPlace()
        try place.logIn()
        let refused = try place.browser.post("/deconnexion", [], origin: "https://ailleurs.exemple")
        #expect(refused.status == 403, "\(refused)")
        #expect(try place.browser.get("/depots").body.contains("Mes dépôts"))
    }

    static let wrong: [(name: String, content: String, words: String)] = [
        ("vide.csv", "", "vide"), ("liste.csv.part", SampleList.good(2), "provisoire"),
        ("x.2026-01-01T000000.rapport.txt", "a", "rapport"),
        ("liste.csv.md5", "0123456789abcdef0123456789abcdef  liste.csv", "témoin"), ("T.OK", "fini", "témoin"),
    ]

    @Test(arguments: wrong)
    func `what can't be a deposit is said to be none`(name: String, content: String, words: String) throws {
        let place = try PortalPlace()
        try place.logIn()
        let file = try place.instance.write(content, to: "envoi")
        let posted = try place.browser.deposit(file, as: name)
        let page = posted.status == 303 ? try place.browser.follow(posted) : posted
        #expect(page.body.contains("Erreur :") && page.body.contains(words), "\(page)")
        #expect(try place.depositor.deposits().isEmpty)
        #expect(place.depositor.names().isEmpty)
    }

    @Test func `a file of another kind is a refused deposit with its report`() throws {
        let place = try PortalPlace()
        try place.logIn()
        let posted = try place.browser.deposit(try place.instance.write("PK\u{3}\u{4}\0\0", to: "liste.xlsx"))
        #expect(posted.location == "/depots/1")
        _ = try place.depositor.treated()
        #expect(try place.browser.follow(posted).body.contains("Échec"))
    }

    @Test func `a file over the cap is said to be, and a report refuses it`() throws {
        let (instance, base) = try Instance.withPortal()
        try instance.change("sftp:", to: "sftp:\n  max_upload_bytes: 20000")
        try instance.start()
        let depositor = try Depositor(instance)
        let browser = PortalBrowser(instance, at: base)
        try depositor.choosePortalPassword(browser)
        try browser.logIn(depositor.email)
        let posted = try browser.deposit(try instance.write(SampleList.good(2_000), to: "liste.csv"))
        #expect(posted.status == 413 && !posted.body.contains("aucun dépôt"), "\(posted)")
        #expect(posted.body.contains("href=\"/depots/1\""), "\(posted)")
        let deposit = try #require(try depositor.treated(reports: false).first)
        #expect(deposit["size"] as? Int == SampleList.good(2_000).utf8.count)
        #expect(deposit["state"] as? String == "echec" && deposit["channel"] as? String == "web")
    }
}

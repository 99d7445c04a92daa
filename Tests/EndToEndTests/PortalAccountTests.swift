import Foundation
import TestServers
import Testing

/// From an invitation to a deposit, without anybody's help: a person makes an account, activates it, and acts for the establishment.
@Suite struct PortalAccountTests {
    private static let siret = "34350633300032"
    private static let code = "E\(siret)"
    private static let email = "Jeanne.Archer@exemple.fr"

    private let instance: Instance
    private let server: MailServer
    private let base: String

    init() throws {
        let port = try ReservedPort.take()
        (instance, base) = try Instance.withPortal(
            sections: """
                mail:
                  transport: smtp
                  url: smtp://127.0.0.1:\(port)
                  tls: none
                  from: COLLECTEUR <robot@example.fr>
                  retry_initial_seconds: 0.3
                  retry_longest_seconds: 2
                """)
        server = try MailServer(instance, port: port)
        try instance.start()
        try instance.admin("reference", "import", instance.write(SampleList.reference(400), to: "of.csv"))
        try instance.admin("depositor", "add", "--siret", Self.siret, "--name", "ARCHER")
    }

    /// The messages so far to an address, decoded: subject and text.
    private func mails(to address: String) throws -> [(subject: String, body: String)] {
        let script = """
            import sys, os, json, email, email.policy
            out = []
            for name in sorted(os.listdir(sys.argv[1])):
                if name.endswith('.eml'):
                    m = email.message_from_binary_file(open(os.path.join(sys.argv[1], name), 'rb'), policy=email.policy.default)
                    out.append([m['subject'], m['to'], m.get_content()])
            print(json.dumps(out))
            """
        let result = try instance.run([Instance.python, "-c", script, server.folder.path])
        let rows = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String]]
        return try #require(rows, "\(result)").filter { $0[1] == address }.map { ($0[0], $0[2]) }
    }

    /// Waits for the mail of that subject.
    private func mail(_ subject: String, to address: String = email) throws -> String {
        var found: String?
        try #require(
            try eventually {
                found = try mails(to: address).last { $0.subject == "COLLECTEUR - \(subject)" }?.body
                return found != nil
            }, "no « \(subject) » for \(address): \(instance.log)")
        return found ?? ""
    }

    private func invite(_ address: String = email) throws -> String {
        try instance.admin("depositor", "invite", Self.code, address)
        let body = try mail("Votre code d'activation", to: address)
        #expect(body.contains(Self.siret) && body.contains("\(base)/inscription") && body.contains("\(base)/acces"))
        return String(try #require(body.firstMatch(of: /Code d'activation : (\S+)/)).output.1)
    }

    private func link(in body: String) throws -> String {
        String(try #require(body.firstMatch(of: /http\S+(\/activation\/\S+)/)).output.1)
    }

    private static let form = [
        ("siret", siret), ("civilite", "madame"), ("nom", "Archer"), ("prenom", "Jeanne"),
        ("telephone", "01 23 45 67 89"), ("mot_de_passe", PortalBrowser.password),
        ("confirmation", PortalBrowser.password),
    ]

    private func register(_ browser: PortalBrowser, _ email: String = email) throws -> PortalBrowser.Page {
        try browser.post("/inscription", Self.form + [("email", email)])
    }

    /// An account that is activated and logged in.
    private func account(_ email: String = email) throws -> PortalBrowser {
        let browser = PortalBrowser(instance, at: base)
        let sent = try register(browser, email)
        try #require(sent.status == 303, "\(sent)\n\(instance.log)")
        try #require(
            activate(browser, link(in: mail("Activez votre compte", to: email))).location == "/activation/terminee")
        try #require(browser.logIn(email).status == 303)
        return browser
    }

    private func activate(
        _ browser: PortalBrowser, _ link: String, _ password: String = PortalBrowser.password
    ) throws -> PortalBrowser.Page {
        try browser.post(link, [("mot_de_passe", password)])
    }

    private func join(_ browser: PortalBrowser, _ code: String, siret: String = siret) throws -> PortalBrowser.Page {
        try browser.post("/acces", [("siret", siret), ("code", code)])
    }

    // MARK: Journeys

    @Test(arguments: ["arrives", "arrives-nojs"])
    func `a person who is invited deposits a file under her own name`(journey: String) throws {
        let code = try invite()
        let script = Depositor.fixtures.appending(path: "portal_browser.py").path
        let file = try instance.write(SampleList.good(300), to: "liste.csv")
        let result = try instance.run(
            [
                Instance.python, "-B", script, journey, base, Self.email, PortalBrowser.password, server.folder.path,
                Self.siret, code, file,
            ], within: 900)
        try #require(result.succeeded, "\(result)\n\(instance.log)")
        let deposit = try #require(try instance.json("deposit", "list", "--depositor", Self.code).first)
        #expect(deposit["author"] as? String == "Jeanne ARCHER via le site")
        #expect(deposit["channel"] as? String == "web")
        let user = try #require(try instance.json("user", "show", Self.email).first)
        #expect(user["name"] as? String == "Jeanne ARCHER" && user["portal"] as? String == "actif")
        #expect(user["depositors"] as? [String] == [Self.code])
        let invitation = try #require(try instance.json("depositor", "invitations", Self.code).first)
        #expect(invitation["state"] as? String == "used" && invitation["usedBy"] as? String == Self.email)
        // She gets the establishment's mails from now on.
        #expect(
            try eventually {
                try mails(to: Self.email).contains { $0.subject == "QUALIOPI - Dépôt validé" }
            })
        let events = try instance.json("user", "log", Self.email).compactMap { $0["event"] as? String }
        for event in ["invited", "activated", "logged-in", "joined", "granted"] { #expect(events.contains(event)) }
        // What has been mailed is kept nowhere.
        #expect(
            try eventually {
                try instance.json("mail", "list").filter { ($0["kind"] as? String)?.hasPrefix("portail.") == true }
                    .allSatisfy { try !instance.admin("mail", "show", "\($0["id"] as? Int ?? 0)").contains(code) }
            })
    }

    @Test func `a code that is used, revoked, over or another's gives nothing, and says which`() throws {
        let browser = try account()
        let used = try invite("une@exemple.fr")
        let other = try account("une@exemple.fr")
        try #require(join(other, used).location == "/")
        #expect(try join(browser, used).body.contains("Ce code a déjà servi à une autre personne."))
        let revoked = try invite("deux@exemple.fr")
        let id = "\(try instance.json("depositor", "invitations", Self.code).first?["id"] as? Int ?? 0)"
        try instance.admin("depositor", "revoke-invitation", Self.code, id)
        let refused = try join(browser, revoked)
        #expect(refused.status == 422 && refused.body.contains("Ce code a été annulé."), "\(refused)")
        let wrong = try join(browser, "7K2M-7K2M-7K2M-7K2M-7K2M-7K2M")
        #expect(wrong.status == 422 && wrong.body.contains("est pas le bon. Recopiez-les"), "\(wrong)")
        #expect(try browser.get("/").body.contains("rattaché à aucun établissement"))
        // A code as people copy it, with what the alphabet forgives.
        let code = try invite("trois@exemple.fr").lowercased().replacing("-", with: " ").replacing("0", with: "o")
        let joined = try join(browser, code)
        #expect(joined.location == "/", "\(joined)\n\(instance.log)")
        #expect(try browser.get("/informations").body.contains("une@exemple.fr"))
        #expect(try join(browser, try invite("quatre@exemple.fr")).body.contains("Vous avez déjà accès"))
        instance.stop()
        instance.clockOffset = 31 * 86_400
        try instance.start()
        let late = try account("cinq@exemple.fr")
        let open = try instance.admin("depositor", "invite", Self.code)
        instance.stop()
        instance.clockOffset = 62 * 86_400
        try instance.start()
        try #require(late.logIn("cinq@exemple.fr").status == 303)
        let over = try join(late, open)
        #expect(over.status == 422 && over.body.contains("est plus valable. Demandez un autre code"), "\(over)")
    }

    @Test func `a person acts for two establishments, and sees who else does for each`() throws {
        let other = try instance.admin("depositor", "add", "--siret", "73282932000074", "--name", "GRETA")
        let browser = try account()
        try #require(join(browser, try invite()).location == "/")
        let code = try instance.admin("depositor", "invite", other)
        // The code is another establishment's.
        #expect(try join(browser, code).status == 422)
        try #require(join(browser, code, siret: "732 829 320 00074").location == "/")
        let home = try browser.get("/").body
        #expect(home.contains("ARCHER") && home.contains("GRETA"))
        let form = try browser.get("/deposer").body
        #expect(form.contains(Self.code) && form.contains(other))
        let colleague = try account("collegue@exemple.fr")
        try #require(join(colleague, try invite("collegue@exemple.fr")).location == "/")
        #expect(try browser.get("/informations").body.contains("collegue@exemple.fr"))
        let seen = try colleague.get("/informations").body
        #expect(seen.contains(Self.email) && !seen.contains("GRETA"))
        let sheet = try #require(try instance.json("depositor", "show", Self.code).first)
        #expect(sheet["portalUsers"] as? [String] == [Self.email, "collegue@exemple.fr"].sorted())
        #expect(sheet["openInvitations"] as? Int == 0)
    }

    @Test func `five wrong codes from one address wait for an hour, and the right one with them`() throws {
        let browser = try account()
        let code = try invite()
        for _ in 1...5 { #expect(try join(browser, "7K2M-7K2M-7K2M-7K2M-7K2M-7K2M").status == 422) }
        let later = try join(browser, code)
        #expect(later.status == 429 && (1...3600).contains(Int(later.field("retry-after")) ?? 0), "\(later)")
        #expect(instance.logs("portal.join_denied", "reason=too_many"))
        #expect(try instance.json("user", "show", Self.email).first?["depositors"] as? [String] == [])
    }

    // MARK: Registration

    @Test func `an address that has an account gets the same answer, and a mail that says so`() throws {
        _ = try account()
        let browser = PortalBrowser(instance, at: base)
        let known = try register(browser, "jeanne.archer@EXEMPLE.fr")
        let free = try register(browser, "libre@exemple.fr")
        #expect(known.status == 303 && known.location == free.location && known.body == free.body)
        let body = try mail("Vous avez déjà un compte")
        #expect(body.contains("\(base)/connexion") && body.contains("\(base)/mot-de-passe"))
        #expect(try mails(to: "jeanne.archer@EXEMPLE.fr").isEmpty)
        #expect(instance.logs("portal.registration", "outcome=known"))
        // The account is what it was.
        #expect(try browser.logIn("JEANNE.archer@exemple.fr").status == 303)
    }

    @Test func `a link is used once, by its button, and in its time`() throws {
        let browser = PortalBrowser(instance, at: base)
        try #require(register(browser).status == 303)
        let link = try link(in: mail("Activez votre compte"))
        // A scanner of mails looks at it, more than once.
        for _ in 1...3 { #expect(try browser.get(link).body.contains("ACTIVER MON COMPTE")) }
        #expect(try browser.logIn(Self.email).status == 422)
        #expect(try instance.json("user", "show", Self.email).first?["portal"] as? String == "enAttente")
        // Whoever has the link alone has not registered.
        let wrong = try activate(browser, link, "Intrus-2026")
        #expect(wrong.status == 422 && wrong.body.contains("Si vous n'avez pas fait cette demande"), "\(wrong)")
        #expect(instance.logs("portal.activation_denied"))
        #expect(try activate(browser, link).location == "/activation/terminee")
        let again = try activate(browser, link)
        #expect(again.status == 404 && again.body.contains("Ce lien n'est plus valable."), "\(again)")
        #expect(try browser.logIn(Self.email).status == 303)

        try #require(register(browser, "tard@exemple.fr").status == 303)
        let late = try self.link(in: mail("Activez votre compte", to: "tard@exemple.fr"))
        instance.stop()
        instance.clockOffset = 86_400 + 60
        try instance.start()
        #expect(try activate(browser, late).status == 404)
        #expect(try PortalBrowser(instance, at: base).logIn("tard@exemple.fr").status == 422)
    }

    @Test func `whoever received mails before has the same establishments with the account`() throws {
        try instance.admin("user", "add", "jeanne.ARCHER@exemple.fr", "--depositor", Self.code)
        let browser = PortalBrowser(instance, at: base)
        try #require(register(browser).status == 303)
        let link = try link(in: mail("Activez votre compte", to: "jeanne.ARCHER@exemple.fr"))
        #expect(try activate(browser, link).status == 303)
        try browser.logIn(Self.email)
        #expect(try browser.get("/").body.contains("ARCHER"))
        #expect(try instance.json("user", "list").count == 1)
    }

    @Test func `the sixth registration of one address waits, and nobody gets two mails within a quarter of an hour`()
        throws
    {
        let browser = PortalBrowser(instance, at: base)
        for _ in 1...5 { #expect(try register(browser).status == 303) }
        let later = try register(browser, "autre@exemple.fr")
        #expect(later.status == 429 && later.body.contains("value=\"Archer\""), "\(later)")
        #expect(try eventually { try mails(to: Self.email).count == 1 })
        #expect(instance.logs("portal.registration", "outcome=too_many_mails"))
        #expect(try instance.json("mail", "list").count == 1)
        // Any of the five is activated by the one link.
        #expect(try activate(browser, link(in: mail("Activez votre compte"))).location == "/activation/terminee")
    }

    @Test func `an admin removes who waits for the activation, and is told what can't be done before it`() throws {
        let browser = PortalBrowser(instance, at: base)
        try #require(register(browser).status == 303)
        let link = try link(in: mail("Activez votre compte"))
        for command in ["lock", "unlock", "reset-password"] {
            let refused = try instance.collecteur("user", command, Self.email)
            #expect(!refused.succeeded && refused.errors.contains("waits for the activation"), "\(refused)")
        }
        try instance.admin("user", "remove", Self.email, "--yes")
        #expect(try instance.json("user", "list").isEmpty)
        #expect(try activate(browser, link).status == 404)
        // Nothing keeps the next registration from its mail.
        try #require(register(browser).status == 303)
        #expect(try eventually { try mails(to: Self.email).count == 2 })
        instance.stop()
        instance.clockOffset = 86_400 + 60
        try instance.start()
        #expect(try instance.json("user", "list").isEmpty)
    }

    @Test func `an admin takes the establishment away, and session and SFTP account go with the last one`() throws {
        let browser = try account()
        try #require(join(browser, try invite()).location == "/")
        let opened = try browser.post(
            "/informations/sftp",
            [("mot_de_passe", Depositor.password), ("confirmation", Depositor.password)])
        try #require(opened.status == 303, "\(opened)")
        #expect(try instance.json("account", "list").count == 1)
        let gone = try instance.collecteur("user", "revoke", Self.email.lowercased(), "--depositor", Self.code)
        #expect(gone.succeeded && gone.errors.contains("is removed"), "\(gone)")
        #expect(try instance.json("account", "list").isEmpty)
        #expect(try browser.get("/depots").body.contains("Se connecter"))
        #expect(try browser.logIn(Self.email).status == 303)
        #expect(try browser.get("/").body.contains("rattaché à aucun établissement"))
        #expect(try browser.get("/deposer").status == 200)
    }
}

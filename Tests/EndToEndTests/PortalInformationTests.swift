import Foundation
import TestServers
import Testing

/// « Mes Informations » against the real daemon and the real clients.
@Suite struct PortalInformationTests {
    private struct Place {
        let instance: Instance
        let depositor: Depositor
        let browser: PortalBrowser

        init(sftp: [String] = []) throws {
            let port = try ReservedPort.take()
            let base = "http://127.0.0.1:\(port)"
            instance = try Instance(
                sftp: sftp, sections: "portal_url: \(base)\nportal:\n  listen: [\"127.0.0.1:\(port)\"]\n")
            try instance.start()
            depositor = try Depositor(instance, organisations: 50)
            browser = PortalBrowser(instance, at: base)
            try depositor.choosePortalPassword(browser)
            try #require(browser.logIn(depositor.email).status == 303)
        }

        func setPassword(_ password: String) throws {
            let set = try browser.post(
                "/informations/sftp", [("mot_de_passe", password), ("confirmation", password)])
            #expect(set.location == "/informations", "\(set)")
        }
    }

    @Test func `another SFTP password ends the live sessions, and the bans that the old one caused`() throws {
        let place = try Place(sftp: ["ban:", "  threshold: 3", "  ban_seconds: 3600"])
        let (instance, depositor) = (place.instance, place.depositor)
        let live = try BackgroundCommand(
            [
                Instance.python, "-c",
                """
                import sys, time, paramiko
                sys.path.insert(0, '\(Depositor.fixtures.path)')
                import patient_paramiko
                transport = paramiko.Transport(('127.0.0.1', \(instance.port)))
                transport.connect(username='\(depositor.login)', password='\(Depositor.password)')
                open('\(instance.folder.path)/live', 'w').close()
                deadline = time.monotonic() + 240
                while transport.is_active() and time.monotonic() < deadline: time.sleep(0.05)
                assert not transport.is_active()
                """,
            ], folder: instance.folder)
        let marker = instance.folder.appending(path: "live").path
        try #require(eventually { FileManager.default.fileExists(atPath: marker) })
        for guess in 1...3 { #expect(try !depositor.paramiko("", password: "Faux-2026-\(guess)").succeeded) }
        try #require(try eventually { try instance.json("ban", "list").count == 1 })
        #expect(try !depositor.paramiko("").succeeded)

        try place.setPassword("Encore-2026")
        #expect(live.finish().succeeded)
        #expect(instance.logs("session.ended", "login=\(depositor.login)"))
        #expect(instance.logs("ban.lifted", "count=1"))
        #expect(try instance.json("ban", "list").isEmpty)
        let again = try depositor.paramiko("", password: "Encore-2026")
        #expect(again.succeeded, "\(again)")
    }

    /// What a page shows in an element to be copied.
    private func text(_ page: PortalBrowser.Page, _ id: String) throws -> String {
        let start = try #require(page.body.range(of: "<pre id=\"\(id)\"><code>"), "\(page)")
        let end = try #require(page.body.range(of: "</code>", range: start.upperBound..<page.body.endIndex))
        return String(page.body[start.upperBound..<end.lowerBound]).replacing("&#39;", with: "'")
            .replacing("&quot;", with: "\"").replacing("&amp;", with: "&")
    }

    /// A home with the lines for `known_hosts` that the page shows, and nothing else that makes a client believe a server.
    private func home(_ place: Place, _ page: PortalBrowser.Page) throws -> String {
        let home = place.instance.folder.appending(path: "home")
        let folder = home.appending(path: ".ssh")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        try (text(page, "known-hosts") + "\n").write(
            to: folder.appending(path: "known_hosts"), atomically: true, encoding: .utf8)
        return home.path
    }

    @Test func `the commands that the page shows connect, with the lines for known_hosts that it shows`() throws {
        let place = try Place()
        let (instance, depositor) = (place.instance, place.depositor)
        try place.setPassword(Depositor.password)
        let page = try place.browser.get("/informations")
        let home = try home(place, page)
        _ = try instance.write(SampleList.good(20), to: "liste.csv")
        let hosts = "\(home)/.ssh/known_hosts"
        // OpenSSH asks the password database for the home, and curl the environment.
        let openSSH = "-o UserKnownHostsFile=\(hosts) -o GlobalKnownHostsFile=/dev/null -o StrictHostKeyChecking=yes"
        func run(_ command: String, asking prompt: String, input: String? = nil) throws -> CommandResult {
            try instance.run(
                ["sshpass", "-P", prompt, "-p", Depositor.password, "env", "HOME=\(home)", "sh", "-c", command],
                input: input)
        }
        // curl asks on its standard error.
        let curl = try run(text(page, "commande-curl") + " 2>/dev/tty", asking: "password for user")
        #expect(curl.succeeded, "\(curl)")
        #expect(try depositor.treated().first?["state"] as? String == "succes")

        let sftp = try text(page, "commande-sftp").replacing(
            "sftp ", with: "sftp \(openSSH) -o PubkeyAuthentication=no ")
        let folder = "/\(depositor.code)/QUALIOPI/FICHIER_QUALIOPI/"
        let put = try run(sftp, asking: "assword:", input: "put liste.csv \(folder)\n")
        #expect(put.succeeded, "\(put)")
        #expect(try depositor.treated(2).count == 2)

        let robot = try text(page, "commande-automate").replacing(
            "sftp -b", with: "sftp \(openSSH) -o IdentitiesOnly=yes -i \(depositor.keyFile) -b")
        let sent = try instance.run(["env", "HOME=\(home)", "sh", "-c", robot])
        #expect(sent.succeeded, "\(sent)")
        #expect(try depositor.treated(3).count == 3)

        // Another server's key is not taken for this one's.
        let other = try instance.run([
            "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", instance.folder.appending(path: "other").path,
        ])
        try #require(other.succeeded)
        let stranger = try String(contentsOf: instance.folder.appending(path: "other.pub"), encoding: .utf8)
        try "[127.0.0.1]:\(instance.port) \(stranger)".write(
            to: URL(filePath: hosts), atomically: true, encoding: .utf8)
        let distrusted = try run(text(page, "commande-curl") + " 2>/dev/tty", asking: "password for user")
        #expect(distrusted.status == 60, "\(distrusted)")
        #expect(try !instance.run(["env", "HOME=\(home)", "sh", "-c", robot]).succeeded)
        #expect(try text(page, "commande-winscp").contains("sftp://archer_yopmail.com@127.0.0.1:\(instance.port)/"))
        let shown = try instance.run([
            "ssh-keygen", "-l", "-f", instance.state.appending(path: "host_keys").path + "/ssh_host_ed25519_key.pub",
        ])
        let fingerprint = try #require(shown.output.split(separator: " ").dropFirst().first, "\(shown)")
        #expect(page.body.contains("<code>\(fingerprint)</code>"))
    }

    @Test func `the address that people are told to connect to is the settings'`() throws {
        let port = try ReservedPort.take()
        let base = "http://127.0.0.1:\(port)"
        let instance = try Instance(
            sections:
                "portal_url: \(base)\nportal:\n  listen: [\"127.0.0.1:\(port)\"]\n  sftp_address: depot.exemple.fr:22\n"
        )
        try instance.start()
        let depositor = try Depositor(instance, organisations: nil)
        let browser = PortalBrowser(instance, at: base)
        try depositor.choosePortalPassword(browser)
        try browser.logIn(depositor.email)
        let page = try browser.get("/informations")
        #expect(page.body.contains("<code>depot.exemple.fr</code>") && page.body.contains("<code>22</code>"))
        #expect(try text(page, "known-hosts").hasPrefix("depot.exemple.fr ssh-ed25519 "))
        #expect(try text(page, "commande-sftp") == "sftp -P 22 \(depositor.login)@depot.exemple.fr")
    }

    @Test func `an establishment is shown as the manual's screen does, and what isn't known says so`() throws {
        let place = try Place()
        let unknown = try place.browser.get("/informations").body
        #expect(unknown.contains("<dt>Adresse</dt><dd>Non renseigné</dd>") && unknown.contains("34350633300032"))
        try place.instance.admin(
            "depositor", "set-address", place.depositor.code, "--address", "11 RUE DE L'AMIRAL MOUCHEZ",
            "--postal-code",
            "75201", "--city", "PARIS 13")
        let page = try place.browser.get("/informations").body
        for line in [
            "<dt>Nom</dt><dd><bdi>Archer</bdi></dd>", "<dt>SIRET</dt><dd>34350633300032</dd>",
            "<dt>Adresse</dt><dd><bdi>11 RUE DE L&#39;AMIRAL MOUCHEZ</bdi></dd>",
            "<dt>Code postal</dt><dd><bdi>75201</bdi></dd>", "<dt>Ville</dt><dd><bdi>PARIS 13</bdi></dd>",
        ] { #expect(page.contains(line), "\(line)") }
        let row = try #require(try place.instance.json("depositor", "list").first)
        #expect(row["postalCode"] as? String == "75201" && row["city"] as? String == "PARIS 13")
        let wrong = try place.instance.collecteur(
            "depositor", "set-address", place.depositor.code, "--postal-code", "7520")
        #expect(wrong.status == 2 && wrong.errors.contains("five digits"), "\(wrong)")
    }

    @Test func `a key is added with a name, opens the account, and is removed with what it had open`() throws {
        let place = try Place()
        let (instance, depositor, browser) = (place.instance, place.depositor, place.browser)
        let file = instance.folder.appending(path: "robot").path
        _ = try instance.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "robot@nuit", "-f", file])
        let key = try String(contentsOfFile: file + ".pub", encoding: .utf8)
        let added = try browser.post("/informations/cles", [("nom_cle", "serveur  de nuit"), ("cle", key)])
        #expect(added.location == "/informations", "\(added)")
        let shown = try instance.run(["ssh-keygen", "-l", "-f", file + ".pub"]).output.split(separator: " ")
        let fingerprint = String(try #require(shown.dropFirst().first))
        var page = try browser.get("/informations").body
        #expect(page.contains("<bdi>serveur de nuit</bdi>") && page.contains("<code>\(fingerprint)</code>"))
        #expect(try depositor.paramiko("print(sftp.listdir(folder))", key: file).succeeded)
        let again = try browser.post("/informations/cles", [("cle", key)])
        #expect(again.status == 422 && again.body.contains("ouvre déjà votre compte"), "\(again)")
        #expect(try browser.post("/informations/cles", [("retirer", fingerprint)]).location == "/informations")
        #expect(try browser.post("/informations/cles", [("retirer", fingerprint)]).status == 404)
        #expect(try !depositor.paramiko("", key: file).succeeded)
        #expect(instance.logs("portal.key_removed", "user=\(depositor.email)"))
        page = try browser.get("/informations").body
        #expect(!page.contains("serveur de nuit"))
        let events = try instance.json("account", "log", depositor.login).compactMap { $0["event"] as? String }
        #expect(events.contains("key-removed") && events.count { $0 == "key-added" } == 2, "\(events)")
    }

    static let wrongKeys: [(make: [String], text: String, words: String)] = [
        ([], "bonjour", "n&#39;est pas acceptée"), ([], "", "Il n&#39;y a pas de clé publique"),
        (["-t", "rsa", "-b", "1024"], ".pub", "1024 bits"), (["-t", "ed25519"], "", "clé privée"),
        (["-t", "rsa", "-b", "3072", "-m", "PEM"], "", "clé privée"),
        (["-t", "ed25519"], "RFC4716", "RFC 4716"), (["-t", "ed25519"], "twice", "une à une"),
        (["-t", "ed25519"], "options", "options"), (["-t", "ed25519"], "cut", "coupée"),
        ([], "ssh-dss AAAAB3NzaC1kc3MAAACBAO", "DSA"), ([], "sk-ssh-ed25519@openssh.com AAAAGnNr", "jeton matériel"),
        ([], "ssh-ed25519-cert-v01@openssh.com AAAAIHNz", "certificat"),
        ([], String(repeating: "A", count: 9_000), "trop long"),
    ]

    @Test func `what is no key that can be used is refused with what to do, and a secret is not shown again`() throws {
        let place = try Place()
        for (index, (make, kind, words)) in Self.wrongKeys.enumerated() {
            var text = kind
            if !make.isEmpty {
                let file = place.instance.folder.appending(path: "wrong-\(index)").path
                try #require(place.instance.run(["ssh-keygen", "-q", "-N", "", "-f", file] + make).succeeded)
                let key = try String(contentsOfFile: file + ".pub", encoding: .utf8)
                text =
                    switch kind {
                    case ".pub": key
                    case "RFC4716": try place.instance.run(["ssh-keygen", "-e", "-f", file + ".pub"]).output
                    case "twice": key + key
                    case "options": "no-pty,command=\"ls\" " + key
                    case "cut": String(key.prefix(60))
                    default: try String(contentsOfFile: file, encoding: .utf8)
                    }
            }
            let refused = try place.browser.post("/informations/cles", [("nom_cle", "robot"), ("cle", text)])
            #expect(refused.status == 422 && refused.body.contains(words), "\(make) \(kind) \(refused)")
            #expect(refused.body.contains("id=\"cle-erreur\"") && refused.body.contains("aria-invalid"))
            #expect(refused.body.contains("value=\"robot\"") && !refused.body.contains("PRIVATE KEY"))
        }
        #expect(try place.instance.json("account", "list-keys", place.depositor.login).count == 1)
        #expect(!place.instance.finalLog.contains("PRIVATE KEY"))
    }

    @Test func `a login that is old asks for the portal's password again`() throws {
        let place = try Place()
        let (instance, browser) = (place.instance, place.browser)
        let file = instance.folder.appending(path: "robot").path
        _ = try instance.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", file])
        let key = try String(contentsOfFile: file + ".pub", encoding: .utf8)
        #expect(try !browser.get("/informations/cles").body.contains("name=\"actuel\""))
        instance.stop()
        instance.clockOffset = 16 * 60
        try instance.start()
        let password = "Encore-2026"
        for path in ["/informations/cles", "/informations/sftp"] {
            #expect(try browser.get(path).body.contains("name=\"actuel\""), "\(path)")
            let fields = [("cle", key), ("mot_de_passe", password), ("confirmation", password)]
            let refused = try browser.post(path, fields)
            #expect(
                refused.status == 422 && refused.body.contains("mot de passe du COLLECTEUR n&#39;est pas le bon"),
                "\(refused)")
            let done = try browser.post(path, fields + [("actuel", PortalBrowser.password)])
            #expect(done.location == "/informations", "\(done)")
        }
        #expect(try instance.json("account", "list-keys", place.depositor.login).count == 2)
    }

    @Test func `the last logins are shown, with why one was refused and how long an address is banned`() throws {
        let place = try Place(sftp: ["ban:", "  threshold: 3", "  ban_seconds: 3600"])
        let (instance, depositor, browser) = (place.instance, place.depositor, place.browser)
        #expect(try browser.get("/informations").body.contains("Aucune connexion n'est connue"))
        #expect(try depositor.paramiko("").succeeded)
        let short = instance.folder.appending(path: "short").path
        _ = try instance.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", short])
        #expect(try !depositor.paramiko("", key: short).succeeded)
        for guess in 1...2 { #expect(try !depositor.paramiko("", password: "Faux-2026-\(guess)").succeeded) }
        try #require(try eventually { try instance.json("ban", "list").count == 1 })
        let words = [
            "Acceptée", "paramiko", "mot de passe faux", "cette clé n'est pas l'une des vôtres", "127.0.0.1",
            "Adresse bloquée après trop d'échecs",
        ]
        var seen = ""
        let isThere = try eventually {
            seen = try browser.get("/informations").body
            return words.allSatisfy { seen.contains($0) } && seen.contains(/refusées pendant encore (60|5\d) minutes/)
        }
        #expect(isThere, "\(seen)")
        place.instance.stop()
        try instance.start()
        let page = try browser.get("/informations").body
        #expect(page.contains("mot de passe faux") && !page.contains("refusées pendant encore"), "the trail is durable")
    }

    @Test func `every mail about a deposit leads to the page of notifications, and mails about access don't`() throws {
        let place = try Place()
        let file = try place.instance.write(SampleList.good(20), to: "liste.csv")
        #expect(try place.depositor.curl(file, to: "liste.csv").succeeded)
        _ = try place.depositor.treated()
        let spool = place.instance.state.appending(path: "mail")
        let texts = {
            try FileManager.default.contentsOfDirectory(atPath: spool.path).filter { $0.hasSuffix(".eml") }.map {
                try String(contentsOf: spool.appending(path: $0), encoding: .utf8)
            }
        }
        let header = "List-Unsubscribe: <\(place.browser.base)/informations/notifications>"
        #expect(
            try eventually { try texts().contains { $0.contains("Subject: QUALIOPI") || $0.contains("QUALIOPI_-_D") } })
        for text in try texts() { #expect(text.contains(header) == text.contains("QUALIOPI_-_D"), "\(text)") }
    }

    @Test func `the page of notifications tells their state, and changes it`() throws {
        let place = try Place()
        let (instance, browser) = (place.instance, place.browser)
        #expect(try browser.get("/informations/notifications").body.contains("Vous recevez les notifications"))
        #expect(try browser.post("/informations/notifications").location == "/informations")
        #expect(try instance.json("user", "list").first?["muted"] as? Bool == true)
        #expect(try browser.get("/informations/notifications").body.contains("Vous ne recevez plus de notifications"))
        #expect(try browser.post("/informations/notifications", [("qualiopi", "oui")]).location == "/informations")
        #expect(try instance.json("user", "list").first?["muted"] as? Bool == false)
        let stranger = PortalBrowser(instance, at: browser.base)
        let asked = try stranger.get("/informations/notifications").body
        #expect(asked.contains("Se connecter") && asked.contains("value=\"/informations/notifications\""))
    }
}

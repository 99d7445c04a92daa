import Foundation
import TestServers
import Testing

/// « Mes Informations », sessions and « Mot de passe oublié » in a real Chromium, with JavaScript and without.
@Suite struct PortalInformationBrowserTests {
    private func run(_ instance: Instance, _ journey: String, at base: String, _ arguments: [String]) throws {
        let script = Depositor.fixtures.appending(path: "portal_browser.py").path
        let result = try instance.run(
            [Instance.python, "-B", script, journey, base, "archer@yopmail.com", PortalBrowser.password] + arguments,
            within: 900)
        #expect(result.succeeded, "\(result)\n\(instance.log)")
    }

    @Test(arguments: ["forgets", "forgets-nojs"])
    func `a forgotten password, by a mail of a real server`(journey: String) throws {
        let port = try ReservedPort.take()
        let (instance, base) = try Instance.withPortal(
            sections:
                "mail: {transport: smtp, url: \"smtp://127.0.0.1:\(port)\", tls: none, retry_initial_seconds: 0.3, retry_longest_seconds: 2}\n"
        )
        let server = try MailServer(instance, port: port)
        try instance.start()
        _ = try Depositor(instance, organisations: nil)
        try run(instance, journey, at: base, [server.folder.path])
        // The secrets of the mails are kept nowhere.
        #expect(
            try eventually {
                try instance.json("mail", "list").allSatisfy { $0["state"] as? String == "sent" }
            })
        for mail in try instance.json("mail", "list") where mail["kind"] as? String == "portail.motDePasse" {
            let shown = try #require(try instance.json("mail", "show", "\(mail["id"] as? Int ?? 0)").first)
            #expect(shown["body"] as? String == "")
        }
        let events = try instance.json("user", "log", "archer@yopmail.com").compactMap { $0["event"] as? String }
        #expect(events.count { $0 == "reset-asked" } == 2 && events.count { $0 == "password-set" } == 2, "\(events)")
    }

    @Test(arguments: ["sessions", "sessions-nojs"])
    func `sessions are listed, and ended one by one or all`(journey: String) throws {
        let place = try PortalPlace(organisations: nil)
        try run(place.instance, journey, at: place.browser.base, [])
        let events = try place.instance.json("user", "log", "archer@yopmail.com").compactMap { $0["event"] as? String }
        #expect(events.contains("session-ended") && events.contains("sessions-ended"), "\(events)")
    }

    @Test(arguments: ["informs", "informs-nojs"])
    func `from no SFTP account to a robot's key, without anybody's help`(journey: String) throws {
        let place = try PortalPlace(organisations: nil)
        let (instance, depositor) = (place.instance, place.depositor)
        try instance.admin("account", "delete", depositor.login, "--yes")
        let file = instance.folder.appending(path: "robot").path
        _ = try instance.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", file])
        try run(instance, journey, at: place.browser.base, [file + ".pub", file])
        let connected = try depositor.paramiko("", password: "Robot-2026")
        #expect(connected.succeeded, "\(connected)")
        let events = try instance.json("account", "log", depositor.login).compactMap { $0["event"] as? String }
        for event in ["key-added", "key-removed", "mails-muted", "mails-unmuted"] {
            #expect(events.contains(event), "\(event)")
        }
        #expect(!instance.finalLog.contains("PRIVATE KEY"))
    }

    @Test func `the metrics count what the portal was asked for, by result`() throws {
        let (instance, base) = try Instance.withPortal()
        let file = instance.folder.appending(path: "collecteur.prom").path
        try instance.rewriteSettings { $0 + "metrics: {file: \(file)}\n" }
        try instance.start()
        let depositor = try Depositor(instance, organisations: nil)
        let browser = PortalBrowser(instance, at: base)
        try depositor.choosePortalPassword(browser)
        try browser.logIn(depositor.email, "Faux-2026")
        try browser.logIn(depositor.email)
        #expect(try browser.get("/depots/99").status == 404)
        _ = try browser.post("/deconnexion", origin: "https://ailleurs.exemple")
        let lines = [
            "collecteur_portal_answers_total{question=\"login\",result=\"login_needed\"} 1",
            "collecteur_portal_answers_total{question=\"login\",result=\"ok\"} 1",
            "collecteur_portal_answers_total{question=\"page\",result=\"not_found\"} 1",
            "collecteur_portal_notes_total{kind=\"foreign_origin\"} 1", "collecteur_portal_sessions 1",
        ]
        var text = ""
        let isThere = eventually {
            text = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
            return lines.allSatisfy { text.contains($0 + "\n") }
        }
        #expect(isThere, "\(text)")
    }
}

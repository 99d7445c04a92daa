import Foundation
import Testing

/// What the law lets a person ask for: a copy of what is kept, and to be erased.
@Suite struct PersonTests {
    private static let name = "Silvio DA SILVA"

    /// A person who has done all that leaves a trace.
    private struct Place {
        let instance: Instance
        let depositor: Depositor
        let browser: PortalBrowser

        init() throws {
            let (instance, base) = try Instance.withPortal()
            self.instance = instance
            try instance.start()
            depositor = try Depositor(instance, organisations: 50)
            browser = PortalBrowser(instance, at: base)
            try depositor.choosePortalPassword(browser)
            let named = try instance.run([
                Instance.python, "-c",
                """
                import sqlite3, sys
                with sqlite3.connect(sys.argv[1], timeout=30) as db: db.execute("UPDATE portal_people SET name = ?", [sys.argv[2]])
                """, instance.state.appending(path: "collecteur.sqlite").path, PersonTests.name,
            ])
            try #require(named.succeeded, "\(named)")
            try #require(browser.logIn(depositor.email).status == 303)
            _ = try browser.logIn(depositor.email, "Faux-2026")
            try browser.logIn(depositor.email)
            let file = try instance.write(SampleList.good(20), to: "liste.csv")
            #expect(try depositor.curl(file, to: "robot.csv").succeeded)
            _ = try depositor.treated()
            #expect(try browser.deposit(file).location == "/depots/2")
            _ = try depositor.treated(2)
            #expect(try !depositor.paramiko("", password: "Faux-2026").succeeded)
            #expect(
                try eventually {
                    try instance.json("account", "log", depositor.login).contains {
                        $0["event"] as? String == "login-denied"
                    }
                })
            try instance.admin("account", "reset-password", depositor.login, "--password-stdin", input: "Encore-2026\n")
            try instance.admin("user", "mute", depositor.email)
            try instance.admin("user", "unmute", depositor.email)
            try instance.admin("depositor", "invite", depositor.code, depositor.email)
            try instance.admin("user", "reset-password", depositor.email)
            #expect(try browser.post("/mot-de-passe", [("email", depositor.email.uppercased())]).status == 200)
            #expect(try eventually { try instance.json("mail", "list", "--state", "queued").isEmpty })
        }

        /// The files below the state folder that hold any of some texts.
        func holders(of texts: [String]) throws -> [String] {
            let names = try #require(
                FileManager.default.enumerator(atPath: instance.state.path)?.allObjects as? [String])
            return names.filter { name in
                guard let data = FileManager.default.contents(atPath: instance.state.appending(path: name).path) else {
                    return false
                }
                return texts.contains { data.range(of: Data($0.utf8)) != nil }
            }
        }
    }

    @Test func `an export says all that is kept, and no secret`() throws {
        let place = try Place()
        let (instance, depositor) = (place.instance, place.depositor)
        let printed = try instance.admin("user", "export", depositor.email)
        let all = try #require(try JSONSerialization.jsonObject(with: Data(printed.utf8)) as? [String: Any])
        func rows(_ name: String) -> [[String: Any]] { all[name] as? [[String: Any]] ?? [] }
        #expect(rows("user").count == 1 && rows("depositors").first?["code"] as? String == depositor.code)
        #expect(rows("sftpAccount").first?["login"] as? String == depositor.login)
        #expect(rows("sftpKeys").count == 1 && rows("portal").first?["name"] as? String == Self.name)
        #expect(
            rows("sftpLog").contains {
                $0["event"] as? String == "login-denied" && $0["origin"] as? String == "127.0.0.1"
            })
        #expect(rows("portalLog").contains { $0["event"] as? String == "login-denied" })
        #expect(rows("portalSessions").count == 2 && rows("invitations").count == 1)
        #expect(rows("mails").count >= 5 && rows("mails").allSatisfy { $0["recipient"] as? String == depositor.email })
        #expect(rows("deposits").compactMap { $0["file"] as? String } == ["robot.csv", "liste.csv"])
        #expect((rows("deposits").first?["receivedAt"] as? String)?.contains("T") == true)
        #expect(
            !printed.contains("$y$") && !printed.contains("Encore-2026") && !printed.contains(PortalBrowser.password))
        let unknown = try instance.collecteur("user", "export", "personne@yopmail.com")
        #expect(unknown.status == 1 && unknown.errors.contains("personne@yopmail.com"), "\(unknown)")
    }

    @Test func `an erased person is nowhere any more, and the deposits are`() throws {
        let place = try Place()
        let (instance, depositor, browser) = (place.instance, place.depositor, place.browser)
        let other = try Depositor(instance, siret: "73282932000074", email: "autre@yopmail.com", organisations: nil)
        let traces = [depositor.email, depositor.email.uppercased(), depositor.login, Self.name]
        #expect(try !place.holders(of: traces).isEmpty)
        let unasked = try instance.collecteur("user", "erase", depositor.email)
        #expect(unasked.status == 2 && unasked.errors.contains("--yes"), "\(unasked)")
        #expect(try instance.json("user", "list").count == 2)

        let erased = try instance.collecteur("user", "erase", depositor.email, "--yes")
        #expect(erased.succeeded && erased.errors.contains("2 deposits stay"), "\(erased)\n\(instance.log)")
        let holders = try place.holders(of: traces)
        #expect(holders == [])
        #expect(try browser.get("/depots").body.contains("Se connecter"))
        #expect(try !depositor.paramiko("", password: "Encore-2026").succeeded)
        #expect(try instance.json("user", "list").compactMap { $0["email"] as? String } == [other.email])
        let deposits = try depositor.deposits()
        #expect(deposits.map { $0["state"] as? String } == ["succes", "succes"])
        #expect(deposits.map { $0["author"] as? String } == ["personne effacée", "personne effacée via le site"])
        #expect(try depositor.report(of: "robot.csv")["auteur"] as? String == "personne effacée")
        #expect(try depositor.textReport(of: "liste.csv").contains("personne effacée via le site"))
        #expect(try instance.admin("registry", "export").split(separator: "\n").count == 21)
        #expect(
            try instance.json("mail", "list").contains { ($0["to"] as? String)?.hasPrefix("efface-") == true } == false)
        // Nothing of another's is touched, and the address can come back as somebody new.
        #expect(try other.paramiko("").succeeded)
        let again = try instance.collecteur("user", "erase", depositor.email, "--yes")
        #expect(again.status == 1 && again.errors.contains("nothing is kept"), "\(again)")
        try instance.admin("user", "add", depositor.email, "--depositor", depositor.code)
        #expect(instance.stop() == 0)
        #expect(try place.holders(of: [depositor.login, Self.name]) == [])
    }

    @Test func `an erasure that was killed half way is finished by the same command`() throws {
        let place = try Place()
        let instance = place.instance
        instance.stop()
        // Without a daemon the command waits a moment between the database and the rest.
        let killed = try instance.run(
            [
                Instance.python, "-c",
                """
                import sqlite3, subprocess, sys, time
                database, command = sys.argv[1], sys.argv[2:]
                erase = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                db = sqlite3.connect(database, timeout=30)
                while erase.poll() is None and db.execute('SELECT count(*) FROM users').fetchone()[0]: time.sleep(0.005)
                erase.kill()
                sys.exit(0 if erase.wait() < 0 else 1)
                """, instance.state.appending(path: "collecteur.sqlite").path,
            ] + instance.serving.dropLast() + ["user", "erase", place.depositor.email, "--yes"])
        try #require(killed.succeeded, "\(killed)")
        let traces = [place.depositor.email, place.depositor.login, Self.name]
        #expect(try !place.holders(of: traces).isEmpty)
        let finished = try instance.collecteur("user", "erase", place.depositor.email, "--yes")
        #expect(finished.succeeded && finished.errors.contains("interrupted is finished"), "\(finished)")
        #expect(try place.holders(of: traces) == [])
        let again = try instance.collecteur("user", "erase", place.depositor.email, "--yes")
        #expect(again.status == 1 && again.errors.contains("nothing is kept"), "\(again)")
        try instance.start()
        #expect(try place.depositor.deposits().count == 2)
    }

    @Test func `without a daemon a person is erased all the same`() throws {
        let place = try Place()
        place.instance.stop()
        try place.instance.admin("user", "erase", place.depositor.email, "--yes")
        #expect(try place.holders(of: [place.depositor.email, place.depositor.login, Self.name]) == [])
        try place.instance.start()
        #expect(try place.depositor.deposits().count == 2)
    }
}

import Foundation
import Testing

/// The daemon as a unit of systemd: its socket, its states, its reload, its metrics.
@Suite struct ServiceTests {
    @Test func `a unit is given its socket and says how it does`() throws {
        let instance = try Instance()
        let manager = try ServiceManagerStandIn(folder: instance.folder)
        try instance.start(under: manager)
        #expect(eventually { manager.states.contains { $0.contains("STATUS=listening on 127.0.0.1:\(manager.port)") } })

        let depositor = try Depositor(instance)
        let file = try instance.write(SampleList.good(50), to: "liste.csv")
        #expect(try depositor.sftp("put \(file) \(depositor.folder)/liste.csv").succeeded)
        #expect(try depositor.treated().first?["state"] as? String == "succes")
        #expect(eventually { manager.states.count { $0 == "WATCHDOG=1" } >= 2 }, "\(manager.states)")

        try instance.signal(SIGTERM)
        #expect(instance.daemon?.finish().status == 0)
        #expect(eventually { manager.states.contains { $0.hasPrefix("STOPPING=1") } }, "\(manager.states)")
        #expect(instance.finalLog.contains("event=daemon.stopped"))
    }

    @Test func `SIGHUP takes good settings up and refuses bad ones whole`() throws {
        let instance = try Instance()
        let manager = try ServiceManagerStandIn(folder: instance.folder)
        try instance.start(under: manager)
        let depositor = try Depositor(instance)

        // One good change and one bad one: neither is taken up.
        try instance.rewriteSettings {
            $0.replacing("sftp:\n", with: "log: {level: debug}\nsftp:\n  max_sesions: 1\n")
        }
        try instance.signal(SIGHUP)
        #expect(instance.logs("settings.refused", "did you mean sftp.max_sessions?"), "\(instance.log)")
        #expect(eventually { manager.states.contains { $0.hasPrefix("RELOADING=1\n") } }, "\(manager.states)")
        #expect(
            eventually { manager.states.last { !$0.hasPrefix("WATCHDOG") && !$0.hasPrefix("STATUS") } == "READY=1" })
        let reloading = try #require(manager.states.first { $0.hasPrefix("RELOADING=1\n") }, "\(manager.states)")
        #expect(reloading.contains(/MONOTONIC_USEC=\d{6,}/))
        #expect(try depositor.sftp("ls").succeeded)
        #expect(instance.logs("session.closed"))
        #expect(!"\(instance.log)".contains(" debug event="))

        try instance.rewriteSettings { $0.replacing("  max_sesions: 1\n", with: "") }
        try instance.signal(SIGHUP)
        #expect(instance.logs("settings.reloaded"), "\(instance.log)")
        #expect(try instance.collecteur("status").output.contains("Running:"))
        #expect(instance.logs("control.request"), "\(instance.log)")
        try instance.signal(SIGTERM)
        #expect(instance.daemon?.finish().status == 0, "\(instance.log)")
    }

    @Test func `SIGHUP during the start is taken up after it, and ends nobody`() throws {
        let instance = try Instance()
        try instance.start()
        instance.stop()
        // The start has to wait for the database, as for a long migration.
        let released = instance.folder.appending(path: "released")
        let lock = try BackgroundCommand(
            [
                Instance.python, "-c",
                """
                import os, sqlite3, time
                db = sqlite3.connect('\(instance.state.appending(path: "collecteur.sqlite").path)', isolation_level=None)
                db.execute('PRAGMA locking_mode = EXCLUSIVE')
                db.execute('BEGIN EXCLUSIVE')
                print('locked', flush=True)
                while not os.path.exists('\(released.path)'): time.sleep(0.05)
                """,
            ], folder: instance.folder)
        try #require(eventually { lock.output.contains("locked") }, "\(lock.errors)")
        try instance.start(isToListen: false)
        #expect(instance.logs("daemon.started"))
        try instance.signal(SIGHUP)
        try Data().write(to: released)
        #expect(lock.finish().status == 0)
        #expect(instance.logs("settings.reloaded"), "\(instance.log)")
        try instance.signal(SIGTERM)
        #expect(instance.daemon?.finish().status == 0, "\(instance.log)")
    }

    @Test func `the metrics' file has what happened`() throws {
        let instance = try Instance(sections: "metrics: {file: __METRICS__}")
        let metrics = instance.folder.appending(path: "collecteur.prom").path
        try instance.rewriteSettings { $0.replacing("__METRICS__", with: metrics) }
        try instance.start()
        let depositor = try Depositor(instance)
        let file = try instance.write(SampleList.good(50), to: "liste.csv")
        #expect(try depositor.sftp("put \(file) \(depositor.folder)/liste.csv").succeeded)
        #expect(try depositor.sftp("put \(file) \(depositor.folder)/liste2.csv.part").succeeded)
        _ = try depositor.treated()
        let wanted = [
            "collecteur_uploads_total 1", "collecteur_deposits_total{state=\"succes\"} 1",
            "collecteur_treatment_seconds_count 1", "collecteur_logins_total{method=\"key\",result=\"accepted\"} 2",
            "collecteur_sessions_opened_total 2", "collecteur_mails_total{result=\"spooled\"} 1",
            "collecteur_bans_total 0", "collecteur_uploads_incomplete_total 0",
            "collecteur_outbox_mails{state=\"queued\"} 0", "collecteur_reference_organisations 2000",
        ]
        func text() -> String { (try? String(contentsOfFile: metrics, encoding: .utf8)) ?? "" }
        #expect(
            eventually { wanted.allSatisfy { text().contains($0 + "\n") } },
            "\(wanted.filter { !text().contains($0 + "\n") })\n\(text())")
        #expect(text().contains(/collecteur_received_bytes_total [1-9]/))
        let checked = try instance.run(["promtool", "check", "metrics"], input: text())
        #expect(checked.succeeded && checked.output.isEmpty && checked.errors.isEmpty, "\(checked)")

        // The alerts are rules of Prometheus, and ask for figures that there are.
        let alerts = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../etc/alerts.yaml")
        let rules = try instance.run(["promtool", "check", "rules", alerts.path])
        #expect(rules.succeeded && rules.output.contains("SUCCESS"), "\(rules)")
        let names = try String(contentsOf: alerts, encoding: .utf8).matches(of: /collecteur_[a-z_]+/)
        let asked = Set(names.map { String($0.output).replacing(/_(bucket|count|sum)$/, with: "") })
        #expect(asked.count > 8)
        let missing = asked.filter { !text().contains("# TYPE \($0) ") }
        #expect(missing.isEmpty)
        #expect(try FileManager.default.attributesOfItem(atPath: metrics)[.posixPermissions] as? Int == 0o644)
    }

    @Test func `the audit trail says who logged in from where, and what an admin's command ended`() throws {
        let instance = try Instance()
        try instance.start()
        let depositor = try Depositor(instance)
        #expect(try depositor.sftp("ls").succeeded)
        let attempts = try instance.run(
            [
                "sshpass", "-p", "wrong", "ssh", "-p", "\(instance.port)", "-o", "StrictHostKeyChecking=no", "-o",
                "UserKnownHostsFile=/dev/null", "-o", "PreferredAuthentications=password", "-o",
                "NumberOfPasswordPrompts=1",
                "\(depositor.login)@127.0.0.1",
            ])
        #expect(!attempts.succeeded)
        let logged = try eventually {
            let rows = try instance.json("account", "log", depositor.login)
            return Set(rows.compactMap { $0["event"] as? String }).isSuperset(of: [
                "logged-in", "login-denied", "created",
            ])
        }
        let rows = try instance.json("account", "log", depositor.login)
        try #require(logged, "\(rows)")
        let login = try #require(rows.first { $0["event"] as? String == "logged-in" })
        #expect(login["from"] as? String == "127.0.0.1")
        #expect((login["detail"] as? String)?.hasPrefix("key, ") == true)
        let denial = try #require(rows.first { $0["event"] as? String == "login-denied" })
        #expect(denial["detail"] as? String == "password, wrong_password")
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/fail2ban-regex"), "needs fail2ban"))
    func `the filter for fail2ban finds who guesses passwords, and nobody else`() throws {
        let instance = try Instance()
        try instance.start()
        let depositor = try Depositor(instance)
        #expect(try depositor.sftp("ls").succeeded)
        for login in ["root", depositor.login, "x address=6.6.6.6 reason=wrong_password", "a\\\" b"] {
            _ = try instance.run([
                "curl", "-sS", "-k", "-u", "\(login):wrong", "-T", "/etc/hostname",
                "sftp://127.0.0.1:\(instance.port)/x",
            ])
        }
        let filter = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "etc/fail2ban-filter.conf").path
        #expect(eventually { instance.logged("session.denied", "method=password") >= 4 }, "\(instance.log)")
        let log = try instance.write(instance.finalLog, to: "daemon.log")
        let found = try instance.run(["fail2ban-regex", "-o", "ip", log, filter])
        let denials = instance.logged("session.denied", "method=password")
        #expect(found.output.split(separator: "\n") == Array(repeating: "127.0.0.1", count: denials), "\(found)")
    }

    @Test func `the units are valid, and the service gives up what it doesn't need`() throws {
        let instance = try Instance()
        let units = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "systemd")
        let program = Instance.programs.appending(path: "collecteur").path
        for name in ["collecteur.service", "collecteur.socket"] {
            let text = try String(contentsOf: units.appending(path: name), encoding: .utf8)
            _ = try instance.write(text.replacing("/usr/bin/collecteur", with: program), to: name)
        }
        let verified = try instance.run([
            "systemd-analyze", "verify", "--man=no", "./collecteur.service", "./collecteur.socket",
        ])
        #expect(verified.succeeded && verified.errors.isEmpty, "\(verified)")
        // Tenths of the exposure level: 12 is 1.2.
        let security = try instance.run([
            "systemd-analyze", "security", "--offline=true", "--no-pager", "--threshold=12", "./collecteur.service",
        ])
        #expect(security.succeeded, "\(security)")
    }
}

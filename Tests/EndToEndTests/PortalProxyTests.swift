import Foundation
import TestServers
import Testing

/// Behind a real nginx with the example's settings: TLS, HTTP/2, the client's address, and a socket file of systemd's.
@Suite struct PortalProxyTests {
    private static let example = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../etc/nginx-portal.conf").standardizedFileURL

    private final class Proxy {
        let instance: Instance
        let port: Int
        private let nginx: BackgroundCommand

        /// The example as it is, but for its ports, names and files.
        ///
        /// - rate, sendTimeout: what the example's stand for here.
        init(
            _ instance: Instance, upstream: String, port: Int, rate: String? = nil, sendTimeout: String? = nil
        ) throws {
            self.instance = instance
            self.port = port
            let folder = instance.folder.path
            let made = try instance.run([
                "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "\(folder)/tls.key", "-out",
                "\(folder)/tls.pem", "-days", "2", "-subj", "/CN=localhost",
            ])
            try #require(made.succeeded, "\(made)")
            var site = try String(contentsOf: PortalProxyTests.example, encoding: .utf8)
            for (old, new) in [
                ("listen 443 ssl http2;", "listen 127.0.0.1:\(port) ssl http2;"), ("listen [::]:443 ssl http2;", ""),
                ("listen 80;", "listen unix:\(folder)/80.sock;"), ("listen [::]:80;", ""),
                ("server unix:/run/collecteur-portal.sock;", "server \(upstream);"),
                ("/etc/ssl/depot.example.fr.pem", "\(folder)/tls.pem"),
                ("/etc/ssl/private/depot.example.fr.key", "\(folder)/tls.key"), ("depot.example.fr", "localhost"),
                ("proxy_set_header Host $host;", "proxy_set_header Host $http_host;"),
                ("/var/log/nginx/collecteur.log", "\(folder)/nginx.log"),
                ("/var/log/nginx/collecteur-error.log", "\(folder)/nginx-error.log"),
            ] {
                try #require(site.contains(old), "the example has no \(old)")
                site = site.replacing(old, with: new)
            }
            if let rate {
                site = site.replacing(#/rate=\d+r/s;/#, with: "rate=\(rate);")
                try #require(site.contains("rate=\(rate);"))
            }
            if let sendTimeout {
                site = site.replacing(#/send_timeout \d+m;/#, with: "send_timeout \(sendTimeout);")
                try #require(site.contains("send_timeout \(sendTimeout);"))
            }
            let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
                .map { "\($0)_temp_path \(folder)/nginx-\($0);" }.joined(separator: " ")
            let file = try instance.write(
                """
                pid \(folder)/nginx.pid; error_log stderr; daemon off; worker_processes 1; \(geteuid() == 0 ? "user root;" : "")
                events {} http { access_log \(folder)/nginx-other.log; \(temporary)
                \(site)
                }
                """, to: "nginx.conf")
            nginx = try BackgroundCommand(
                ["nginx", "-p", folder, "-c", file, "-e", "stderr"],
                environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"], folder: instance.folder)
            let isUp = eventually {
                let answer = try? instance.run([
                    "curl", "-sk", "--max-time", "60", "-o", "/dev/null", "https://localhost:\(port)/sante",
                ])
                return answer?.succeeded == true
            }
            let said = nginx.errors
            try #require(isUp, "\(said)")
        }

        /// What nginx wrote into any of its logs.
        var logs: String {
            ["nginx.log", "nginx-error.log", "nginx-other.log"].map { read($0) }.joined() + nginx.errors
        }

        func read(_ log: String) -> String {
            (try? String(contentsOf: instance.folder.appending(path: log), encoding: .utf8)) ?? ""
        }

        deinit {
            nginx.signal(SIGTERM)
            _ = nginx.finish(within: 10)
        }
    }

    private func curl(_ instance: Instance, _ url: String, _ options: [String] = []) throws -> String {
        let result = try instance.run(["curl", "-sk", "--max-time", "240", "-i"] + options + [url])
        try #require(result.succeeded, "\(result)")
        return result.output
    }

    @Test func `a deposit through nginx, in a browser over HTTP 2`() throws {
        let (instance, base) = try Instance.withPortal(portal: ["trusted_proxies: [127.0.0.0/8]"])
        let port = try ReservedPort.take()
        let address = "https://localhost:\(port)"
        try instance.change("portal_url: \(base)", to: "portal_url: \(address)")
        try instance.start()
        let proxy = try Proxy(instance, upstream: String(base.dropFirst("http://".count)), port: port)
        let depositor = try Depositor(instance, organisations: 400)
        let browser = PortalBrowser(instance, at: address)
        try depositor.choosePortalPassword(browser)

        let page = try curl(instance, address + "/", ["--http2"])
        #expect(page.hasPrefix("HTTP/2 200"), "\(page)")
        #expect(page.lowercased().contains("strict-transport-security: max-age="))
        #expect(!page.lowercased().contains("server: nginx/"))

        let script = Depositor.fixtures.appending(path: "portal_browser.py").path
        let file = try instance.write(SampleList.good(300), to: "liste.csv")
        let result = try instance.run(
            [Instance.python, "-B", script, "deposits", address, depositor.email, PortalBrowser.password, file],
            within: 900)
        #expect(result.succeeded, "\(result)\n\(instance.log)")
        #expect(try depositor.deposits().count == 1)
        withExtendedLifetime(proxy) {}
    }

    @Test func `the client's address is the one that the proxy saw, whatever the client says`() throws {
        let (instance, base) = try Instance.withPortal(portal: ["trusted_proxies: [127.0.0.1]"])
        let port = try ReservedPort.take()
        let address = "https://localhost:\(port)"
        try instance.change("portal_url: \(base)", to: "portal_url: \(address)")
        try instance.start()
        let proxy = try Proxy(instance, upstream: String(base.dropFirst("http://".count)), port: port)
        let login = ["-H", "Origin: \(address)", "-d", "email=a@b.fr&mot_de_passe=x"]
        // A client of another loopback address lies about where it comes from.
        _ = try curl(
            instance, "\(address)/connexion",
            login + ["--interface", "127.0.0.9", "-H", "X-Forwarded-For: 203.0.113.9"])
        #expect(instance.logs("portal.login_denied", "address=127.0.0.9"), "\(instance.log)")
        // Without the proxy the header is nobody's: the peer is no trusted one.
        _ = try curl(
            instance, "\(base)/connexion",
            login + ["--interface", "127.0.0.8", "-H", "X-Forwarded-For: 203.0.113.9", "-H", "Host: localhost:\(port)"])
        #expect(instance.logs("portal.login_denied", "address=127.0.0.8"), "\(instance.log)")
        #expect(!instance.finalLog.contains("203.0.113.9"))
        withExtendedLifetime(proxy) {}
    }

    @Test func `what nginx answers by itself is a French page with a way on, and its logs have no mail's link`() throws
    {
        let (instance, base) = try Instance.withPortal(portal: ["trusted_proxies: [127.0.0.0/8]"])
        let port = try ReservedPort.take()
        let address = "https://localhost:\(port)"
        try instance.change("portal_url: \(base)", to: "portal_url: \(address)")
        try instance.start()
        let proxy = try Proxy(instance, upstream: String(base.dropFirst("http://".count)), port: port, rate: "1r/m")
        let depositor = try Depositor(instance, organisations: nil)
        let browser = PortalBrowser(instance, at: address)
        try depositor.choosePortalPassword(browser)
        let token = try #require(
            try depositor.mails().compactMap { $0.body.firstMatch(of: /\/mot-de-passe\/(\S+)/)?.output.1 }.last)
        let log = { proxy.read("nginx.log") }
        #expect(eventually { log().contains("\"POST /mot-de-passe/- HTTP/") }, "\(log())")
        // Nor where it is asked for without TLS.
        let plain = try curl(
            instance, "http://localhost/mot-de-passe/\(token)", ["--unix-socket", "\(instance.folder.path)/80.sock"])
        #expect(plain.hasPrefix("HTTP/1.1 301"), "\(plain)")
        #expect(eventually { log().contains("\"GET /mot-de-passe/- HTTP/1.1\" 301") }, "\(log())")

        // What is over its own bound nginx doesn't even pass on.
        let large = try browser.post("/deposer", [], headers: ["Content-Length: 99999999", "Expect:"])
        #expect(large.status == 413 && large.body.contains("aucun dépôt n’a été fait"), "\(large)")
        try instance.signal(SIGTERM)
        _ = instance.daemon?.finish()
        let away = try browser.get("/depots")
        #expect(away.status == 503 && away.body.contains("Le service redémarre") && away.field("retry-after") == "5")
        let link = "\(address)/mot-de-passe/\(token)"
        let many = try instance.run([
            "curl", "-skZ", "--max-time", "240", "-w", "%{http_code} ", "-e", link, "\(link)?[1-100]",
        ])
        #expect(many.output.contains("<h1>Trop de demandes</h1>") && many.output.contains("429"), "\(many)")
        // These have been through all that nginx has to say of a request: away, and too many.
        #expect(
            eventually { log().matches(of: #/"GET /mot-de-passe/- HTTP/\S+" (503|429) /#).count == 100 }, "\(log())")
        #expect(!proxy.logs.contains(token), "\(proxy.logs)")
        for page in [large, away] {
            #expect(page.body.contains("<html lang=\"fr\">") && page.body.contains("<a href=\"/\">Accueil</a>"))
            #expect(page.field("strict-transport-security").hasPrefix("max-age="))
            #expect(page.field("content-security-policy") == "default-src 'none'" && page.field("server") == "nginx")
            #expect(
                page.field("content-type") == "text/html; charset=utf-8" && page.field("cache-control") == "no-store")
        }
        withExtendedLifetime(proxy) {}
    }

    @Test func `a deposit through nginx by the socket file that systemd passes`() throws {
        let port = try ReservedPort.take()
        let address = "https://localhost:\(port)"
        let instance = try Instance(sections: "portal_url: \(address)\n")
        let manager = try ServiceManagerStandIn(folder: instance.folder, withPortal: true)
        let socket = try #require(manager.portalSocket)
        try instance.start(under: manager)
        let proxy = try Proxy(instance, upstream: "unix:\(socket)", port: port)
        let depositor = try Depositor(instance)
        let browser = PortalBrowser(instance, at: address)
        try depositor.choosePortalPassword(browser)
        try #require(try browser.logIn(depositor.email).status == 303)
        let file = try instance.write(SampleList.good(300), to: "liste.csv")
        #expect(try browser.deposit(file).location == "/depots/1")
        #expect(try depositor.treated().first?["channel"] as? String == "web")
        // Whoever can write to the socket file is the proxy: its word on the client's address holds.
        _ = try curl(
            instance, "\(address)/connexion",
            ["-H", "Origin: \(address)", "-d", "email=a@b.fr&mot_de_passe=x", "--interface", "127.0.0.9"])
        #expect(instance.logs("portal.login_denied", "address=127.0.0.9"), "\(instance.log)")
        // `status` knows of a portal that no setting tells of, and so does what it complains of.
        let status = try instance.collecteur("status")
        #expect(status.output.contains("a socket file of systemd"), "\(status)")
        #expect(status.output.contains("say « à compléter »: portal.publisher.name"), "\(status)")
        // It stays when the portal's process goes.
        let parent = try String(contentsOf: instance.state.appending(path: "lock"), encoding: .utf8)
        let found = try instance.run([
            "pgrep", "-P", parent.trimmingCharacters(in: .newlines), "-f", "collecteur-portal",
        ])
        let portal = try #require(Int32(found.output.trimmingCharacters(in: .newlines)), "\(found)")
        kill(portal, SIGKILL)
        #expect(eventually { instance.logged("portal.started") == 2 }, "\(instance.log)")
        #expect(try browser.get("/depots").body.contains("liste.csv"))

        // Settings that only the file's reader would have found wrong are refused, and the old ones stay.
        try instance.rewriteSettings {
            $0.replacing("portal_url: \(address)", with: "portal_url: http://depot.example")
        }
        try instance.signal(SIGHUP)
        #expect(instance.logs("settings.refused", "portal_url must be https://"), "\(instance.log)")
        #expect(try browser.get("/depots").body.contains("liste.csv"))
        try instance.signal(SIGTERM)
        #expect(instance.daemon?.finish().status == 0)
        withExtendedLifetime(proxy) {}
    }

    /// The example's time and a reader of 10 KB/s, both twenty times as fast: its kernel takes a download in pieces of a megabyte and more, and
    /// for nginx it doesn't read at all between two of them.
    @Test func `who reads slowly and steadily through nginx has the whole download, and who doesn't read is cut off`()
        throws
    {
        let example = try String(contentsOf: Self.example, encoding: .utf8)
        let minutes = try #require(example.firstMatch(of: /\n    send_timeout (\d+)m;\n/).flatMap { Int($0.output.1) })
        #expect(minutes == 5)
        let (instance, base) = try Instance.withPortal(portal: ["trusted_proxies: [127.0.0.0/8]"])
        let port = try ReservedPort.take()
        let address = "https://localhost:\(port)"
        try instance.change("portal_url: \(base)", to: "portal_url: \(address)")
        try instance.start()
        let upstream = String(base.dropFirst("http://".count))
        let proxy = try Proxy(instance, upstream: upstream, port: port, sendTimeout: "\(minutes * 3)s")
        let depositor = try Depositor(instance, organisations: 100)
        let browser = PortalBrowser(instance, at: address)
        try depositor.choosePortalPassword(browser)
        try #require(try browser.logIn(depositor.email).status == 303)
        // Refused at its first line, and kept.
        let large = String(repeating: String(repeating: "x", count: 1_023) + "\n", count: 9 << 10)
        #expect(try browser.deposit(try instance.write(large, to: "grand.csv")).location == "/depots/1")
        _ = try depositor.treated()

        let reader = { (silence: Double) throws in
            try BackgroundCommand(
                [
                    Instance.python, "-B", Depositor.fixtures.appending(path: "slow_reader.py").path,
                    "\(address)/depots/1/fichier", browser.cookie, "200000", "\(silence)",
                ], folder: instance.folder)
        }
        let steady = try reader(0)
        // Twice the time, and the time that nginx may need to see it.
        let deaf = try reader(Double(minutes) * 7)
        let (read, cut) = (steady.finish(), deaf.finish())
        #expect(read.output.hasPrefix("whole \(large.utf8.count) "), "\(read)")
        #expect(cut.output.hasPrefix("broken") || cut.output.hasPrefix("cut"), "\(cut)")
        withExtendedLifetime(proxy) {}
    }

    @Test(arguments: [nil, "http://depot.example.fr"])
    func `a socket of systemd's without the portal's address is refused at the start`(url: String?) throws {
        let instance = try Instance(sections: url.map { "portal_url: \($0)\n" } ?? "")
        let manager = try ServiceManagerStandIn(folder: instance.folder, withPortal: true)
        let daemon = try BackgroundCommand(
            manager.command + instance.serving, folder: instance.folder)
        try #require(eventually { manager.knock() || !daemon.process.isRunning }, "\(daemon.errors)")
        let end = daemon.finish()
        #expect(end.status == 78, "\(end)")
        #expect(end.errors.contains("collecteur: portal_url: "), "\(end)")
    }

    @Test func `another Host is not served, and none or two make no sense`() throws {
        let (instance, base) = try Instance.withPortal()
        try instance.start()
        let own = String(base.dropFirst("http://".count))
        #expect(try curl(instance, base, ["-H", "Host: ailleurs.exemple"]).hasPrefix("HTTP/1.1 421"))
        #expect(try curl(instance, base, ["-H", "Host: \(own)"]).hasPrefix("HTTP/1.1 200"))
        #expect(try curl(instance, base, ["-H", "Host:", "--http1.1"]).hasPrefix("HTTP/1.1 400"))
        // Whoever watches over it asks by any name.
        #expect(try curl(instance, base + "/sante", ["-H", "Host: x"]).hasPrefix("HTTP/1.1 200"))
    }

    @Test func `whoever watches over it is told that the daemon hangs, and that it goes on`() throws {
        let (instance, base) = try Instance.withPortal()
        try instance.start()
        let health = { try curl(instance, base + "/sante") }
        #expect(try health().hasPrefix("HTTP/1.1 200"))
        try instance.signal(SIGSTOP)
        defer { try? instance.signal(SIGCONT) }
        let hung = try health()
        #expect(hung.hasPrefix("HTTP/1.1 503"), "\(hung)")
        try instance.signal(SIGCONT)
        #expect(try eventually { try health().hasPrefix("HTTP/1.1 200") })
    }
}

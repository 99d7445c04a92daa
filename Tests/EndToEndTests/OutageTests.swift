import Foundation
import Testing

/// Whatever people can't get to, `status` says so while it lasts, and no longer.
@Suite struct OutageTests {
    private func causes(_ instance: Instance) throws -> [String] {
        let result = try instance.collecteur("status", "--json")
        let sheet = try #require(
            (try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: Any]])?.first, "\(result)")
        return (sheet["concerns"] as? [[String: Any]] ?? []).compactMap { $0["cause"] as? String }
    }

    /// Whether `status` says, soon, something with all of these words.
    private func says(_ instance: Instance, _ words: String...) throws -> Bool {
        try eventually { try causes(instance).contains { cause in words.allSatisfy { cause.contains($0) } } }
    }

    private func falls(_ instance: Instance, silentAbout words: String) throws -> Bool {
        try eventually { try !causes(instance).contains { $0.contains(words) } }
    }

    private func metric(_ file: URL, _ line: String) -> Bool {
        eventually { (try? String(contentsOf: file, encoding: .utf8))?.contains(line) == true }
    }

    /// A copy of a program that a test may take away.
    private func copy(of name: String, for instance: Instance) throws -> URL {
        let copy = instance.folder.appending(path: name)
        try FileManager.default.copyItem(at: Instance.programs.appending(path: name), to: copy)
        return copy
    }

    @Test func `a portal that can't be started is named with its cause, and forgotten once it serves`() throws {
        let (instance, base) = try Instance.withPortal(sections: "metrics: {file: __METRICS__}\n")
        let metrics = instance.folder.appending(path: "collecteur.prom")
        try instance.rewriteSettings { $0.replacing("__METRICS__", with: metrics.path) }
        let real = Instance.programs.appending(path: "collecteur-portal").path
        let limited = try instance.write("#!/bin/sh\nulimit -n 256\nexec \(real) \"$@\"\n", to: "collecteur-portal")
        chmod(limited, 0o700)
        instance.environment["COLLECTEUR_PORTAL"] = limited
        // Root would raise the hard limit.
        if geteuid() == 0 { instance.user = 65_534 }
        try instance.start()
        #expect(
            try says(instance, "nobody gets to the portal", "RLIMIT_NOFILE", "hard limit is 256"), "\(instance.log)")
        #expect(metric(metrics, "collecteur_service_up{service=\"portal\"} 0"))
        try FileManager.default.removeItem(atPath: limited)
        #expect(try says(instance, "nobody gets to the portal", limited, "No such file"), "\(instance.log)")
        try FileManager.default.copyItem(atPath: real, toPath: limited)
        #expect(try falls(instance, silentAbout: "nobody gets to the portal"), "\(instance.log)")
        #expect(try PortalBrowser(instance, at: base).get("/sante").status == 200)
        #expect(metric(metrics, "collecteur_service_up{service=\"portal\"} 1"))
    }

    @Test func `a portal that hangs is named, and goes on or is replaced`() throws {
        let place = try PortalPlace()
        let first = try #require(place.portal)
        kill(first, SIGSTOP)
        #expect(try says(place.instance, "nobody gets to the portal", "no sign of life"), "\(place.instance.log)")
        kill(first, SIGCONT)
        #expect(try falls(place.instance, silentAbout: "nobody gets to the portal"), "\(place.instance.log)")
        #expect(place.portal == first)
        kill(first, SIGSTOP)
        #expect(place.instance.logs("portal.failed", "no sign of life"), "\(place.instance.log)")
        #expect(eventually { place.portal.map { $0 != first } ?? false }, "\(place.instance.log)")
        #expect(try eventually { try place.browser.get("/sante").status == 200 })
    }

    @Test func `without the session program nobody connects: it is named at once, and forgotten once it is back`()
        throws
    {
        let instance = try Instance()
        let program = try copy(of: "collecteur-session", for: instance)
        instance.environment["COLLECTEUR_SESSION"] = program.path
        try instance.start()
        #expect(try !causes(instance).contains { $0.contains("nobody can connect") })
        try FileManager.default.removeItem(at: program)
        // The template that is left is of no more use than its program.
        _ = try instance.run(["pkill", "-KILL", "-P", "\(try #require(instance.daemon?.process.processIdentifier))"])
        #expect(try says(instance, "nobody can connect", program.path, "missing"), "\(instance.log)")
        _ = knock(instance)
        #expect(instance.logs("session.failed", "No such file"), "\(instance.log)")
        #expect(try says(instance, "nobody can connect", program.path, "No such file"), "\(instance.log)")
        _ = try copy(of: "collecteur-session", for: instance)
        #expect(try falls(instance, silentAbout: "nobody can connect"), "\(instance.log)")
        #expect(knock(instance).hasPrefix("SSH-2.0-"))
    }

    @Test func `a session program of another version is named`() throws {
        let instance = try Instance()
        let program = try copy(of: "collecteur-session", for: instance)
        instance.environment["COLLECTEUR_SESSION"] = program.path
        try instance.start()
        try FileManager.default.removeItem(at: program)
        try "#!/bin/sh\nexit 1\n".write(to: program, atomically: true, encoding: .utf8)
        chmod(program.path, 0o700)
        _ = try instance.run(["pkill", "-KILL", "-P", "\(try #require(instance.daemon?.process.processIdentifier))"])
        #expect(eventually { knock(instance).isEmpty })
        #expect(try says(instance, "nobody can connect", "ended before it was ready"), "\(instance.log)")
    }

    @Test func `clients that come and go are no outage`() throws {
        let instance = try Instance()
        try instance.start()
        for _ in 0..<6 { knockAndReset(instance) }
        #expect(eventually { instance.logged("session.closed") >= 6 }, "\(instance.log)")
        #expect(try !causes(instance).contains { $0.contains("nobody can connect") }, "\(instance.log)")
    }

    private func connected(_ instance: Instance) -> Int32 {
        let raw = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(instance.port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        _ = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(raw, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        return raw
    }

    /// The server's first words; nothing if it hangs up without.
    private func knock(_ instance: Instance) -> String {
        let raw = connected(instance)
        defer { close(raw) }
        var patience = timeval(tv_sec: 120, tv_usec: 0)
        setsockopt(raw, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var buffer = [UInt8](repeating: 0, count: 256)
        let count = recv(raw, &buffer, buffer.count, 0)
        return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
    }

    private func knockAndReset(_ instance: Instance) {
        let raw = connected(instance)
        var now = linger(l_onoff: 1, l_linger: 0)
        setsockopt(raw, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
        close(raw)
    }
}

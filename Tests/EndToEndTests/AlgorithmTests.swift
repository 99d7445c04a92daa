import Foundation
import Testing

/// Point 23: what each profile offers, and to whom.
@Suite struct AlgorithmTests {
    /// What ssh-audit sees of a daemon with this profile.
    private func audit(_ profile: String) throws -> [String: Any] {
        let instance = try Instance(sftp: ["profile: \(profile)"])
        try instance.start()
        let audit = URL(filePath: Instance.python).deletingLastPathComponent().appending(path: "ssh-audit").path
        let result = try instance.run([
            audit, "-jj", "--skip-rate-test", "-t", "200", "-p", "\(instance.port)", "127.0.0.1",
        ])
        return try #require(
            try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any], "\(result)")
    }

    private func names(_ audit: [String: Any], _ kind: String) -> [String] {
        ((audit[kind] as? [[String: Any]]) ?? []).compactMap { $0["algorithm"] as? String }
    }

    @Test func `the default profile has no SHA-1, no compression and no finite fields`() throws {
        let seen = try audit("default")
        #expect(seen["compression"] as? [String] == ["none"])
        let all = ["kex", "key", "enc", "mac"].flatMap { names(seen, $0) }
        #expect(all.contains("curve25519-sha256") && all.contains("ecdsa-sha2-nistp256"), "\(all)")
        #expect(all.contains("aes256-gcm@openssh.com") && all.contains("hmac-sha2-256"), "\(all)")
        for word in ["sha1", "md5", "cbc", "chacha20", "diffie-hellman"] {
            #expect(!all.contains { $0.contains(word) }, "\(all)")
        }
        #expect(!all.contains("ssh-rsa"), "\(all)")
        let banner = (seen["banner"] as? [String: Any])?["raw"] as? String
        #expect(banner == "SSH-2.0-collecteur", "no name that clients take for another server's: \(banner ?? "")")
    }

    @Test func `ssh-audit passes the strict profile`() throws {
        let seen = try audit("strict")
        var warnings: [String] = []
        for kind in ["kex", "key", "enc", "mac"] {
            for algorithm in (seen[kind] as? [[String: Any]]) ?? [] {
                let notes = algorithm["notes"] as? [String: Any]
                #expect(notes?["fail"] == nil, "\(kind): \(algorithm)")
                warnings += notes?["warn"] as? [String] ?? []
            }
        }
        // libssh 0.10 has no post-quantum exchange; that is the one thing left to say.
        #expect(warnings.allSatisfy { $0.contains("post-quantum") }, "\(warnings)")
        #expect((seen["cves"] as? [Any])?.isEmpty != false, "\(seen["cves"] ?? "")")
        let recommended = seen["recommendations"] as? [String: Any] ?? [:]
        for level in ["critical", "warning"] {
            let removals = (recommended[level] as? [String: Any])?["del"] as? [String: Any] ?? [:]
            #expect((removals["enc"] ?? removals["mac"] ?? removals["key"]) == nil, "\(recommended)")
        }
    }

    struct OldRobot: CustomTestStringConvertible {
        let what: String
        let options: [String]
        var testDescription: String { what }
    }

    static let oldRobots = [
        OldRobot(what: "group14 with SHA-1", options: ["-o", "KexAlgorithms=diffie-hellman-group14-sha1"]),
        OldRobot(what: "group16", options: ["-o", "KexAlgorithms=diffie-hellman-group16-sha512"]),
        OldRobot(what: "group exchange", options: ["-o", "KexAlgorithms=diffie-hellman-group-exchange-sha256"]),
        OldRobot(what: "an ssh-rsa host key", options: ["-o", "HostKeyAlgorithms=ssh-rsa"]),
        OldRobot(what: "HMAC-SHA-1", options: ["-o", "Ciphers=aes128-ctr", "-o", "MACs=hmac-sha1"]),
        OldRobot(what: "an RSA key's SHA-1 signature", options: ["-o", "PubkeyAcceptedAlgorithms=ssh-rsa"]),
    ]

    @Test func `the legacy profile lets old robots in and logs each, the default one doesn't`() throws {
        for profile in ["legacy", "default"] {
            let instance = try Instance(sftp: ["profile: \(profile)"])
            try instance.start()
            let depositor = try Depositor(instance, organisations: 10)
            let rsa = ["-o", "IdentityFile=\(try depositor.addKey(["-t", "rsa", "-b", "2048"]))"]
            func logged() -> Int { instance.logged("session.legacy_algorithms") }

            for (count, robot) in Self.oldRobots.enumerated() {
                let identity = robot.what.contains("RSA key") ? rsa : []
                let told = try depositor.sftp("ls \(depositor.folder)", options: robot.options + identity)
                #expect(told.succeeded == (profile == "legacy"), "\(profile), \(robot.what): \(told)\n\(instance.log)")
                let expected = profile == "legacy" ? count + 1 : 0
                #expect(eventually { logged() == expected }, "\(profile), \(robot.what)\n\(instance.log)")
                if profile == "default", identity.isEmpty {
                    #expect(
                        eventually {
                            instance.logged("session.closed", "reason=no_common_algorithm") == count + 1
                        }, "\(robot.what)\n\(instance.log)")
                }
            }
            // The same key with a signature of today is nothing to log, in either profile.
            let before = logged()
            let today = try depositor.sftp(
                "ls \(depositor.folder)", options: rsa + ["-o", "PubkeyAcceptedAlgorithms=rsa-sha2-512,rsa-sha2-256"])
            #expect(today.succeeded, "\(today)")
            instance.stop()
            #expect(logged() == before, "\(instance.log)")
        }
    }
}

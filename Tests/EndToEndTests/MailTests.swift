import Foundation
import TestServers
import Testing

/// The daemon with `transport: smtp` and a real server.
@Suite struct MailTests {
    /// - `lines`: More settings of the mail section.
    private func instance(port: Int, scheme: String = "smtp", host: String = "127.0.0.1", _ lines: [String] = [])
        throws -> Instance
    {
        try Instance(
            sections: """
                mail:
                  transport: smtp
                  url: \(scheme)://\(host):\(port)
                  from: COLLECTEUR <robot@example.fr>
                  retry_initial_seconds: 0.3
                  retry_longest_seconds: 2
                \(lines.map { "  \($0)\n" }.joined())
                """)
    }

    private func put(_ depositor: Depositor, _ name: String = "liste.csv") throws {
        let file = try depositor.instance.write(SampleList.good(20), to: name)
        let result = try depositor.sftp("put \(file) \(depositor.folder)/\(name)")
        try #require(result.succeeded, "\(result)")
    }

    @Test func `a message per recipient goes out, but not to who is mute`() throws {
        let port = try ReservedPort.take()
        let instance = try instance(port: port, ["tls: none", "reply_to: aide@example.fr"])
        let server = try MailServer(instance, port: port)
        let depositor = try Depositor(instance, organisations: 100)
        for name in ["b", "c", "mute"] {
            try instance.admin("user", "add", "\(name)@example.com", "--depositor", depositor.code)
        }
        try instance.admin("user", "mute", "mute@example.com")
        try instance.start()
        try put(depositor)
        try #require(eventually { try server.messages().count == 3 }, "\(instance.log)")
        #expect(try Set(server.recipients()) == [depositor.email, "b@example.com", "c@example.com"])
        let messages = try server.messages()
        #expect(Set(messages.compactMap { $0.firstMatch(of: /Message-ID: <[^>]+@example.fr>/)?.output }).count == 3)
        for message in messages {
            #expect(message.contains("Auto-Submitted: auto-generated\r\n"))
            #expect(
                message.contains("Reply-To: aide@example.fr\r\n") || message.contains("Reply-To: <aide@example.fr>"))
        }
        #expect(try eventually { try instance.json("mail", "list", "--state", "sent").count == 3 })
    }

    @Test func `more mails about deposits than an hour's are one, and others are never held`() throws {
        let port = try ReservedPort.take()
        let instance = try instance(port: port, ["tls: none", "max_per_hour: 2"])
        let depositor = try Depositor(instance, organisations: 100)
        try instance.start()
        for number in 0..<5 { try put(depositor, "liste-\(number).csv") }
        _ = try depositor.treated(5)
        let server = try MailServer(instance, port: port)
        try #require(eventually { try server.messages().count == 2 }, "\(instance.log)")
        #expect(instance.logs("mail.too_many", "to=\(depositor.email)"), "\(instance.log)")
        try instance.admin("mail", "test", "autre@example.com")
        // What is about no deposit went out at once, and nothing else with it.
        #expect(try server.recipients().sorted() == [depositor.email, depositor.email, "autre@example.com"].sorted())
        let states = Set(try instance.json("mail", "list").compactMap { $0["state"] as? String })
        #expect(states.isSubset(of: ["sent", "joined", "queued"]) && states.count > 1, "\(states)")
    }

    @Test func `STARTTLS, a login and a password from a file`() throws {
        let port = try ReservedPort.take()
        let options = ["tls: required", "username: robot"]
        let instance = try instance(
            port: port, host: "localhost", options + ["password_file: PASSWORD", "ca_file: CA"])
        let folder = instance.folder.appending(path: "smtp").path
        try instance.change("CA", to: "\(folder)/cert.pem")
        try instance.change("PASSWORD", to: try instance.write("s3cret d'essai\n", to: "password"))
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let server = try MailServer(
            instance, port: port,
            ["--certificate", folder, "--starttls", "require", "--login", "robot:s3cret d'essai"])
        let depositor = try Depositor(instance, organisations: 100)
        try instance.start()
        try put(depositor)
        try #require(eventually { try server.messages().count == 1 }, "\(instance.log)")
        let envelope = try #require(try server.envelopes().first)
        #expect(envelope["tls"] as? Bool == true && envelope["authenticated"] as? Bool == true)
        #expect(instance.logs("mail.sent"))
        #expect(!instance.finalLog.contains("s3cret"))
    }

    @Test func `what the spool kept is said to be sent to nobody, and is sent once there is a server, if asked for`()
        throws
    {
        let port = try ReservedPort.take()
        let instance = try instance(port: port, ["tls: none"])
        try instance.change("transport: smtp", to: "transport: spool")
        let server = try MailServer(instance, port: port, [])
        let depositor = try Depositor(instance, organisations: 100)
        try instance.start()
        try put(depositor)
        _ = try depositor.treated(1)
        let test = try instance.collecteur("mail", "test", "someone@example.com")
        #expect(test.status == 0 && test.errors.contains("spooled, not sent"), "\(test)")
        #expect(try eventually { try instance.json("mail", "list", "--state", "spooled").count == 2 })
        let status = try instance.collecteur("status")
        #expect(
            status.status == 1 && (status.output + status.errors).contains("sent to nobody; 2 mails there"), "\(status)"
        )
        let today = ISO8601DateFormatter().string(from: Date()).prefix(10)
        let refused = try instance.collecteur("mail", "retry", "--spooled", "--since", String(today))
        #expect(refused.status == 2 && refused.errors.contains("set it to smtp first"), "\(refused)")

        try instance.reload("transport: spool", to: "transport: smtp")
        #expect(try server.messages().isEmpty)
        #expect(try instance.collecteur("mail", "retry", "--spooled").status == 64)
        try instance.admin("mail", "retry", "--spooled", "--since", "2020-01-01")
        try #require(eventually { try server.messages().count == 2 }, "\(instance.log)")
        #expect(try instance.json("mail", "list", "--state", "spooled").isEmpty)
    }

    @Test func `a bad certificate: nothing is sent, mail test says why, deposits go on`() throws {
        let port = try ReservedPort.take()
        let instance = try instance(port: port, host: "localhost", ["tls: required"])
        let folder = instance.folder.appending(path: "smtp").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let server = try MailServer(instance, port: port, ["--certificate", folder, "--starttls", "offer"])
        let depositor = try Depositor(instance, organisations: 100)
        try instance.start()
        for (index, name) in ["a.csv", "b.csv"].enumerated() {
            try put(depositor, name)
            #expect(try depositor.treated(index + 1).allSatisfy { $0["state"] as? String == "succes" })
        }
        let test = try instance.collecteur("mail", "test", "someone@example.com")
        #expect(test.status == 1 && test.errors.contains("certificate"), "\(test)")
        #expect(try server.messages().isEmpty)
        #expect(try instance.json("mail", "list", "--state", "queued").count == 3)

        // The certificate becomes a trusted one: everything that waits goes out by itself.
        try instance.reload("  tls: required", to: "  tls: required\n  ca_file: \(folder)/cert.pem")
        try #require(eventually { try server.messages().count == 3 }, "\(instance.log)")
    }

    @Test func `a server that is down delays no deposit, and gets everything once it is back`() throws {
        let port = try ReservedPort.take()
        let instance = try instance(port: port, ["tls: none"])
        let depositor = try Depositor(instance, organisations: 100)
        try instance.start()
        for index in 1...5 {
            try put(depositor, "liste-\(index).csv")
            _ = try depositor.treated(index)
        }
        #expect(
            try eventually {
                try instance.json("mail", "list").allSatisfy { $0["attempts"] as? Int ?? 0 > 0 }
            })
        #expect(try instance.json("mail", "list", "--state", "queued").count == 5)
        #expect(instance.logs("mail.deferred"))
        // The daemon may even be started again meanwhile.
        instance.crash()
        let server = try MailServer(instance, port: port)
        try instance.start()
        try #require(eventually { try instance.json("mail", "list", "--state", "sent").count == 5 }, "\(instance.log)")
        #expect(try server.messages().count == 5)
    }

    @Test func `a refusal for good is said by status and mail list, and can be tried again`() throws {
        let port = try ReservedPort.take()
        let instance = try instance(port: port, ["tls: none"])
        let depositor = try Depositor(instance, organisations: 100)
        let server = try MailServer(
            instance, port: port, ["--refuse-recipient", "\(depositor.email)=550 5.1.1 boite inconnue", "--times", "1"])
        try instance.start()
        try put(depositor)
        #expect(try depositor.treated().first?["state"] as? String == "succes")
        try #require(
            eventually { try instance.json("mail", "list", "--state", "failed").count == 1 }, "\(instance.log)")
        let mail = try #require(try instance.json("mail", "list").first)
        #expect((mail["lastError"] as? String)?.contains("boite inconnue") == true)
        #expect(instance.logs("mail.failed"))
        let status = try instance.collecteur("status")
        #expect(status.status == 1 && (status.output + status.errors).contains("1 mail given up: "), "\(status)")

        try instance.admin("mail", "retry", "--failed", "--since", "2026-01-01")
        try #require(eventually { try server.messages().count == 1 }, "\(instance.log)")
        #expect(try eventually { try instance.json("mail", "list", "--state", "sent").count == 1 })
        let again = try instance.collecteur("mail", "retry", "\(mail["id"] ?? 0)")
        #expect(again.status == 2, "\(again)")
    }

    @Test func `killed between the server's answer and the row, it repeats the mail under the same Message-ID`() throws
    {
        let port = try ReservedPort.take()
        let instance = try instance(port: port, ["tls: none"])
        let server = try MailServer(instance, port: port)
        let depositor = try Depositor(instance, organisations: 100)
        instance.environment["COLLECTEUR_FAULT"] = "sent"
        try instance.start()
        try put(depositor)
        try #require(eventually { instance.daemon?.process.isRunning == false })
        instance.environment["COLLECTEUR_FAULT"] = nil
        try instance.start()
        try #require(eventually { try instance.json("mail", "list", "--state", "sent").count == 1 }, "\(instance.log)")
        let messages = try server.messages()
        #expect(messages.count == 2)
        #expect(Set(messages).count == 1, "the same bytes, Message-ID and date included")
    }

    @Test func `a server that drops in DATA or is slow gets each mail in the end`() throws {
        let port = try ReservedPort.take()
        let instance = try instance(port: port, ["tls: none", "parallel: 2"])
        let server = try MailServer(
            instance, port: port, ["--drop", "data-end", "--times", "2", "--slow", "0.3"])
        let depositor = try Depositor(instance, organisations: 100)
        try instance.admin("user", "add", "b@example.com", "--depositor", depositor.code)
        try instance.start()
        try put(depositor)
        try #require(eventually { try instance.json("mail", "list", "--state", "sent").count == 2 }, "\(instance.log)")
        #expect(try server.messages().count == 2)
    }
}

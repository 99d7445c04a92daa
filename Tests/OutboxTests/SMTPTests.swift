import ServiceConfiguration
import Foundation
import Qualiopi
import Synchronization
import TestServers
import TestSupport
import Testing

@testable import Outbox

/// Against a real server, for each way in which it takes, defers or refuses a message.
@Suite(.timeLimit(.minutes(5))) struct SMTPTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func `messages go over one connection`() throws {
        let server = try SMTPServer(in: folder.appending("mails"))
        let carrier = SMTPCarrier(settings: settings(server))
        for number in 1...3 { try carrier.deliver(message(number), name: "\(number)") }
        carrier.rest()
        let received = try server.messages()
        #expect(received.map(\.text) == (1...3).map { String(decoding: message($0).bytes, as: UTF8.self) })
        #expect(received.allSatisfy { $0.envelope.from == "robot@example.com" && !$0.envelope.tls })
        #expect(
            received.map(\.envelope.to) == [
                ["someone1@example.com"], ["someone2@example.com"], ["someone3@example.com"],
            ])
        #expect(server.connections == 1)
    }

    @Test func `a line that is a dot arrives`() throws {
        let server = try SMTPServer(in: folder.appending("mails"))
        var dots = message(1)
        dots.body = ".\n..\nfin"
        try SMTPCarrier(settings: settings(server)).deliver(dots, name: "1")
        #expect(try server.messages().map(\.text) == [String(decoding: dots.bytes, as: UTF8.self)])
    }

    // MARK: TLS

    @Test(arguments: [
        (["--starttls", "require"], Settings.MailSecurity.required), (["--smtps"], .required),
        (["--starttls", "offer"], .opportunistic), (["--smtps"], .none),
    ])
    func `TLS with a certificate that is trusted`(_ options: [String], _ tls: Settings.MailSecurity) throws {
        let server = try SMTPServer(in: folder.appending("mails"), ["--certificate", folder.url.path] + options)
        var settings = settings(server, scheme: options == ["--smtps"] ? "smtps" : "smtp", host: "localhost")
        settings.tls = tls
        settings.caFile = folder.appending("cert.pem").path
        try SMTPCarrier(settings: settings).deliver(message(1), name: "1")
        #expect(try server.messages().map(\.envelope.tls) == [true])
    }

    @Test(arguments: [
        // (options, host, is the certificate given, tls)
        (["--starttls", "require"], "localhost", false, Settings.MailSecurity.required),
        (["--starttls", "require", "--name", "other.example"], "localhost", true, .required),
        (["--smtps"], "localhost", false, .required),
        (["--smtps", "--name", "other.example"], "localhost", true, .none),
        (["--starttls", "offer"], "localhost", false, .opportunistic),
        (["--starttls", "none"], "localhost", true, .required),
    ])
    func `nothing is sent where TLS does not hold`(
        _ options: [String], _ host: String, _ trusted: Bool, _ tls: Settings.MailSecurity
    ) throws {
        let server = try SMTPServer(in: folder.appending("mails"), ["--certificate", folder.url.path] + options)
        var settings = settings(server, scheme: options.contains("--smtps") ? "smtps" : "smtp", host: host)
        settings.tls = tls
        if trusted { settings.caFile = folder.appending("cert.pem").path }
        #expect(failure(settings).isUnavailable)
        #expect(try server.messages().isEmpty)
    }

    @Test func `opportunistic goes without TLS where there is none`() throws {
        let server = try SMTPServer(in: folder.appending("mails"))
        var settings = settings(server)
        settings.tls = .opportunistic
        try SMTPCarrier(settings: settings).deliver(message(1), name: "1")
        #expect(try server.messages().map(\.envelope.tls) == [false])
    }

    // MARK: AUTH

    @Test(arguments: ["secret", "secret\n", "secret\r\nsecond line"])
    func `the login uses the password of the file`(_ content: String) throws {
        let server = try SMTPServer(in: folder.appending("mails"), ["--login", "robot:secret"])
        var settings = settings(server)
        settings.username = "robot"
        settings.passwordFile = try folder.write(content, to: "password")
        try SMTPCarrier(settings: settings).deliver(message(1), name: "1")
        #expect(try server.messages().map(\.envelope.authenticated) == [true])
    }

    @Test func `a wrong password condemns no message`() throws {
        let server = try SMTPServer(in: folder.appending("mails"), ["--login", "robot:secret"])
        var settings = settings(server)
        settings.username = "robot"
        settings.passwordFile = try folder.write("wrong", to: "password")
        #expect(failure(settings).isUnavailable)
        settings.passwordFile = folder.appending("absent").path
        #expect(failure(settings).isUnavailable)
        #expect(failure(settings).text.contains("absent"))
    }

    // MARK: Refusals

    @Test(arguments: [
        (
            ["--refuse-recipient", "someone1@example.com=550 5.1.1 inconnu ici"], DeliveryFailure.final(""),
            "5.1.1 inconnu ici"
        ),
        (["--refuse-recipient", "someone1@example.com=450 4.2.0 liste grise"], .temporary(""), "4.2.0 liste grise"),
        (["--refuse-sender", "553 5.1.8 expediteur"], .unavailable(""), "5.1.8"),
        (["--refuse-sender", "530 5.7.0 identification"], .unavailable(""), "5.7.0"),
        (["--refuse-sender", "552 5.3.4 trop grand"], .final(""), "5.3.4"),
        (["--refuse-recipient", "someone1@example.com=530 5.7.1 identification"], .unavailable(""), "5.7.1"),
        (["--refuse-sender", "451 4.3.0 plus tard"], .temporary(""), "4.3.0"),
        (["--refuse-message", "554 5.7.1 contenu"], .final(""), "5.7.1 contenu"),
        (["--refuse-message", "452 4.3.1 disque"], .temporary(""), "4.3.1 disque"),
        (["--greeting", "554 5.3.2 ferme"], .unavailable(""), "5.3.2 ferme"),
        (["--greeting", "421 4.3.2 charge"], .unavailable(""), "4.3.2 charge"),
        (["--drop", "connect"], .unavailable(""), ""),
        (["--drop", "data-start"], .temporary(""), ""),
        (["--drop", "data-end"], .temporary(""), ""),
    ])
    func `an answer decides what follows`(_ options: [String], _ kind: DeliveryFailure, _ text: String) throws {
        let server = try SMTPServer(in: folder.appending("mails"), options)
        let failure = failure(settings(server))
        #expect(failure.kind == kind, "\(failure)")
        #expect(text.isEmpty || failure.text.contains(text), "\(failure.text)")
        #expect(try server.messages().isEmpty)
    }

    @Test func `a refusal does not stop the next message`() throws {
        let server = try SMTPServer(
            in: folder.appending("mails"), ["--refuse-recipient", "someone1@example.com=550 5.1.1 inconnu"])
        let carrier = SMTPCarrier(settings: settings(server))
        #expect(throws: DeliveryFailure.self) { try carrier.deliver(message(1), name: "1") }
        try carrier.deliver(message(2), name: "2")
        #expect(try server.messages().map(\.envelope.to) == [["someone2@example.com"]])
    }

    @Test func `a connection that was cut is opened again`() throws {
        let server = try SMTPServer(in: folder.appending("mails"), ["--drop", "data-end", "--times", "1"])
        let carrier = SMTPCarrier(settings: settings(server))
        #expect(throws: DeliveryFailure.self) { try carrier.deliver(message(1), name: "1") }
        try carrier.deliver(message(1), name: "1")
        #expect(try server.messages().count == 1)
        #expect(server.connections == 2)
    }

    @Test(arguments: ["", "no-at-sign", "a@b\r\nRCPT TO:<c@d>", "é@example.com"])
    func `what is no address is final`(_ recipient: String) throws {
        let server = try SMTPServer(in: folder.appending("mails"))
        var message = message(1)
        message.recipient = recipient
        #expect(failure(settings(server), message).kind == .final(""))
        #expect(server.connections == 0)
    }

    // MARK: Silence

    @Test func `a server that is not there is unavailable`() throws {
        #expect(failure(settings(port: try ReservedPort.take())).isUnavailable)
    }

    @Test func `a silent server is given up`() throws {
        let server = try SMTPServer(in: folder.appending("mails"), ["--slow", "60"])
        var patience = SMTPCarrier.Patience()
        patience.answer = 1
        let carrier = SMTPCarrier(settings: settings(server), patience: patience)
        #expect(throws: DeliveryFailure.self) { try carrier.deliver(message(1), name: "1") }
    }

    @Test func `an abandoned transfer ends soon`() throws {
        let server = try SMTPServer(in: folder.appending("mails"), ["--slow", "60"])
        let carrier = SMTPCarrier(settings: settings(server), isAbandoned: { true })
        let time = ContinuousClock().measure {
            #expect(throws: DeliveryFailure.self) { try carrier.deliver(message(1), name: "1") }
        }
        // The server answers after a minute.
        #expect(time < .seconds(50))
    }

    // MARK: Parts

    private func settings(_ server: SMTPServer, scheme: String = "smtp", host: String = "127.0.0.1") -> Settings.Mail {
        settings(port: server.port, scheme: scheme, host: host)
    }

    private func settings(port: Int, scheme: String = "smtp", host: String = "127.0.0.1") -> Settings.Mail {
        var settings = Settings.Mail()
        settings.transport = .smtp
        settings.url = "\(scheme)://\(host):\(port)"
        settings.tls = .none
        return settings
    }

    private func message(_ number: Int) -> Message {
        Message(
            from: Mailbox(name: "COLLECTEUR", address: "robot@example.com"), replyTo: nil,
            recipient: "someone\(number)@example.com", subject: "QUALIOPI - Dépôt validé",
            body: "Votre dépôt \(number)",
            identifier: "\(number)@example.com",
            date: LocalTime(date: CivilDate(daysSinceEpoch: 20_000), hour: 1, minute: 2, second: 3, offsetSeconds: 0))
    }

    private func failure(_ settings: Settings.Mail, _ other: Message? = nil) -> DeliveryFailure {
        do throws(DeliveryFailure) {
            try SMTPCarrier(settings: settings).deliver(other ?? message(1), name: "1")
        } catch { return error }
        Issue.record("the message was taken")
        return .temporary("none")
    }
}

extension DeliveryFailure {
    /// What the server or the system said.
    var text: String {
        switch self {
        case .unavailable(let text), .temporary(let text), .final(let text): text
        }
    }

    /// The case alone.
    var kind: DeliveryFailure {
        switch self {
        case .unavailable: .unavailable("")
        case .temporary: .temporary("")
        case .final: .final("")
        }
    }

    var isUnavailable: Bool { kind == .unavailable("") }
}

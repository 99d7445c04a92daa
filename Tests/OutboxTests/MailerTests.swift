import OutboxStore
import ServiceConfiguration
import Foundation
import LinuxSystem
import Logging
import Qualiopi
import ServiceLifecycle
import Store
import Synchronization
import TestServers
import TestSupport
import Testing

@testable import Outbox

/// The mailer with a real database, server and spool.
@Suite(.timeLimit(.minutes(5))) struct MailerTests {
    private let folder: TemporaryFolder
    private let state: StateDirectory
    private let store: Store
    private let clock = TestClock(running: true)

    init() throws {
        folder = try TemporaryFolder()
        state = StateDirectory(path: folder.appending("state").path)
        try state.prepare()
        store = try Store(path: state.database)
    }

    @Test func `mails that wait at the start go out, and those queued later too`() async throws {
        let server = try SMTPServer(in: folder.appending("mails"))
        try queue(1...20)
        try await withMailer(settings(server)) { mailer, _ in
            try await eventually { try server.messages().count == 20 }
            try queue(21...22)
            mailer.kick()
            try await eventually { try server.messages().count == 22 }
            try await eventually { try store.outbox.mails(state: .sent).count == 22 }
        }
        let received = try server.messages().flatMap(\.envelope.to)
        #expect(Set(received) == Set((1...22).map { "someone\($0)@example.com" }))
        #expect(server.connections <= 8, "\(server.connections) connections")
    }

    @Test func `each mail keeps its Message-ID`() async throws {
        let server = try SMTPServer(in: folder.appending("mails"), ["--drop", "data-end", "--times", "1"])
        try queue(1...1)
        try await withMailer(settings(server)) { _, _ in
            try await eventually { try store.outbox.mails(state: .sent).count == 1 }
        }
        let mail = try #require(try store.outbox.mails().first)
        #expect(try server.messages().count == 1)
        let received = try #require(try server.messages().first)
        #expect(received.text.contains("Message-ID: <\(mail.messageID)@localhost>\r\n"))
        #expect(mail.attempts == 2 && mail.lastError == nil)
    }

    /// One worker looks into the outbox while another records that the mail was sent: what was seen is older than that.
    @Test func `a mail whose result came during a look is not handed out again`() throws {
        try queue(1...1)
        let due = try store.outbox.dueMails(
            now: Timestamp(milliseconds: .max), horizon: Timestamp(milliseconds: .max), limit: 10)
        let line = MailQueue()
        guard case .look = line.next(isResting: false) else { throw Unexpected() }
        line.fill(due, isAll: true, next: nil)
        guard case .deliver(let mail) = line.next(isResting: false) else { throw Unexpected() }
        line.kick()
        guard case .look = line.next(isResting: false) else { throw Unexpected() }
        line.release(mail.id, delivered: true)
        line.fill(due, isAll: true, next: nil)
        guard case .rest = line.next(isResting: false) else { throw Unexpected() }
    }

    private struct Unexpected: Error {}

    @Test func `a 5xx answer is final and leaves the others alone`() async throws {
        let server = try SMTPServer(
            in: folder.appending("mails"), ["--refuse-recipient", "someone2@example.com=550 5.1.1 inconnu"])
        try queue(1...3)
        try await withMailer(settings(server)) { _, _ in
            try await eventually { try store.outbox.mails(state: .queued).isEmpty }
        }
        #expect(try server.messages().count == 2)
        let failed = try store.outbox.mails(state: .failed)
        #expect(failed.map(\.recipient) == ["someone2@example.com"])
        #expect(failed.first?.lastError?.contains("5.1.1 inconnu") == true)
    }

    @Test func `a server that comes back gets everything once`() async throws {
        let port = try ReservedPort.take()
        let settings = settings(port: port)
        try queue(1...30)
        try await withMailer(settings) { _, _ in
            try await eventually { try store.outbox.mails(state: .queued).allSatisfy { $0.attempts > 0 } }
            let server = try SMTPServer(in: folder.appending("mails"), port: port)
            try await eventually { try store.outbox.mails(state: .sent).count == 30 }
            #expect(try Set(server.messages().flatMap(\.envelope.to)).count == 30)
            #expect(try server.messages().count == 30)
        }
    }

    @Test func `a mail that became too old is given up`() async throws {
        let server = try SMTPServer(in: folder.appending("mails"), ["--refuse-message", "451 4.3.0 plus tard"])
        var settings = settings(server)
        settings.retryHours = 1
        try queue(1...1)
        clock.advance(seconds: 3601)
        try await withMailer(settings) { _, _ in
            try await eventually { try store.outbox.mails(state: .failed).count == 1 }
        }
        let mail = try #require(try store.outbox.mails().first)
        #expect(mail.attempts == Backoff.fewestTries)
        #expect(mail.lastError?.contains("given up after 3 tries") == true)
    }

    @Test func `a due time is on the civil clock`() async throws {
        let server = try SMTPServer(
            in: folder.appending("mails"), ["--refuse-message", "451 4.3.0 plus tard", "--times", "1"])
        var settings = settings(server)
        (settings.retryInitialSeconds, settings.retryLongestSeconds) = (3000, 3600)
        try queue(1...1)
        try await withMailer(settings) { mailer, _ in
            try await eventually { try store.outbox.mails(state: .queued).first?.attempts == 1 }
            clock.advance(seconds: 3001)
            mailer.kick()
            try await eventually { try store.outbox.mails(state: .sent).count == 1 }
        }
    }

    @Test func `a reload changes the server`() async throws {
        let server = try SMTPServer(in: folder.appending("mails"))
        var wrong = settings(server)
        wrong.url = "smtp://127.0.0.1:1"
        try queue(1...1)
        try await withMailer(wrong) { _, inForce in
            try await eventually { try store.outbox.mails(state: .queued).first?.attempts ?? 0 > 0 }
            var right = Settings()
            right.mail = settings(server)
            _ = inForce.replace(with: right)
            try await eventually { try server.messages().count == 1 }
        }
    }

    @Test func `the spool has a file per mail`() async throws {
        try queue(1...5)
        try await withMailer(Settings.Mail()) { _, _ in
            try await eventually { try store.outbox.mails(state: .spooled).count == 5 }
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: state.mailSpool)
        #expect(names.sorted() == ["1.eml", "2.eml", "3.eml", "4.eml", "5.eml"])
    }

    @Test func `a slow server does not hold up the stop`() async throws {
        let server = try SMTPServer(in: folder.appending("mails"), ["--slow", "60"])
        try queue(1...10)
        let clock = ContinuousClock()
        let start = Mutex(clock.now)
        try await withMailer(settings(server)) { _, _ in
            try await eventually { server.connections > 0 }
            start.withLock { $0 = clock.now }
        }
        // The server answers after a minute.
        #expect(clock.now - start.withLock { $0 } < .seconds(50))
        #expect(try store.outbox.mails(state: .queued).count == 10)
        #expect(try store.outbox.mails().allSatisfy { $0.attempts == 0 })
    }

    // MARK: Parts

    private func settings(_ server: SMTPServer) -> Settings.Mail { settings(port: server.port) }

    private func settings(port: Int) -> Settings.Mail {
        var settings = Settings.Mail()
        settings.transport = .smtp
        settings.url = "smtp://127.0.0.1:\(port)"
        settings.tls = .none
        settings.retryInitialSeconds = 0.2
        settings.retryLongestSeconds = 2
        return settings
    }

    private func queue(_ numbers: ClosedRange<Int>) throws {
        let mails = numbers.map {
            NewMail(
                kind: "test", recipient: "someone\($0)@example.com",
                subject: DepositMail.validated.subject, body: "Votre dépôt \($0)")
        }
        try store.outbox.queue(mails, at: clock.civil.now())
    }

    /// Runs a mailer until the body returns, then stops it as the daemon does.
    private func withMailer(_ settings: Settings.Mail, _ body: (Mailer, SettingsInForce) async throws -> Void)
        async throws
    {
        var all = Settings()
        all.mail = settings
        let inForce = SettingsInForce(all)
        let mailer = Mailer(
            settings: inForce, state: state, outbox: store.outbox, clock: clock.civil,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let group = ServiceGroup(services: [mailer], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        async let running: Void = group.run()
        do {
            try await body(mailer, inForce)
        } catch {
            await group.triggerGracefulShutdown()
            throw error
        }
        await group.triggerGracefulShutdown()
        try await running
    }
}

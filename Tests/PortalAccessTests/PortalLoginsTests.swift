import Administration
import Credentials
import Foundation
import LinuxSystem
import Logging
import PortalProtocol
import Qualiopi
import ServiceConfiguration
import AccountStore
import OutboxStore
import PortalStore
import Store
import Synchronization
import TestSupport
import Testing

@testable import PortalAccess

/// Logins, links and changes, as the daemon answers them: above all that nobody shuts another out.
@Suite struct PortalLoginsTests {
    private static let email = "a@b.fr"
    private static let right = "Portail-2026"
    private static let home = "192.0.2.1"
    private static let stranger = "203.0.113.9"

    private let folder: TemporaryFolder
    private let store: Store
    private let administration: Administration
    private let logins: PortalLogins
    private let clock = TestClock()

    init() throws {
        folder = try TemporaryFolder()
        let state = StateDirectory(path: folder.appending("state").path)
        try state.prepare()
        store = try Store(path: state.database)
        administration = Administration(store: store, state: state, clock: clock.civil) { _ in nil }
        var settings = Settings()
        settings.portalURL = "https://depot.exemple.fr"
        logins = try PortalLogins(
            portal: store.portal, administration: administration, settings: SettingsInForce(settings),
            clock: clock.civil, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        _ = try store.accounts.addUser(email: Self.email, depositors: [], by: .test, at: clock.civil.now())
        try store.portal.setPassword(
            email: Self.email, hash: try Passwords.hash(Array(Self.right.utf8)), by: .test, at: clock.civil.now())
    }

    private func answer(_ ask: (@escaping @Sendable (Answer) -> Void) -> Void) async -> Answer {
        await withCheckedContinuation { continuation in ask { continuation.resume(returning: $0) } }
    }

    private func login(_ password: String = right, from address: String) async -> Answer {
        var credentials = PortalProtocol.Credentials()
        credentials.email = Self.email
        credentials.password = Array(password.utf8)
        return await answer { logins.login(credentials, from: address, $0) }
    }

    private func askReset(_ email: String = email, from address: String) async -> Answer {
        await answer { logins.askReset(email, from: address, $0) }
    }

    private func reset(_ token: [UInt8], _ password: String, from address: String = home) async -> Answer {
        await Self.reset(logins, token, password, from: address)
    }

    private static func reset(
        _ logins: PortalLogins, _ token: [UInt8], _ password: String, from address: String
    ) async -> Answer {
        var new = NewPassword()
        new.token = token
        new.password = Array(password.utf8)
        return await withCheckedContinuation { continuation in
            logins.reset(new, from: address) { continuation.resume(returning: $0) }
        }
    }

    private func mails(_ kind: String) throws -> Int { try store.outbox.mails().count { $0.kind == kind } }

    private func addLink() throws -> [UInt8] {
        let token = PortalTokens.make()
        let now = clock.civil.now()
        try store.portal.addLink(
            hash: PortalTokens.hash(token), email: Self.email, until: now.adding(seconds: 3600),
            mail: NewMail(kind: "portail.motDePasse", recipient: Self.email, subject: "S", body: "lien"), by: .test,
            at: now)
        return token
    }

    private static func isSession(_ answer: Answer) -> Bool { if case .session = answer { true } else { false } }
    private static func isLater(_ answer: Answer) -> Bool { if case .later = answer { true } else { false } }

    @Test func `of those who come with one link at once one alone has used it`() async throws {
        let token = try addLink()
        let answers = await withTaskGroup(of: (String, Answer).self) { [logins] group in
            for number in 1...8 {
                let password = "Nouveau-202\(number)"
                group.addTask { (password, await Self.reset(logins, token, password, from: Self.home)) }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        let winners = answers.filter { $0.1 == .done }
        #expect(winners.count == 1 && answers.count { $0.1 == .notFound } == 7, "\(answers.map(\.1))")
        #expect(try mails("portail.motDePasseModifie") == 1)
        let hash = try #require(try store.portal.person(email: Self.email)).hash
        #expect(Passwords.verify(Array(try #require(winners.first).0.utf8), hash))
    }

    @Test func `whoever asks for links without end takes none from the person, and is told where it is too often`()
        async throws
    {
        for _ in 1...5 { #expect(await askReset(from: Self.stranger) == .done) }
        #expect(Self.isLater(await askReset(from: Self.stranger)))
        try await eventually { try mails("portail.motDePasse") > 0 }
        // The person asks besides: the mail is there already. Somebody else's mail comes after all that was asked before.
        #expect(await askReset(from: Self.home) == .done)
        _ = try store.accounts.addUser(email: "c@b.fr", depositors: [], by: .test, at: clock.civil.now())
        #expect(await askReset("c@b.fr", from: Self.home) == .done)
        try await eventually { try store.outbox.mails().contains { $0.recipient == "c@b.fr" } }
        #expect(try mails("portail.motDePasse") == 2)
        for number in 1...6 {
            clock.advance(seconds: PortalLogins.mailSpacing + 1)
            #expect(await askReset(from: "198.51.100.\(number)") == .done)
            try await eventually { try mails("portail.motDePasse") == 2 + number }
        }
    }

    @Test func `strangers who fail keep nobody out who comes from where he has logged in`() async throws {
        #expect(Self.isSession(await login(from: Self.home)))
        for number in 1...5 { #expect(await login("Faux-202\(number)", from: Self.stranger) == .loginNeeded) }
        #expect(Self.isLater(await login(from: Self.stranger)))
        #expect(Self.isLater(await login(from: "198.51.100.7")))
        #expect(Self.isSession(await login(from: Self.home)))
        // Guesses from there are bounded as well.
        for number in 1...5 { #expect(await login("Faux-203\(number)", from: Self.home) == .loginNeeded) }
        #expect(Self.isLater(await login(from: Self.home)))
        // A new password by mail lets in there, whatever strangers do in between.
        #expect(await reset(try addLink(), "Nouveau-2026", from: Self.home) == .done)
        for number in 1...5 { _ = await login("Faux-204\(number)", from: Self.stranger) }
        #expect(Self.isSession(await login("Nouveau-2026", from: Self.home)))
    }

    @Test func `who is logged in changes the password while strangers fail, and guesses it no more often`() async throws
    {
        guard case .session(let token) = await login(from: Self.home) else {
            Issue.record("no session")
            return
        }
        let person = try #require(
            try store.portal.visitor(
                hash: PortalTokens.hash(token), idle: 60, absolute: 60, now: clock.civil.now()))
        for number in 1...5 { _ = await login("Faux-202\(number)", from: Self.stranger) }
        var change = PasswordChange()
        change.password = Array("Nouveau-2026".utf8)
        // From another address than that of the login, as on the way.
        change.current = Array("Faux-2026".utf8)
        for _ in 1...4 {
            guard case .refused = try logins.change(change, person, from: "198.51.100.7") else {
                Issue.record("another answer")
                return
            }
        }
        change.current = Array(Self.right.utf8)
        #expect(Self.isSession(try logins.change(change, person, from: "198.51.100.7")))
        change.current = Array("Faux-2026".utf8)
        for _ in 1...5 { _ = try logins.change(change, person, from: "198.51.100.7") }
        change.current = Array("Nouveau-2026".utf8)
        #expect(Self.isLater(try logins.change(change, person, from: "198.51.100.7")))
    }

    @Test func `places are kept for few addresses of many accounts`() {
        var places = KnownPlaces()
        for number in 1...6 { places.note("192.0.2.\(number)", of: "a@b.fr") }
        #expect(!places.knows("192.0.2.1", of: "a@b.fr") && places.knows("192.0.2.6", of: "a@b.fr"))
        #expect(!places.knows("192.0.2.6", of: "c@b.fr"))
        for number in 1...20_001 { places.note("192.0.2.1", of: "\(number)") }
        #expect((1...20_001).count { places.knows("192.0.2.1", of: "\($0)") } <= 20_000)
    }
}

import AccountStore
import Administration
import Credentials
import OutboxStore
import PortalProtocol
import PortalStore
import Qualiopi
import Store
import TestSupport
import Testing

@testable import PortalAccess

/// Logins, links and changes, as the daemon answers them: above all that nobody shuts another out.
@Suite struct PortalLoginsTests {
    private static let email = "a@b.fr"
    private static let right = "Portail-2026"
    private static let home = "192.0.2.1"
    private static let stranger = "203.0.113.9"

    private let fixture: EntranceFixture

    init() throws {
        fixture = try EntranceFixture()
        try fixture.addUser(Self.email)
        try fixture.store.portal.people.setPassword(
            email: Self.email, hash: try Passwords.hash(Array(Self.right.utf8)), by: .test, at: fixture.now)
    }

    private func login(_ password: String = right, from address: String) async -> Answer {
        var credentials = PortalProtocol.Credentials()
        credentials.email = Self.email
        credentials.password = Array(password.utf8)
        return await fixture.answer { fixture.entrance.logins.login(credentials, from: address, $0) }
    }

    private func askReset(_ email: String = email, from address: String) async -> Answer {
        await fixture.answer { fixture.entrance.links.askReset(email, from: address, $0) }
    }

    private func reset(_ token: [UInt8], _ password: String, from address: String = home) async -> Answer {
        await Self.reset(fixture, token, password, from: address)
    }

    private static func reset(
        _ fixture: EntranceFixture, _ token: [UInt8], _ password: String, from address: String
    ) async -> Answer {
        var new = NewPassword()
        new.token = token
        new.password = Array(password.utf8)
        return await fixture.answer { fixture.entrance.links.reset(new, from: address, $0) }
    }

    private func mails(_ kind: String) throws -> Int { try fixture.store.outbox.mails().count { $0.kind == kind } }

    private func addLink() throws -> [UInt8] {
        let token = PortalTokens.make()
        let now = fixture.now
        try fixture.store.portal.links.add(
            hash: PortalTokens.hash(token), email: Self.email, until: now.adding(seconds: 3600),
            mail: NewMail(kind: "portail.motDePasse", recipient: Self.email, subject: "S", body: "lien"), by: .test,
            at: now)
        return token
    }

    @Test func `of those who come with one link at once one alone has used it`() async throws {
        let token = try addLink()
        let answers = await withTaskGroup(of: (String, Answer).self) { [fixture] group in
            for number in 1...8 {
                let password = "Nouveau-202\(number)"
                group.addTask { (password, await Self.reset(fixture, token, password, from: Self.home)) }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        let winners = answers.filter { $0.1 == .done }
        #expect(winners.count == 1 && answers.count { $0.1 == .notFound } == 7, "\(answers.map(\.1))")
        #expect(try mails("portail.motDePasseModifie") == 1)
        let hash = try #require(try fixture.store.portal.people.person(email: Self.email)).hash
        #expect(Passwords.verify(Array(try #require(winners.first).0.utf8), hash))
    }

    @Test func `whoever asks for links without end takes none from the person, and is told where it is too often`()
        async throws
    {
        for _ in 1...5 { #expect(await askReset(from: Self.stranger) == .done) }
        #expect((await askReset(from: Self.stranger)).isLater)
        try await eventually { try mails("portail.motDePasse") > 0 }
        // The person asks besides: the mail is there already. Somebody else's mail comes after all that was asked before.
        #expect(await askReset(from: Self.home) == .done)
        try fixture.addUser("c@b.fr")
        #expect(await askReset("c@b.fr", from: Self.home) == .done)
        try await eventually { try fixture.store.outbox.mails().contains { $0.recipient == "c@b.fr" } }
        #expect(try mails("portail.motDePasse") == 2)
        for number in 1...6 {
            fixture.clock.advance(seconds: MailSpacing.seconds + 1)
            #expect(await askReset(from: "198.51.100.\(number)") == .done)
            try await eventually { try mails("portail.motDePasse") == 2 + number }
        }
    }

    @Test func `strangers who fail keep nobody out who comes from where he has logged in`() async throws {
        #expect((await login(from: Self.home)).isSession)
        for number in 1...5 { #expect(await login("Faux-202\(number)", from: Self.stranger) == .loginNeeded) }
        #expect((await login(from: Self.stranger)).isLater)
        #expect((await login(from: "198.51.100.7")).isLater)
        #expect((await login(from: Self.home)).isSession)
        // Guesses from there are bounded as well.
        for number in 1...5 { #expect(await login("Faux-203\(number)", from: Self.home) == .loginNeeded) }
        #expect((await login(from: Self.home)).isLater)
        // A new password by mail lets in there, whatever strangers do in between.
        #expect(await reset(try addLink(), "Nouveau-2026", from: Self.home) == .done)
        for number in 1...5 { _ = await login("Faux-204\(number)", from: Self.stranger) }
        #expect((await login("Nouveau-2026", from: Self.home)).isSession)
    }

    @Test func `who is logged in changes the password while strangers fail, and guesses it no more often`() async throws
    {
        guard case .session(let token) = await login(from: Self.home) else {
            Issue.record("no session")
            return
        }
        let person = try #require(
            try fixture.store.portal.sessions.visitor(
                hash: PortalTokens.hash(token), idle: 60, absolute: 60, now: fixture.now))
        for number in 1...5 { _ = await login("Faux-202\(number)", from: Self.stranger) }
        var change = PasswordChange()
        change.password = Array("Nouveau-2026".utf8)
        // From another address than that of the login, as on the way.
        change.current = Array("Faux-2026".utf8)
        for _ in 1...4 {
            guard case .refused = try fixture.entrance.logins.change(change, person, from: "198.51.100.7") else {
                Issue.record("another answer")
                return
            }
        }
        change.current = Array(Self.right.utf8)
        #expect((try fixture.entrance.logins.change(change, person, from: "198.51.100.7")).isSession)
        change.current = Array("Faux-2026".utf8)
        for _ in 1...5 { _ = try fixture.entrance.logins.change(change, person, from: "198.51.100.7") }
        change.current = Array("Nouveau-2026".utf8)
        #expect((try fixture.entrance.logins.change(change, person, from: "198.51.100.7")).isLater)
    }
}

import AccountStore
import Administration
import Credentials
import OutboxStore
import PortalHTML
import PortalProtocol
import PortalStore
import Qualiopi
import Store
import TestSupport
import Testing

@testable import PortalAccess

/// People who come by themselves, as the daemon answers them.
@Suite struct PortalRegistrationsTests {
    private let fixture: EntranceFixture

    init() throws { fixture = try EntranceFixture() }

    private func register(_ password: String, _ email: String, from address: String) async -> Answer {
        var typed = Registration()
        typed.siret = EntranceFixture.siret
        typed.email = email
        typed.password = Array(password.utf8)
        typed.confirmation = typed.password
        typed.title = "madame"
        typed.lastName = "Archer"
        typed.firstName = "Jeanne"
        typed.phone = "01 23 45 67 89"
        return await fixture.answer { fixture.entrance.registrations.register(typed, from: address, $0) }
    }

    /// The token of the newest link that was mailed to an address.
    private func mailedLink(_ email: String) throws -> [UInt8] {
        let body = try #require(try fixture.store.outbox.mails().first { $0.recipient == email }?.body)
        let path = try #require(body.firstMatch(of: /depot\.exemple\.fr(\/activation\/\S+)/)).output.1
        guard case .activate(let token) = Route(path: path) else { throw StoreError.notFound("the link in \(body)") }
        return token
    }

    private func activate(_ token: [UInt8], _ password: String, from address: String = "192.0.2.1") throws -> Answer {
        var typed = Activation()
        typed.token = token
        typed.password = Array(password.utf8)
        return try fixture.entrance.registrations.activate(typed, from: address)
    }

    @Test func `whoever registers another's address takes neither the mail nor the account from its reader`()
        async throws
    {
        for number in 1...5 {
            #expect(await register("Intrus-202\(number)", "a@b.fr", from: "203.0.113.9") == .done)
        }
        #expect((await register("Intrus-2026", "a@b.fr", from: "203.0.113.9")).isLater)
        fixture.clock.advance(seconds: 60)
        #expect(await register("Portail-2026", "A@b.fr", from: "192.0.2.1") == .done)
        // One mail was enough: its link shows who reads it, and the password which registration is meant.
        #expect(try fixture.store.outbox.mails().count == 1)
        let token = try mailedLink("a@b.fr")
        guard case .registrant(let registrant) = try fixture.entrance.registrations.check(token) else {
            Issue.record("no registrant")
            return
        }
        #expect(registrant.email == "a@b.fr" && registrant.name.isEmpty)
        #expect((try activate(token, "")).isProblem)
        #expect(try fixture.store.portal.people.person(email: "a@b.fr") == nil)
        #expect(try activate(token, "Portail-2026") == .done)
        let person = try #require(try fixture.store.portal.people.person(email: "a@b.fr"))
        #expect(Passwords.verify(Array("Portail-2026".utf8), person.hash))
        #expect(try activate(token, "Intrus-2021") == .notFound)
    }

    @Test func `mails about registrations go on after a while, for a free address as for a known one`() async throws {
        for round in 1...4 {
            for _ in 1...2 { #expect(await register("Portail-2026", "a@b.fr", from: "192.0.2.\(round)") == .done) }
            #expect(try fixture.store.outbox.mails().count == round)
            fixture.clock.advance(seconds: MailSpacing.seconds + 1)
        }
        #expect(try activate(mailedLink("a@b.fr"), "Portail-2026") == .done)
        for round in 5...8 {
            for _ in 1...2 { #expect(await register("Portail-2026", "a@b.fr", from: "192.0.2.\(round)") == .done) }
            #expect(try fixture.store.outbox.mails().count == round)
            fixture.clock.advance(seconds: MailSpacing.seconds + 1)
        }
        #expect(try fixture.store.portal.registrations.pending(now: fixture.now).isEmpty)
    }

    @Test func `wrong passwords at a link wait like those at a login`() async throws {
        #expect(await register("Portail-2026", "a@b.fr", from: "192.0.2.1") == .done)
        let token = try mailedLink("a@b.fr")
        for number in 1...5 { #expect((try activate(token, "Faux-202\(number)")).isProblem) }
        #expect((try activate(token, "Portail-2026", from: "192.0.2.2")).isLater)
        #expect(await register("Portail-2026", "c@b.fr", from: "192.0.2.1") == .done)
        #expect(try activate(mailedLink("c@b.fr"), "Portail-2026", from: "192.0.2.2") == .done)
    }
}

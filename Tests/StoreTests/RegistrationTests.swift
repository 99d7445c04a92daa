import Qualiopi
import Testing

@testable import AccountStore
@testable import DepositorStore
@testable import OutboxStore
@testable import PortalStore
@testable import Store

/// Accounts that people make by themselves, by a link.
@Suite struct RegistrationTests {
    private static let email = "Jeanne@Yopmail.com"
    private let fixture: StoreFixture
    private var portal: Store.Portal { fixture.store.portal }
    private var accounts: Store.Accounts { fixture.store.accounts }

    init() throws { fixture = try StoreFixture(depositors: 1) }

    private func link(_ number: UInt8) -> [UInt8] { Array(repeating: number, count: 32) }

    private static func person(_ name: String = "Étienne") -> PersonDetails {
        var person = PersonDetails()
        person.firstName = "Jeanne"
        person.lastName = name
        person.title = "madame"
        person.phone = "01 23 45 67 89"
        person.siret = "34350633300032"
        return person
    }

    @discardableResult private func register(
        _ number: UInt8, _ email: String = email, hash: String = "$y$1", _ person: PersonDetails = person(),
        days: Double = 1
    ) throws -> RegistrationOutcome {
        let until = fixture.now.adding(seconds: days * 86_400)
        return try portal.registrations.register(
            person, email: email, passwordHash: hash, link: link(number), until: until,
            activation: NewMail(kind: "a", recipient: email, subject: "activez", body: "lien", until: until),
            known: NewMail(kind: "b", recipient: email, subject: "déjà", body: "connu"), at: fixture.tick())
    }

    private func activate(_ number: UInt8) throws -> String? {
        try portal.registrations.activate(link: link(number), from: "192.0.2.7", at: fixture.tick())
    }

    private func mails() throws -> [String] {
        try fixture.store.outbox.mails().map { "\($0.subject) \($0.recipient)" }.reversed()
    }

    @Test func `an account is there once its link is used, and not before`() throws {
        #expect(try register(1) == .new)
        #expect(try portal.people.person(email: Self.email) == nil)
        #expect(try accounts.users().isEmpty)
        #expect(try portal.registrations.pending(now: fixture.now).map(\.person) == [Self.person()])
        #expect(try portal.registrations.registration(link: link(1), now: fixture.now)?.email == Self.email)
        #expect(try activate(1) == Self.email)
        let person = try #require(try portal.people.person(email: Self.email))
        #expect((person.name, person.hash, person.state) == ("Jeanne ÉTIENNE", "$y$1", .actif))
        #expect(try portal.people.details(email: Self.email) == Self.person())
        #expect(try accounts.user(email: Self.email).depositors.isEmpty)
        #expect(try portal.registrations.pending(now: fixture.now).isEmpty)
        // It is used once.
        #expect(try portal.registrations.registration(link: link(1), now: fixture.now) == nil)
        #expect(try activate(1) == nil)
        #expect(try portal.people.log(email: Self.email).map(\.event) == ["activated"])
    }

    @Test func `a link is too old after its time, and a registration gone after seven days`() throws {
        let start = fixture.now
        try register(1)
        fixture.tick(86_400)
        #expect(try portal.registrations.registration(link: link(1), now: fixture.now) == nil)
        #expect(try activate(1) == nil)
        #expect(try portal.registrations.pending(now: fixture.now).isEmpty)
        try portal.tidy(idle: 1, absolute: 1, now: fixture.now)
        #expect(try portal.registrations.pending(now: start).count == 1)
        fixture.tick(6 * 86_400)
        try portal.tidy(idle: 1, absolute: 1, now: fixture.now)
        #expect(try portal.registrations.pending(now: start).isEmpty)
        #expect(try accounts.users().isEmpty)
    }

    @Test func `a link that holds longer than seven days stays until its end`() throws {
        let start = fixture.now
        try register(1, days: 10)
        fixture.tick(9 * 86_400)
        try portal.tidy(idle: 1, absolute: 1, now: fixture.now)
        #expect(try portal.registrations.registration(link: link(1), now: fixture.now)?.email == Self.email)
        fixture.tick(2 * 86_400)
        try portal.tidy(idle: 1, absolute: 1, now: fixture.now)
        #expect(try portal.registrations.pending(now: start).isEmpty)
    }

    @Test func `what waits is removed, and its link with it`() throws {
        try register(1)
        #expect(try portal.registrations.remove(email: "jeanne@YOPMAIL.com", by: .test, at: fixture.tick()))
        #expect(try portal.people.log(email: Self.email).first?.event == "registration-removed")
        #expect(try activate(1) == nil)
        #expect(try !portal.registrations.remove(email: Self.email, by: .test, at: fixture.tick()))
    }

    @Test func `a link activates no registration of another address`() throws {
        try register(1)
        try register(2, "autre@yopmail.com")
        #expect(try portal.registrations.activate(link: link(1), chosen: link(2), from: "", at: fixture.tick()) == nil)
        #expect(try portal.registrations.choices(link: link(1), most: 5, now: fixture.now).map(\.id) == [link(1)])
    }

    @Test func `an address that has an account, in any case, is told so by mail and stays as it is`() throws {
        try register(1)
        _ = try activate(1)
        #expect(try register(2, "jeanne@yopmail.COM", hash: "$y$2") == .known)
        #expect(try mails() == ["activez \(Self.email)", "déjà \(Self.email)"])
        #expect(try activate(2) == nil)
        #expect(try portal.people.person(email: Self.email)?.hash == "$y$1")
        #expect(try portal.registrations.pending(now: fixture.now).isEmpty)
    }

    /// Somebody else has registered the address first: each link has its own password, and the first that is used ends the others.
    @Test func `each registration of an address is its own link's`() throws {
        try register(1, hash: "$y$intrus", Self.person("Intrus"))
        try register(2, "jeanne@yopmail.com", hash: "$y$propre")
        #expect(try portal.registrations.registration(link: link(1), now: fixture.now)?.person.lastName == "Intrus")
        #expect(try activate(2) == "jeanne@yopmail.com")
        #expect(try activate(1) == nil)
        #expect(try portal.people.person(email: Self.email)?.hash == "$y$propre")
    }

    @Test func `whoever gets mails already keeps address and grants`() throws {
        try accounts.addUser(email: Self.email, depositors: [StoreFixture.code], by: .test, at: fixture.tick())
        #expect(try register(1, "jeanne@yopmail.com") == .new)
        #expect(try mails() == ["activez \(Self.email)"])
        #expect(try activate(1) == Self.email)
        #expect(try accounts.users().map(\.email) == [Self.email])
        #expect(try accounts.user(email: Self.email).depositors == [StoreFixture.code])
    }

    @Test
    func `a password that is chosen by a link ends the registrations that wait, and so does the person's removal`()
        throws
    {
        try accounts.addUser(email: Self.email, depositors: [StoreFixture.code], by: .test, at: fixture.tick())
        try register(1, "jeanne@yopmail.com")
        try portal.people.setPassword(email: Self.email, hash: "$y$lien", by: .test, at: fixture.tick())
        #expect(try portal.registrations.pending(now: fixture.now).isEmpty)
        #expect(try activate(1) == nil)
        try accounts.removeUser(email: Self.email, by: .test, at: fixture.tick())
        try accounts.addUser(email: Self.email, depositors: [StoreFixture.code], by: .test, at: fixture.tick())
        try register(2)
        try accounts.removeUser(email: Self.email, by: .test, at: fixture.tick())
        #expect(try activate(2) == nil)
    }

    @Test func `a person's colleagues are those of the own depositors, with what they have`() throws {
        try fixture.addDepositor("73282932000074")
        for (email, codes) in [
            ("a@b.fr", [StoreFixture.code]), ("c@b.fr", [StoreFixture.code, StoreFixture.otherCode]),
            ("d@b.fr", [StoreFixture.otherCode]),
        ] {
            try accounts.addUser(email: email, depositors: codes, by: .test, at: fixture.tick())
        }
        _ = try accounts.createAccount(email: "c@b.fr", hash: "$y$", by: .test, at: fixture.tick())
        try register(1, "a@b.fr")
        _ = try activate(1)
        let own = try portal.colleagues.all(of: "a@b.fr")
        #expect(own.map(\.email) == ["a@b.fr", "c@b.fr"])
        #expect(own.map(\.name) == ["Jeanne ÉTIENNE", ""])
        #expect(own.map(\.isInPortal) == [true, false] && own.map(\.hasSFTP) == [false, true])
        #expect(try portal.colleagues.all(of: "c@b.fr").map { "\($0.depositor) \($0.email)" }.count == 4)
    }
}

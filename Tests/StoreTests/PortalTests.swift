import Qualiopi
import Testing

@testable import AccountStore
@testable import DepositStore
@testable import DepositorStore
@testable import OutboxStore
@testable import PortalStore
@testable import PublicationStore
@testable import Store

/// Who may log in to the portal, and for how long.
@Suite struct PortalTests {
    private static let email = StoreFixture.email
    private static let stranger = StoreFixture.stranger

    private let fixture: StoreFixture
    private var portal: Store.Portal { fixture.store.portal }

    init() throws { fixture = try .ofTwoPeople() }

    private func token(_ number: UInt8) -> [UInt8] { Array(repeating: number, count: 32) }

    private func begin(_ number: UInt8, _ email: String = email) throws {
        try portal.sessions.begin(
            hash: token(number), email: email, address: "192.0.2.7", agent: "Firefox", most: 5, now: fixture.tick())
    }

    private func visitor(
        _ number: UInt8, idle: Double = 1800, absolute: Double = 72_000
    ) throws -> PortalVisitor? {
        try portal.sessions.visitor(hash: token(number), idle: idle, absolute: absolute, now: fixture.now)
    }

    @Test func `a session is its token's, and knows the person's depositors alone`() throws {
        try begin(1)
        let visitor = try #require(try visitor(1))
        #expect(visitor.email == Self.email)
        #expect(visitor.depositors.map(\.code) == [StoreFixture.code])
        #expect(try self.visitor(2) == nil)
        _ = try fixture.store.accounts.grant(
            email: Self.email, depositors: [StoreFixture.otherCode], by: .test, at: fixture.tick())
        #expect(try self.visitor(1)?.depositors.count == 2)
    }

    @Test func `a session ends when it is idle, when it is old, and at no other time`() throws {
        try begin(1)
        fixture.tick(1799)
        #expect(try visitor(1) != nil)
        fixture.tick(1)
        #expect(try visitor(1) == nil)
        // A sign of life begins the time anew, up to the end of all of them.
        let session = try #require(try visitor(1, idle: 10_000)).session
        try portal.sessions.touch([session: fixture.now])
        #expect(try visitor(1) != nil)
        fixture.tick(72_000 - 1800)
        #expect(try visitor(1, idle: 100_000) == nil)
        try portal.tidy(idle: 1800, absolute: 72_000, now: fixture.now)
        #expect(try portal.sessions.all(email: Self.email).isEmpty)
    }

    @Test func `the sixth session ends the oldest, and nobody else's`() throws {
        try begin(9, Self.stranger)
        for number: UInt8 in 1...6 { try begin(number) }
        #expect(try visitor(1) == nil)
        for number: UInt8 in 2...6 { #expect(try visitor(number) != nil, "\(number)") }
        #expect(try visitor(9) != nil)
    }

    enum End: CaseIterable { case lock, password, remove, own, others, all, admin }

    @Test(arguments: End.allCases)
    func `what ends sessions ends them`(end: End) throws {
        try begin(1)
        try begin(2)
        try begin(9, Self.stranger)
        let session = try #require(try visitor(1)).session
        switch end {
        case .lock: try portal.people.setState(email: Self.email, .verrouille, by: .test, at: fixture.tick())
        case .password: try portal.people.setPassword(email: Self.email, hash: "$y$2", by: .test, at: fixture.tick())
        case .remove: _ = try fixture.store.accounts.removeUser(email: Self.email, by: .test, at: fixture.tick())
        case .own: try portal.sessions.logOut(hash: token(1), email: Self.email, by: .test, at: fixture.tick())
        case .others: try portal.sessions.end(email: Self.email, except: session, by: .test, at: fixture.tick())
        case .all: #expect(try portal.sessions.endAll(by: .test, at: fixture.tick()) == 3)
        case .admin: #expect(try portal.sessions.end(email: Self.email, by: .test, at: fixture.tick()) == 2)
        }
        #expect(try (visitor(1) != nil) == (end == .others))
        #expect(try (visitor(2) != nil) == (end == .own))
        #expect(try (visitor(9) != nil) == (end != .all))
    }

    @Test func `nobody ends another's session`() throws {
        try begin(1)
        let session = try #require(try visitor(1)).session
        try portal.sessions.end(id: session, email: Self.stranger, by: .test, at: fixture.tick())
        try portal.sessions.logOut(hash: token(1), email: Self.stranger, by: .test, at: fixture.tick())
        #expect(try visitor(1) != nil)
        try portal.sessions.end(id: session, email: Self.email, by: .test, at: fixture.tick())
        #expect(try visitor(1) == nil)
    }

    @Test func `a locked person begins no session, an unlocked one does`() throws {
        try portal.people.setState(email: Self.email, .verrouille, by: .test, at: fixture.tick())
        #expect(throws: StoreError.self) { try begin(1) }
        try portal.people.setState(email: Self.email, .actif, by: .test, at: fixture.tick())
        try begin(1)
        #expect(try visitor(1) != nil)
        let events = try portal.people.log(email: Self.email).map(\.event)
        #expect(events == ["logged-in", "unlocked", "locked", "password-set", "granted"])
    }

    // MARK: Links

    private func addLink(_ number: UInt8, _ email: String = email) throws {
        try portal.links.add(
            hash: token(number), email: email, until: fixture.now.adding(seconds: 3600),
            mail: NewMail(
                kind: "portail.motDePasse", recipient: email, subject: "S", body: "lien",
                until: fixture.now.adding(seconds: 3600)), by: .test, at: fixture.now)
    }

    /// Strangers may ask for another: what is in the mailbox stays good.
    @Test func `a link is its person's until it or another of them is used, or it is too old`() throws {
        try addLink(1)
        try addLink(2, Self.stranger)
        #expect(try portal.links.holder(hash: token(1), now: fixture.now) == Self.email)
        try addLink(3)
        #expect(try portal.links.holder(hash: token(1), now: fixture.now) == Self.email)
        #expect(try portal.links.holder(hash: token(2), now: fixture.now) == Self.stranger)
        try portal.people.setPassword(email: Self.email, hash: "$y$2", by: .test, at: fixture.tick())
        #expect(try portal.links.holder(hash: token(1), now: fixture.now) == nil)
        #expect(try portal.links.holder(hash: token(3), now: fixture.now) == nil)
        fixture.tick(3600)
        #expect(try portal.links.holder(hash: token(2), now: fixture.now) == nil)
        #expect(try fixture.store.outbox.figures().queued == 3)
    }

    @Test func `a mail's secret is erased once it is sent, and is not sent once it is over`() throws {
        try addLink(1)
        try addLink(2, Self.stranger)
        let outbox = fixture.store.outbox
        let first = try #require(try outbox.mails().last)
        try outbox.markDelivered(mail: first.id, at: fixture.tick())
        try outbox.eraseSecrets(now: fixture.now)
        var mails = try outbox.mails().sorted { $0.id < $1.id }
        #expect(mails.map(\.body) == ["", "lien"])
        fixture.tick(3600)
        try outbox.eraseSecrets(now: fixture.now)
        mails = try outbox.mails().sorted { $0.id < $1.id }
        #expect(mails.map(\.state) == [.sent, .failed])
        #expect(mails.map(\.body) == ["", ""])
    }

    @Test func `a link for nobody is refused, and mails nothing`() throws {
        #expect(throws: StoreError.self) { try addLink(1, "personne@yopmail.com") }
        #expect(try fixture.store.outbox.figures().queued == 0)
    }

    @Test func `the log keeps the newest lines of a person`() throws {
        for number in 0..<510 {
            try portal.people.note(email: Self.email, "event-\(number)", by: .test, at: fixture.tick())
        }
        let events = try portal.people.log(email: Self.email).map(\.event)
        #expect(events.count == 500)
        #expect(events.first == "event-509")
        #expect(try portal.people.log(email: Self.stranger).count == 2)
    }
}

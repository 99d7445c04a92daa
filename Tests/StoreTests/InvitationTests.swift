import GRDB
import Qualiopi
import Testing

@testable import AccountStore
@testable import DepositorStore
@testable import OutboxStore
@testable import PortalStore
@testable import Store

/// Codes that make somebody one of a depositor's.
@Suite struct InvitationTests {
    private static let email = "archer@yopmail.com"
    private static let siret = "34350633300032"

    private let fixture: StoreFixture
    private var accounts: Store.Accounts { fixture.store.accounts }
    private var portal: Store.Portal { fixture.store.portal }

    init() throws {
        fixture = try StoreFixture(depositors: 2)
        try accounts.addUser(email: Self.email, depositors: [], by: .test, at: fixture.tick())
        try accounts.addUser(email: "autre@yopmail.com", depositors: [], by: .test, at: fixture.tick())
    }

    private func hash(_ number: UInt8) -> [UInt8] { Array(repeating: number, count: 32) }

    @discardableResult private func invite(
        _ number: UInt8, _ code: String = StoreFixture.code, to address: String? = nil
    ) throws -> Invitation {
        let until = fixture.now.adding(seconds: 3600)
        return try fixture.store.invitations.addInvitation(
            depositor: code, hash: hash(number), until: until,
            mail: address.map {
                NewMail(kind: "portail.codeActivation", recipient: $0, subject: "S", body: "code", until: until)
            }, by: .test, at: fixture.now)
    }

    private func join(_ number: UInt8, _ email: String = email, siret: String = siret) throws -> Joining {
        try portal.colleagues.join(siret: siret, hash: hash(number), email: email, by: .test, at: fixture.tick())
    }

    private func depositors(_ email: String = email) throws -> [String] { try accounts.user(email: email).depositors }

    @Test func `a code makes one person one of the depositor's, and no other one`() throws {
        let invitation = try invite(1)
        #expect(invitation.state(at: fixture.now) == .open)
        #expect(try join(1) == .joined(StoreFixture.code))
        #expect(try depositors() == [StoreFixture.code])
        #expect(try join(1, "autre@yopmail.com") == .used)
        #expect(try depositors("autre@yopmail.com").isEmpty)
        let used = try #require(try fixture.store.invitations.invitations(depositor: StoreFixture.code).first)
        #expect(used.usedBy == Self.email && used.state(at: fixture.now) == .used)
        // The form was sent twice.
        #expect(try join(1) == .joined(StoreFixture.code))
        let events = try portal.people.log(email: Self.email).prefix(2).map { "\($0.event) \($0.detail)" }
        #expect(events == ["granted \(StoreFixture.code)", "joined \(StoreFixture.code)"])
    }

    @Test func `who is one of them already leaves the code to another`() throws {
        try invite(1)
        try accounts.grant(email: Self.email, depositors: [StoreFixture.code], by: .test, at: fixture.tick())
        #expect(try join(1) == .already(StoreFixture.code))
        #expect(try join(1, "autre@yopmail.com") == .joined(StoreFixture.code))
    }

    @Test func `what is no code of that depositor's gives nothing`() throws {
        try invite(1)
        #expect(try join(2) == .unknown)
        #expect(try join(1, siret: "73282932000074") == .unknown)
        #expect(try depositors().isEmpty)
        #expect(try portal.people.log(email: Self.email).first?.event == "join-denied")
        #expect(throws: StoreError.self) { try join(1, "personne@yopmail.com") }
        #expect(try join(1) == .joined(StoreFixture.code))
    }

    @Test func `a code that is over, or revoked, gives nothing`() throws {
        let first = try invite(1)
        try fixture.store.invitations.revokeInvitation(
            id: first.id, depositor: StoreFixture.code, by: .test, at: fixture.tick())
        #expect(try join(1) == .revoked)
        try invite(2)
        fixture.tick(3600)
        #expect(try join(2) == .expired)
        #expect(try depositors().isEmpty)
        let states = try fixture.store.invitations.invitations(depositor: StoreFixture.code).map {
            $0.state(at: fixture.now)
        }
        #expect(states == [.expired, .revoked])
        #expect(try fixture.store.invitations.openInvitations(at: fixture.now).isEmpty)
    }

    @Test func `what can't be revoked is said`() throws {
        let used = try invite(1)
        _ = try join(1)
        let other = try invite(2, StoreFixture.otherCode)
        for id in [used.id, other.id, 99] {
            #expect(throws: StoreError.self) {
                try fixture.store.invitations.revokeInvitation(
                    id: id, depositor: StoreFixture.code, by: .test, at: fixture.tick())
            }
        }
        #expect(try fixture.store.invitations.openInvitations(at: fixture.now).map(\.id) == [other.id])
    }

    @Test func `a depositor that is removed has no invitation left, nor when it comes back`() throws {
        try invite(1)
        _ = try fixture.store.depositorRegister.removeDepositor(code: StoreFixture.code, by: .test, at: fixture.tick())
        #expect(try join(1) == .unknown)
        #expect(throws: StoreError.self) { try invite(2) }
        try fixture.addDepositor(Self.siret)
        #expect(try join(1) == .revoked)
    }

    @Test func `a mail with the code goes to the address as its person wrote it, and loses it once it is sent`() throws
    {
        try invite(1, to: "Archer@Yopmail.com")
        let outbox = fixture.store.outbox
        let mail = try #require(try outbox.mails().first)
        #expect(mail.recipient == Self.email && mail.body == "code")
        #expect(try portal.people.log(email: Self.email).first?.event == "invited")
        try outbox.markDelivered(mail: mail.id, at: fixture.tick())
        #expect(try outbox.mail(id: mail.id).body.isEmpty)
    }

    @Test func `a mail whose code is over is not tried again`() throws {
        try invite(1, to: "nouveau@yopmail.com")
        let outbox = fixture.store.outbox
        let id = try #require(try outbox.mails().first).id
        try outbox.markDelivered(mail: id, as: .spooled, at: fixture.tick())
        try outbox.eraseSecrets(now: fixture.now)
        #expect(try outbox.mail(id: id).body == "code")
        #expect(try outbox.retryMails(in: .spooled, since: Timestamp(milliseconds: 0), now: fixture.tick()).due == 1)
        fixture.tick(3600)
        #expect(throws: StoreError.self) { try outbox.retryMail(id: id, now: fixture.now) }
        try outbox.eraseSecrets(now: fixture.now)
        let over = try outbox.mail(id: id)
        #expect(over.state == .failed && over.body.isEmpty)
        #expect(throws: StoreError.self) { try outbox.retryMail(id: id, now: fixture.now) }
    }

    @Test func `who has no depositor left has neither session nor SFTP account`() throws {
        try invite(1)
        _ = try join(1)
        try accounts.grant(email: Self.email, depositors: [StoreFixture.otherCode], by: .test, at: fixture.tick())
        _ = try accounts.createAccount(email: Self.email, hash: "$y$", by: .test, at: fixture.tick())
        try portal.people.setPassword(email: Self.email, hash: "$y$", by: .test, at: fixture.tick())
        try portal.sessions.begin(
            hash: hash(9), email: Self.email, address: "", agent: "", most: 5, now: fixture.tick())
        let revoke = { (code: String) in
            try self.accounts.revoke(email: Self.email, depositors: [code], by: .test, at: self.fixture.tick())
        }
        #expect(try revoke(StoreFixture.code).depositors == [StoreFixture.otherCode])
        #expect(try portal.sessions.all(email: Self.email).count == 1)
        #expect(try accounts.user(email: Self.email).login != nil)
        let last = try revoke(StoreFixture.otherCode)
        #expect(last.depositors.isEmpty && last.login == "archer_yopmail.com")
        #expect(try portal.sessions.all(email: Self.email).isEmpty)
        #expect(try accounts.user(email: Self.email).login == nil)
        let events = try accounts.accountLog(login: "archer_yopmail.com").prefix(2).map(\.event)
        #expect(events == ["deleted", "depositors-revoked"])
        #expect(try portal.people.log(email: Self.email).first?.event == "revoked")
    }
}

/// Addresses that differ by nothing but case are one person's.
@Suite struct AddressCaseTests {
    private static let written = "Jeanne.Archer@Yopmail.com"
    private static let typed = "jeanne.archer@yopmail.COM"
    private let fixture: StoreFixture
    private var accounts: Store.Accounts { fixture.store.accounts }
    private var portal: Store.Portal { fixture.store.portal }

    init() throws {
        fixture = try StoreFixture(depositors: 2)
        try accounts.addUser(
            email: Self.written, depositors: [StoreFixture.code], by: .test, at: fixture.tick())
    }

    @Test func `the person of one is that of the other, under the address that was written first`() throws {
        let user = try accounts.addUser(
            email: Self.typed, depositors: [StoreFixture.otherCode], by: .test, at: fixture.tick())
        #expect(user.email == Self.written && user.depositors.count == 2)
        #expect(try accounts.users().map(\.email) == [Self.written])
        #expect(try accounts.setMuted(email: Self.typed, true, by: .test, at: fixture.tick()).email == Self.written)
        #expect(try accounts.user(email: Self.typed).muted)
        let account = try accounts.createAccount(email: Self.typed, hash: "$y$", by: .test, at: fixture.tick())
        #expect(account.email == Self.written && account.login == "Jeanne.Archer_Yopmail.com")
        #expect(throws: StoreError.self) {
            try accounts.createAccount(email: Self.written.uppercased(), hash: "$y$", by: .test, at: fixture.tick())
        }
        let revoked = try accounts.revoke(
            email: Self.typed, depositors: [StoreFixture.code], by: .test, at: fixture.tick())
        #expect(revoked.depositors == [StoreFixture.otherCode])
        try accounts.removeUser(email: Self.typed, by: .test, at: fixture.tick())
        #expect(try accounts.users().isEmpty)
    }

    @Test func `a person is let into the portal whatever case is typed, and mailed where she wrote`() throws {
        try portal.links.add(
            hash: [1], email: Self.typed, until: fixture.now.adding(seconds: 60),
            mail: NewMail(kind: "portail.motDePasse", recipient: Self.typed, subject: "S", body: "lien"), by: .test,
            at: fixture.now)
        #expect(try fixture.store.outbox.mails().map(\.recipient) == [Self.written])
        #expect(try portal.links.holder(hash: [1], now: fixture.now) == Self.written)
        try portal.people.setPassword(email: Self.typed, hash: "$y$1", by: .test, at: fixture.tick())
        #expect(try portal.people.person(email: Self.typed)?.email == Self.written)
        #expect(try portal.people.all().keys.sorted() == [Self.written])
        #expect(try portal.people.log(email: Self.typed).contains { $0.event == "password-set" })
        try portal.people.setState(email: Self.typed, .verrouille, by: .test, at: fixture.tick())
        #expect(try portal.people.person(email: Self.written)?.state == .verrouille)
    }

    /// What a former version kept apart stays so: which of the two a login is can't be guessed.
    @Test func `of two that are there already the one that is written alike is meant`() throws {
        try fixture.store.write { try $0.execute(sql: "INSERT INTO users (email) VALUES (?)", arguments: [Self.typed]) }
        for email in [Self.written, Self.typed] { #expect(try accounts.user(email: email).email == email) }
        #expect(try accounts.user(email: Self.written.uppercased()).email == Self.written)
    }
}

import Foundation
import Qualiopi
import Testing

@testable import AccountStore
@testable import DepositorStore
@testable import LoginStore
@testable import Store

@Suite struct AccountTests {
    private let fixture: StoreFixture
    private var store: Store { fixture.store }
    private let code = StoreFixture.code
    private let other = StoreFixture.otherCode

    init() throws {
        fixture = try StoreFixture(depositors: 2)
        try store.accounts.addUser(email: "archer@yopmail.com", depositors: [code], by: .test, at: fixture.tick())
    }

    @Test func `a depositor's code is its SIRET's, once`() throws {
        let depositors = try store.depositors.all()
        #expect(depositors.map(\.code) == [code, other])
        #expect(depositors[0].siret == "34350633300032")
        #expect((depositors[0].mode, depositors[0].state) == (.reel, .active))
        #expect(throws: StoreError.conflict("the depositor \(code) exists already")) {
            try fixture.addDepositor("34350633300032")
        }
        #expect(
            try store.depositorRegister.setDepositorMode(code: code, .test, by: .test, at: fixture.tick()).mode == .test
        )
        #expect(
            try store.depositorRegister.setDepositorState(code: code, .suspended, by: .test, at: fixture.tick()).state
                == .suspended)
        #expect(try store.depositors.depositor(code: code).name == "Établissement 34350633300032")
        #expect(throws: StoreError.notFound("the depositor E0")) {
            try store.depositorRegister.setDepositorMode(code: "E0", .test, by: .test, at: fixture.tick())
        }
        #expect(throws: StoreError.notFound("the depositor E0")) { try store.depositors.depositor(code: "E0") }
    }

    @Test func `a person gains, loses and mutes depositors`() throws {
        #expect(
            try store.accounts.addUser(email: "archer@yopmail.com", depositors: [other], by: .test, at: fixture.tick())
                .depositors == [code, other])
        #expect(try store.depositors.recipients(ofDepositor: other) == ["archer@yopmail.com"])
        #expect(
            try store.accounts.revoke(email: "archer@yopmail.com", depositors: [code], by: .test, at: fixture.tick())
                .depositors == [other])
        #expect(
            try store.accounts.grant(email: "archer@yopmail.com", depositors: [code], by: .test, at: fixture.tick())
                .depositors == [code, other])
        #expect(try store.accounts.setMuted(email: "archer@yopmail.com", true, by: .test, at: fixture.tick()).muted)
        #expect(try store.depositors.recipients(ofDepositor: code).isEmpty)
        #expect(throws: StoreError.notFound("the user b@b")) {
            try store.accounts.grant(email: "b@b", depositors: [code], by: .test, at: fixture.tick())
        }
        #expect(throws: StoreError.notFound("the depositor E0")) {
            try store.accounts.addUser(
                email: "new@example.com", depositors: [code, "E0"], by: .test, at: fixture.tick())
        }
        // Nothing of a call that fails is kept.
        #expect(try store.accounts.users().map(\.email) == ["archer@yopmail.com"])
    }

    @Test func `the login is the e-mail with an underscore, and nobody else's`() throws {
        let account = try store.accounts.createAccount(
            email: "archer@yopmail.com", hash: "$y$1", by: .test, at: fixture.tick())
        #expect(account.login == "archer_yopmail.com")
        #expect((account.state, account.keyCount, account.lastLoginAt) == (.active, 0, nil))
        #expect(account.depositors == [code])
        #expect(try store.accounts.user(email: "archer@yopmail.com").login == "archer_yopmail.com")
        #expect(throws: StoreError.conflict("archer@yopmail.com has the account archer_yopmail.com already")) {
            try store.accounts.createAccount(email: "archer@yopmail.com", hash: "$y$2", by: .test, at: fixture.tick())
        }
        try store.accounts.addUser(email: "a_b@example.com", depositors: [], by: .test, at: fixture.tick())
        try store.accounts.addUser(email: "a@b_example.com", depositors: [], by: .test, at: fixture.tick())
        _ = try store.accounts.createAccount(email: "a_b@example.com", hash: "$y$3", by: .test, at: fixture.tick())
        #expect(throws: StoreError.conflict("the login a_b_example.com is that of a_b@example.com")) {
            try store.accounts.createAccount(email: "a@b_example.com", hash: "$y$4", by: .test, at: fixture.tick())
        }
        #expect(throws: StoreError.notFound("the user nobody@example.com")) {
            try store.accounts.createAccount(email: "nobody@example.com", hash: "$y$5", by: .test, at: fixture.tick())
        }
        #expect(try store.accounts.accounts().map(\.login) == ["a_b_example.com", "archer_yopmail.com"])
    }

    @Test func `what decides a login is read at once, and only with active depositors`() throws {
        let login = try store.accounts.createAccount(
            email: "archer@yopmail.com", hash: "$y$1", by: .test, at: fixture.tick()
        )
        .login
        try store.accounts.grant(email: "archer@yopmail.com", depositors: [other], by: .test, at: fixture.tick())
        let key = AccountKey(
            fingerprint: "SHA256:abc", algorithm: "ssh-ed25519", blob: [0, 0, 0, 11], comment: "robot",
            addedAt: fixture.tick())
        try store.accounts.addKey(login: login, key, by: .test)
        #expect(throws: StoreError.self) { try store.accounts.addKey(login: login, key, by: .test) }
        var credentials = try #require(try store.logins.credentials(login: login))
        #expect((credentials.hash, credentials.active, credentials.keys) == ("$y$1", true, [key]))
        #expect(credentials.depositors.map(\.code) == [code, other])
        try store.depositorRegister.setDepositorState(code: code, .suspended, by: .test, at: fixture.tick())
        try store.accounts.setAccountState(login: login, .locked, by: .test, at: fixture.tick())
        try store.accounts.setPasswordHash(login: login, hash: "$y$2", by: .test, at: fixture.tick())
        credentials = try #require(try store.logins.credentials(login: login))
        #expect((credentials.hash, credentials.active) == ("$y$2", false))
        #expect(credentials.depositors.map(\.code) == [other])
        #expect(try store.accounts.account(login: login).keyCount == 1)
        try store.accounts.removeKey(login: login, fingerprint: "SHA256:abc", by: .test, at: fixture.tick())
        #expect(try store.accounts.keys(login: login).isEmpty)
        #expect(throws: StoreError.notFound("the key SHA256:abc of \(login)")) {
            try store.accounts.removeKey(login: login, fingerprint: "SHA256:abc", by: .test, at: fixture.tick())
        }
        #expect(try store.logins.credentials(login: "nobody") == nil)
    }

    @Test func `an account ends with its person, its audit trail stays`() throws {
        let login = try store.accounts.createAccount(
            email: "archer@yopmail.com", hash: "$y$1", by: .test, at: fixture.tick()
        )
        .login
        try store.logins.noteLogin(login: login, from: "192.0.2.7", detail: "key", at: fixture.tick())
        let loggedInAt = fixture.now
        #expect(try store.accounts.account(login: login).lastLoginAt == loggedInAt)
        try store.accounts.removeUser(email: "archer@yopmail.com", by: .test, at: fixture.tick())
        #expect(throws: StoreError.notFound("the account \(login)")) { try store.accounts.account(login: login) }
        #expect(try store.logins.credentials(login: login) == nil)
        let log = try store.accounts.accountLog(login: login)
        #expect(log.map(\.event) == ["deleted", "logged-in", "created"])
        #expect(
            log[1]
                == AuditEvent(
                    at: loggedInAt, event: "logged-in", actor: login, origin: "192.0.2.7", detail: "key"))
    }

    @Test func `logins don't push what admins did out of the audit trail, and strangers leave nothing`() throws {
        let login = try store.accounts.createAccount(
            email: "archer@yopmail.com", hash: "$y$1", by: .test, at: fixture.tick()
        )
        .login
        for index in 0..<Store.Logins.keptAttempts + 5 {
            try store.logins.noteLogin(login: login, from: "192.0.2.7", detail: "\(index)", at: fixture.tick())
        }
        try store.logins.noteDenial(login: login, from: "192.0.2.8", detail: "password", at: fixture.tick())
        try store.logins.noteDenial(login: "nobody", from: "192.0.2.8", detail: "password", at: fixture.tick())
        let log = try store.accounts.accountLog(login: login, limit: 10_000)
        #expect(log.count == Store.Logins.keptAttempts + 2)
        #expect(log.first?.event == "login-denied")
        #expect(log.last?.event == "created")
        #expect(log[log.count - 2].detail == "5", "the oldest logins went")
        #expect(try store.accounts.accountLog(login: "nobody").isEmpty)
    }

    @Test func `an account can be deleted and made again`() throws {
        let login = try store.accounts.createAccount(
            email: "archer@yopmail.com", hash: "$y$1", by: .test, at: fixture.tick()
        )
        .login
        try store.accounts.deleteAccount(login: login, by: .test, at: fixture.tick())
        #expect(try store.accounts.user(email: "archer@yopmail.com").login == nil)
        #expect(throws: StoreError.notFound("the account \(login)")) {
            try store.accounts.deleteAccount(login: login, by: .test, at: fixture.tick())
        }
        #expect(throws: StoreError.notFound("the account \(login)")) {
            try store.accounts.setPasswordHash(login: login, hash: "", by: .test, at: fixture.tick())
        }
        _ = try store.accounts.createAccount(email: "archer@yopmail.com", hash: "$y$2", by: .test, at: fixture.tick())
    }
}

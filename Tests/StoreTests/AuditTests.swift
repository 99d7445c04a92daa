import GRDB
import Qualiopi
import Testing

@testable import AccountStore
@testable import DepositorStore
@testable import LoginStore
@testable import Store

/// What an admin does and its line in the audit trail are there together or not at all, and so is the daemon's notice.
@Suite struct AuditTests {
    private let fixture: StoreFixture
    private var accounts: Store.Accounts { fixture.store.accounts }
    private static let email = "archer@yopmail.com"
    private static let login = "archer_yopmail.com"
    private static let author = AuditAuthor("root", from: "tty")

    init() throws {
        fixture = try StoreFixture(depositors: 2)
        _ = try accounts.addUser(
            email: Self.email, depositors: [StoreFixture.code], by: .test, at: fixture.tick())
    }

    enum Operation: CaseIterable {
        case create, reset, lock, unlock, delete, addKey, removeKey, grant, revoke, revokeLast, mute, unmute, remove,
            suspend,
            resume, setMode
    }

    /// The event that the trail has of it, and what the daemon is told.
    private static func expected(_ operation: Operation) -> (event: String, changes: [Change]) {
        switch operation {
        case .create: ("created", [.credentials(login)])
        case .reset: ("password-reset", [.account(login), .credentials(login)])
        case .lock: ("locked", [.account(login)])
        case .unlock: ("unlocked", [.credentials(login)])
        case .delete: ("deleted", [.account(login)])
        case .addKey: ("key-added", [.credentials(login)])
        case .removeKey: ("key-removed", [.account(login)])
        case .grant: ("depositors-granted", [])
        case .revoke: ("depositors-revoked", [.account(login)])
        case .revokeLast: ("deleted", [.account(login)])
        case .mute: ("mails-muted", [])
        case .unmute: ("mails-unmuted", [])
        case .remove: ("deleted", [.account(login)])
        case .suspend: ("depositor-suspended", [.suspension(StoreFixture.code)])
        case .resume: ("depositor-resumed", [.depositors])
        case .setMode: ("depositor-mode", [])
        }
    }

    private static func key(_ fingerprint: String, _ now: Timestamp) -> AccountKey {
        AccountKey(fingerprint: fingerprint, algorithm: "ssh-ed25519", blob: [1], comment: "", addedAt: now)
    }

    private func run(_ operation: Operation) throws {
        let (login, email, code, author, now) = (Self.login, Self.email, StoreFixture.code, Self.author, fixture.tick())
        switch operation {
        case .create: _ = try accounts.createAccount(email: email, hash: "$y$1", by: author, at: now)
        case .reset: try accounts.setPasswordHash(login: login, hash: "$y$2", by: author, at: now)
        case .lock: try accounts.setAccountState(login: login, .locked, by: author, at: now)
        case .unlock: try accounts.setAccountState(login: login, .active, by: author, at: now)
        case .delete: try accounts.deleteAccount(login: login, by: author, at: now)
        case .addKey: try accounts.addKey(login: login, Self.key("SHA256:new", now), by: author)
        case .removeKey: try accounts.removeKey(login: login, fingerprint: "SHA256:old", by: author, at: now)
        case .grant: try accounts.grant(email: email, depositors: [StoreFixture.otherCode], by: author, at: now)
        case .revoke, .revokeLast: try accounts.revoke(email: email, depositors: [code], by: author, at: now)
        case .mute: try accounts.setMuted(email: email, true, by: author, at: now)
        case .unmute: try accounts.setMuted(email: email, false, by: author, at: now)
        case .remove: try accounts.removeUser(email: email, by: author, at: now)
        case .suspend:
            try fixture.store.depositorRegister.setDepositorState(code: code, .suspended, by: author, at: now)
        case .resume: try fixture.store.depositorRegister.setDepositorState(code: code, .active, by: author, at: now)
        case .setMode: try fixture.store.depositorRegister.setDepositorMode(code: code, .test, by: author, at: now)
        }
    }

    /// All that is not what the operation is about, so that it has something to change.
    private func prepare(_ operation: Operation) throws {
        guard operation != .create else { return }
        _ = try accounts.createAccount(email: Self.email, hash: "$y$1", by: .test, at: fixture.tick())
        try accounts.addKey(login: Self.login, Self.key("SHA256:old", fixture.tick()), by: .test)
        if operation == .unlock {
            try accounts.setAccountState(login: Self.login, .locked, by: .test, at: fixture.tick())
        }
        if operation == .revoke {
            try accounts.grant(
                email: Self.email, depositors: [StoreFixture.otherCode], by: .test, at: fixture.tick())
        }
        if operation == .unmute { try accounts.setMuted(email: Self.email, true, by: .test, at: fixture.tick()) }
        if operation == .resume {
            try fixture.store.depositorRegister.setDepositorState(
                code: StoreFixture.code, .suspended, by: .test, at: fixture.tick())
        }
    }

    /// Every row of what an admin can change.
    private func content() throws -> [String] {
        try fixture.store.read { db in
            try ["depositors", "users", "grants", "accounts", "account_keys", "account_log", "portal_log", "changes"]
                .flatMap {
                    try Row.fetchAll(db, sql: "SELECT * FROM \($0)").map(\.description)
                }
        }
    }

    @Test(arguments: Operation.allCases)
    func `what is done is in the audit trail, and the daemon is told what concerns it`(operation: Operation) throws {
        try prepare(operation)
        let before = try fixture.store.changes.newest()
        try run(operation)
        let line = try #require(try accounts.accountLog(login: Self.login).first)
        let (event, changes) = Self.expected(operation)
        #expect((line.event, line.actor, line.origin, line.at) == (event, "root", "tty", fixture.now))
        #expect(try fixture.store.changes.after(before).map(\.change) == changes)
    }

    @Test(arguments: Operation.allCases, ["account_log", "changes"])
    func `what can't be audited or told is not done`(operation: Operation, table: String) throws {
        guard table == "account_log" || !Self.expected(operation).changes.isEmpty else { return }
        try prepare(operation)
        try fixture.store.write {
            try $0.execute(
                sql: "CREATE TRIGGER full BEFORE INSERT ON \(table) BEGIN SELECT RAISE(ABORT, 'no room'); END")
        }
        let before = try content()
        #expect(throws: StoreError.self) { try run(operation) }
        #expect(try content() == before)
    }

    /// One call of each kind on what no SFTP account is behind, and the lines that it leaves: of the depositor, of the person.
    @Test func `each change leaves its line where there is no account too`() throws {
        let (register, code, email) = (fixture.store.depositorRegister, "E55210055400013", "new@yopmail.com")
        let siret = try #require(SIRET("55210055400013"))
        let address = DepositorAddress(street: "1 rue", postalCode: "75001", city: "Paris")
        func add() throws {
            _ = try register.addDepositor(
                siret: siret, name: "N", by: Self.author, now: fixture.tick(), on: StoreFixture.day)
        }
        func check(_ depositor: [String], _ person: [String] = [], _ change: () throws -> Void) throws {
            let before = try trails(code, email)
            try change()
            let after = try trails(code, email)
            let new = (
                after.depositor.dropLast(before.depositor.count), after.person.dropLast(before.person.count)
            )
            #expect(new.0.map(\.event) == depositor)
            #expect(new.1.map(\.event) == person)
            for line in new.0 + new.1 {
                #expect((line.actor, line.origin, line.at) == ("root", "tty", fixture.now))
            }
        }
        let (author, tick) = (Self.author, { self.fixture.tick() })
        try check(["depositor-added"]) { try add() }
        try check(["depositor-renamed"]) {
            _ = try register.renameDepositor(code: code, "M", by: author, at: tick())
        }
        try check(["depositor-mode"]) { try register.setDepositorMode(code: code, .test, by: author, at: tick()) }
        try check(["depositor-address"]) {
            _ = try register.setDepositorAddress(code: code, address, by: author, at: tick())
        }
        try check(["depositor-suspended"]) {
            try register.setDepositorState(code: code, .suspended, by: author, at: tick())
        }
        try check(["depositor-resumed"]) {
            try register.setDepositorState(code: code, .active, by: author, at: tick())
        }
        try check([], ["granted"]) {
            try accounts.addUser(email: email, depositors: [code], by: author, at: tick())
        }
        try check([], ["mails-muted"]) { try accounts.setMuted(email: email, true, by: author, at: tick()) }
        try check([], ["mails-unmuted"]) { try accounts.setMuted(email: email, false, by: author, at: tick()) }
        try check([], ["revoked"]) {
            try accounts.revoke(email: email, depositors: [code], by: author, at: tick())
        }
        try check([], ["granted"]) { try accounts.grant(email: email, depositors: [code], by: author, at: tick()) }
        try check([], ["removed"]) { try accounts.removeUser(email: email, by: author, at: tick()) }
        try accounts.addUser(email: email, depositors: [code], by: .test, at: tick())
        try check(["depositor-suspended"]) { try register.beginRemoval(code: code, by: author, at: tick()) }
        try check(["depositor-removed"], ["removed"]) {
            _ = try register.removeDepositor(code: code, by: author, at: tick())
        }
        try check(["depositor-added"]) { try add() }
    }

    private func trails(_ code: String, _ email: String) throws -> (depositor: [AuditEvent], person: [AuditEvent]) {
        let person = try fixture.store.read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM portal_log WHERE email = ? ORDER BY id DESC", arguments: [email])
                .map(AuditEvent.init)
        }
        return (try accounts.accountLog(login: code), person)
    }
}

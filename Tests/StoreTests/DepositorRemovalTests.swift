import GRDB
import Qualiopi
import Testing

@testable import AccountStore
@testable import DepositStore
@testable import DepositorStore
@testable import PublicationStore
@testable import RegistryStore
@testable import Store

/// An establishment is removed whole or stays as it is, its list in force included.
@Suite struct DepositorRemovalTests {
    private let fixture: StoreFixture
    private let code = StoreFixture.code
    private var store: Store { fixture.store }
    private var register: Store.DepositorRegister { store.depositorRegister }

    init() throws {
        fixture = try StoreFixture()
        try store.accounts.addUser(email: "a@example.com", depositors: [code], by: .test, at: fixture.tick())
    }

    private func list(_ count: UInt64) -> [CertifiedOrganisation] { (0..<count).map { organisation($0) } }

    /// Every row that a removal changes.
    private func content() throws -> [String] {
        try store.read { db in
            try ["depositors", "users", "grants", "account_log", "portal_log", "changes", "registry", "list_editions"]
                .flatMap { try Row.fetchAll(db, sql: "SELECT * FROM \($0)").map(\.description) }
        }
    }

    @Test(arguments: [3, ListReplacement.atOnce + 1])
    func `what is being treated or waits keeps it from being removed, and nothing has changed`(count: Int) throws {
        let list = list(UInt64(count))
        try finish(try fixture.integrate(list))
        let claimed = try fixture.claim()
        let before = try content()
        let refusal = StoreError.conflict(
            "the deposit \(claimed.id) of \(code) is being treated: try again when it is done, nothing was removed")
        #expect(throws: refusal) { try register.beginRemoval(code: code, by: .test, at: fixture.tick()) }
        #expect(throws: refusal) { try register.removeDepositor(code: code, by: .test, at: fixture.tick()) }
        #expect(try content() == before)
        // The deposit that waited is integrated as if nobody had tried.
        try finish(try fixture.conclude(claimed, .validated(accepting(list + [organisation(1_000_000)]))))
        #expect(try store.registry.certifiedCount(depositor: code, on: StoreFixture.day) == count + 1)
        let file = fixture.publication()
        try store.publications.recordPublication(file)
        #expect(throws: StoreError.self) { try register.removeDepositor(code: code, by: .test, at: fixture.tick()) }
        #expect(try store.registry.certifiedCount(depositor: code, on: StoreFixture.day) == count + 1)
        try store.publications.removePublication(depositor: code, device: file.device, inode: file.inode)
        let removal = try register.removeDepositor(code: code, by: .test, at: fixture.tick())
        #expect(removal.withdrawn == count + 1 && removal.gone.map(\.email) == ["a@example.com"])
        #expect(try store.registry.currentList(depositor: code).isEmpty)
        #expect(try store.depositors.depositor(code: code).state == .removed)
        #expect(throws: StoreError.notFound("the depositor \(code)")) {
            try register.removeDepositor(code: code, by: .test, at: fixture.tick())
        }
    }

    @Test(arguments: [3, ListReplacement.atOnce + 1], ["users", "depositors", "list_editions", "changes"])
    func `one that fails anywhere leaves the list as it was`(count: Int, table: String) throws {
        try finish(try fixture.integrate(list(UInt64(count))))
        let before = try store.registry.currentList(depositor: code)
        let verb =
            ["users": "DELETE ON", "depositors": "UPDATE OF state ON"][table] ?? "INSERT ON"
        try store.write {
            try $0.execute(
                sql: "CREATE TRIGGER full BEFORE \(verb) \(table) BEGIN SELECT RAISE(ABORT, 'no room'); END")
        }
        #expect(throws: StoreError.self) { try register.removeDepositor(code: code, by: .test, at: fixture.tick()) }
        #expect(try store.registry.currentList(depositor: code) == before)
        #expect(try store.depositors.depositor(code: code).state == .active)
        #expect(try store.accounts.users().count == 1)
        try store.write { try $0.execute(sql: "DROP TRIGGER full") }
        #expect(try register.removeDepositor(code: code, by: .test, at: fixture.tick()).withdrawn == count)
    }

    /// As the pipeline does after the verdict.
    private func finish(_ deposit: Deposit) throws {
        try store.write {
            try $0.execute(sql: "UPDATE deposits SET step = 'done' WHERE id = ?", arguments: [deposit.id])
        }
    }
}

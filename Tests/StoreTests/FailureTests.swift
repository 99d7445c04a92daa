import Foundation
import GRDB
import PublicationStore
import Qualiopi
import Testing

@testable import AccountStore
@testable import DepositStore
@testable import DepositorStore
@testable import OutboxStore
@testable import RegistryStore
@testable import Store

@Suite struct FailureTests {
    @Test(
        arguments: [
            (ResultCode.SQLITE_BUSY, StoreError.busy), (.SQLITE_LOCKED, .busy), (.SQLITE_FULL, .full),
            (.SQLITE_CORRUPT, .corrupt("x")), (.SQLITE_NOTADB, .corrupt("x")), (.SQLITE_IOERR, .unusable("x")),
            (.SQLITE_READONLY, .unusable("x")), (.SQLITE_CANTOPEN, .unusable("x")),
        ])
    func `what SQLite says becomes what a caller can act on`(code: ResultCode, error: StoreError) {
        #expect(throws: error) {
            try StoreError.translating { throw DatabaseError(resultCode: code, message: "x") }
        }
        #expect(!error.description.isEmpty)
    }

    @Test func `an error of the store's own passes as it is`() {
        #expect(throws: StoreError.conflict("x")) {
            try StoreError.translating { throw StoreError.conflict("x") }
        }
    }

    /// A limit on the file's pages is to SQLite what a full disk is.
    @Test func `a disk that fills up undoes the whole integration, and later lets it through`() throws {
        let fixture = try StoreFixture()
        let store = fixture.store
        try store.accounts.addUser(
            email: "a@example.com", depositors: [StoreFixture.code], by: .test, at: fixture.tick())
        try fixture.integrate([organisation(1)])
        let claimed = try fixture.claim()
        let verdict = accepting((2..<50_000).map { organisation($0) })
        let mails = try store.outbox.mails().count
        try limitPages(store, "max(page_count, 1)")
        #expect(throws: StoreError.full) { try fixture.conclude(claimed, .validated(verdict)) }
        #expect(try store.deposits.deposit(id: claimed.id) == claimed)
        #expect(try store.registry.currentList(depositor: StoreFixture.code) == [organisation(1)])
        #expect(try store.outbox.mails().count == mails)
        try limitPages(store, "1000000000")
        #expect(try fixture.conclude(claimed, .validated(verdict)).movements == Movements(ajouts: 49_998, retraits: 1))
        #expect(try store.integrityProblems().isEmpty)
    }

    private func limitPages(_ store: Store, _ limit: String) throws {
        try store.pool.writeWithoutTransaction { db in
            let pages = try Int.fetchOne(db, sql: "SELECT \(limit) FROM pragma_page_count") ?? 0
            try db.execute(sql: "PRAGMA max_page_count = \(pages)")
        }
    }
}

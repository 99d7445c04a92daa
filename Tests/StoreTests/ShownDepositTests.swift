import Qualiopi
import Testing

@testable import AccountStore
@testable import DepositStore
@testable import DepositorStore
@testable import OutboxStore
@testable import PortalStore
@testable import PublicationStore
@testable import Store

/// Nobody sees in the portal what is another's.
@Suite struct ShownDepositTests {
    private static let email = StoreFixture.email
    private static let stranger = StoreFixture.stranger

    private let fixture: StoreFixture
    private var portal: Store.Portal { fixture.store.portal }

    init() throws { fixture = try .ofTwoPeople() }

    @Test func `another's deposit is as absent as one that never was`() throws {
        let own = try fixture.integrate([organisation(1)])
        let foreign = try fixture.integrate([organisation(2)], code: StoreFixture.otherCode)
        #expect(try portal.deposits.deposit(id: own.id, email: Self.email)?.id == own.id)
        #expect(try portal.deposits.state(id: own.id, email: Self.email) == .succes)
        for id in [foreign.id, 999] {
            #expect(try portal.deposits.deposit(id: id, email: Self.email) == nil)
            #expect(try portal.deposits.state(id: id, email: Self.email) == nil)
        }
        #expect(try portal.deposits.newest(email: Self.email, PortalFilter(limit: 50)).map(\.id) == [own.id])
        // From one's own page no other's is reached.
        let older = try portal.deposits.newest(email: Self.email, PortalFilter(before: foreign.id, limit: 50))
        #expect(older.isEmpty)
        _ = try fixture.store.accounts.revoke(
            email: Self.email, depositors: [StoreFixture.code], by: .test, at: fixture.tick())
        #expect(try portal.deposits.deposit(id: own.id, email: Self.email) == nil)
        #expect(try portal.deposits.newest(email: Self.email, PortalFilter(limit: 50)).isEmpty)
    }

    @Test func `pages of several depositors are in the order of reception`() throws {
        _ = try fixture.store.accounts.grant(
            email: Self.email, depositors: [StoreFixture.otherCode], by: .test, at: fixture.tick())
        var ids: [Int64] = []
        for index in 0..<9 {
            let code = index.isMultiple(of: 3) ? StoreFixture.code : StoreFixture.otherCode
            ids.insert(try fixture.integrate([organisation(UInt64(index))], code: code).id, at: 0)
        }
        var seen: [Int64] = []
        while true {
            let page = try portal.deposits.newest(email: Self.email, PortalFilter(before: seen.last, limit: 4)).map(
                \.id)
            if page.isEmpty { break }
            seen += page
        }
        #expect(seen == ids)
        let none = try portal.deposits.newest(email: Self.email, PortalFilter(state: .echec, limit: 4))
        #expect(none.isEmpty)
        for (days, count) in [(-400, 9), (0, 9), (1, 0)] {
            let since = try portal.deposits.newest(
                email: Self.email, PortalFilter(since: StoreFixture.day.adding(days: days), limit: 20))
            #expect(since.count == count)
        }
    }
}

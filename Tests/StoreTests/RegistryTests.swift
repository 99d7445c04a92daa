import DepositStore
import GRDB
import PublicationStore
import Qualiopi
import Testing

@testable import DepositorStore
@testable import RegistryStore
@testable import Store

@Suite struct RegistryTests {
    private let fixture: StoreFixture
    private var store: Store { fixture.store }

    init() throws { fixture = try StoreFixture(depositors: 2) }

    @Test func `the public list is the union over depositors, without what is past its end`() throws {
        try fixture.integrate([organisation(1, end: "2026-11-23"), organisation(2), organisation(3, categories: .vae)])
        try fixture.integrate(
            [organisation(3, end: "2029-01-01", categories: .actionsDeFormation), organisation(4, end: "2026-11-24")],
            code: StoreFixture.otherCode)
        let list = try store.registry.publicRegistry(on: StoreFixture.day)
        #expect(list.map(\.nda) == [2, 3, 4].map { organisation($0).nda })
        #expect(list[1].categories == [.vae, .actionsDeFormation])
        #expect(list[1].end == civil("2029-01-01"))
        #expect(try store.registry.publicRegistry(on: civil("2026-11-25")).count == 2)
    }

    @Test func `what is past its end date is on no page, and counted on none`() throws {
        try fixture.integrate([organisation(1, end: "2026-11-23"), organisation(2, end: "2026-11-24"), organisation(3)])
        let page = { (day: String) in
            try store.registry.entries(
                depositors: [StoreFixture.code], on: civil(day), beginning: "", page: 1, size: 7)
        }
        #expect(try page("2026-11-23").matching == 3)
        #expect(try page("2026-11-24").entries.map(\.organisation.nda) == [2, 3].map { organisation($0).nda })
        #expect(try page("2026-11-25").matching == 1)
    }

    @Test func `who is past its end date is neither certified nor missing from a file that must leave it out`() throws {
        try fixture.integrate([organisation(1, end: "2026-11-23"), organisation(2, end: "2026-11-24"), organisation(3)])
        let code = StoreFixture.code
        #expect(try store.registry.certifiedCount(depositor: code, on: civil("2026-11-23")) == 3)
        #expect(try store.registry.certifiedCount(depositor: code, on: civil("2026-11-24")) == 2)
        #expect(try store.registry.certifiedCount(depositor: code, on: civil("2026-11-25")) == 1)
        // A file may only list what ends after its day.
        #expect(
            try store.registry.ndasToList(depositor: code, on: civil("2026-11-23"))
                == [2, 3].map { organisation($0).nda })
        #expect(try store.registry.ndasToList(depositor: code, on: civil("2026-11-24")) == [organisation(3).nda])
    }

    @Test func `who certifies an organisation, and whom the others certify`() throws {
        try fixture.integrate([organisation(1), organisation(2)])
        try fixture.integrate([organisation(1, end: "2027-01-01"), organisation(3)], code: StoreFixture.otherCode)
        #expect(
            try store.registry.registered(nda: organisation(1).nda).entries == [
                RegistryEntry(depositor: StoreFixture.code, organisation: organisation(1)),
                RegistryEntry(depositor: StoreFixture.otherCode, organisation: organisation(1, end: "2027-01-01")),
            ])
        #expect(try store.registry.registered(nda: organisation(9).nda).entries.isEmpty)
        #expect(
            try store.registry.ndas(exceptOf: StoreFixture.code, on: StoreFixture.day)
                == Set([1, 3].map { organisation($0).nda }))
        #expect(
            try store.registry.ndas(exceptOf: StoreFixture.code, on: civil("2027-01-02")) == [organisation(3).nda])
        try fixture.integrate([organisation(2)])
        #expect(
            try store.registry.registered(nda: organisation(1).nda).entries.map(\.depositor) == [StoreFixture.otherCode]
        )
        #expect(throws: StoreError.notFound("the depositor E0")) { try store.registry.currentList(depositor: "E0") }
    }

    @Test(arguments: ["", "1", "17", "3435", "34350", "F", "X"], [1, 2])
    func `a page of lists is what all of them have there`(beginning: String, depositors: Int) throws {
        let codes = [StoreFixture.code, StoreFixture.otherCode]
        func list(_ step: UInt64) -> [CertifiedOrganisation] {
            (0..<30).map { (number: UInt64) -> CertifiedOrganisation in
                var one = organisation(number * step)
                if number % 3 != 0 { one.siren = SIREN(value: 170_000_000 + UInt32(number)) }
                return one
            }
        }
        let lists = [list(14), list(21)]
        for (code, list) in zip(codes, lists) { try fixture.integrate(list, code: code) }
        let own = Array(codes.prefix(depositors))
        var expected: [RegistryEntry] = []
        for (code, list) in zip(own, lists) {
            for one in list where one.nda.text.hasPrefix(beginning) || one.siren.text.hasPrefix(beginning) {
                expected.append(RegistryEntry(depositor: code, organisation: one))
            }
        }
        expected.sort { ($0.organisation.nda, $0.depositor) < ($1.organisation.nda, $1.depositor) }
        let page = { (number: Int) in
            try store.registry.entries(
                depositors: own.reversed(), on: StoreFixture.day, beginning: beginning, page: number, size: 7)
        }
        let pages = max(1, (expected.count + 6) / 7)
        for number in 1...pages {
            let found = try page(number)
            #expect(found.entries == Array(expected.dropFirst((number - 1) * 7).prefix(7)))
            #expect(found.page == number && found.matching == expected.count)
        }
        #expect(try page(pages + 5).page == pages && page(0).page == 1)
    }

    /// More than SQLite has terms of a compound SELECT, 500.
    @Test func `a page is of however many lists a person has`() throws {
        let codes = try (1...510).map { try fixture.addDepositor(StoreFixture.siret($0)).code }
        for (number, place) in [0, 254, 509].enumerated() {
            try fixture.integrate([organisation(UInt64(number)), organisation(5)], code: codes[place])
        }
        let page = { (number: Int) in
            try store.registry.entries(depositors: codes, on: StoreFixture.day, beginning: "", page: number, size: 4)
        }
        let first = try page(1)
        #expect(first.matching == 6)
        #expect(first.entries.map(\.depositor) == [0, 254, 509, 0].map { codes[$0] })
        #expect(first.entries.map(\.organisation) == [0, 1, 2, 5].map { organisation($0) })
        #expect(try page(2).entries.map(\.depositor) == [254, 509].map { codes[$0] })
    }

    @Test func `nobody's list has no page, and what was withdrawn is on none`() throws {
        #expect(
            try store.registry.entries(depositors: [], on: StoreFixture.day, beginning: "", page: 1, size: 7).matching
                == 0)
        try fixture.integrate([organisation(1), organisation(2)])
        try fixture.integrate([organisation(2)])
        let found = try store.registry.entries(
            depositors: [StoreFixture.code], on: StoreFixture.day, beginning: "", page: 1, size: 7)
        #expect(found.entries.map(\.organisation) == [organisation(2)] && found.matching == 1)
        #expect(throws: StoreError.notFound("the depositor E0")) {
            try store.registry.entries(depositors: ["E0"], on: StoreFixture.day, beginning: "", page: 1, size: 7)
        }
    }

    @Test func `the history of an organisation is every deposit that changed it, over all depositors`() throws {
        let added = try fixture.integrate([organisation(1), organisation(2)])
        let elsewhere = try fixture.integrate([organisation(1)], code: StoreFixture.otherCode)
        try fixture.integrate([organisation(1), organisation(2), organisation(3)])
        let modified = try fixture.integrate([organisation(1, end: "2029-01-01")])
        let withdrawn = try fixture.integrate([organisation(2)])
        let back = try fixture.integrate([organisation(1), organisation(2)])

        let history = try store.registry.registered(nda: organisation(1).nda).history
        #expect(history.map(\.deposit) == [added, elsewhere, modified, withdrawn, back].map(\.id))
        #expect(history.map(\.change.kind) == [.added, .added, .modified, .withdrawn, .added])
        #expect(history.map(\.depositor)[1] == StoreFixture.otherCode)
        #expect(history.map(\.at) == [added, elsewhere, modified, withdrawn, back].map(\.processedAt))
        #expect(history[2].change.before == organisation(1))
        #expect(history[2].change.after == organisation(1, end: "2029-01-01"))
        #expect(history[3].change.before == organisation(1, end: "2029-01-01"))
        #expect(history[3].change.after == nil)
        #expect(try store.registry.registered(nda: organisation(9).nda).history.isEmpty)
    }

    @Test func `what changed since an instant, in order`() throws {
        try fixture.integrate([organisation(1)])
        let second = try fixture.integrate([organisation(2)])
        let third = try fixture.integrate([organisation(2), organisation(3)], code: StoreFixture.otherCode)
        try fixture.integrate([organisation(2)])
        let since = try #require(second.processedAt)
        let changes = try store.registry.changes(since: since)
        #expect(changes.map(\.deposit) == [second.id, second.id, third.id, third.id])
        #expect(changes.map(\.change.kind) == [.withdrawn, .added, .added, .added])
        #expect(try store.registry.changes(since: fixture.tick()).isEmpty)
    }

    @Test func `a deposit's movements are named`() throws {
        try fixture.integrate([1, 2, 3, 5].map { organisation($0) })
        var verdict = accepting([organisation(1), organisation(2, end: "2029-01-01"), organisation(4)])
        verdict.rejected = [organisation(5).nda, organisation(6).nda]
        let deposit = try fixture.conclude(try fixture.claim(), .validated(verdict))
        let movements = try store.registry.namedMovements(deposit: deposit.id)
        #expect(movements.added == [organisation(4)])
        #expect(movements.modified.map(\.before) == [organisation(2)])
        #expect(movements.modified.map(\.after) == [organisation(2, end: "2029-01-01")])
        #expect(movements.withdrawn.map(\.organisation) == [organisation(3), organisation(5)])
        #expect(movements.withdrawn.map(\.cause) == [.absent, .ligneRejetee])
        #expect(try store.registry.namedMovements(deposit: try fixture.claim().id) == NamedMovements())
    }
}

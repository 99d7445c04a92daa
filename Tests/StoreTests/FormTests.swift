import Qualiopi
import Testing

@testable import AccountStore
@testable import DepositStore
@testable import DepositorStore
@testable import OutboxStore
@testable import PortalStore
@testable import PublicationStore
@testable import Store

/// A deposit's form lets one file in, and knows what became of it.
@Suite struct FormTests {
    private static let email = "archer@yopmail.com"
    private static let stranger = "autre@yopmail.com"

    private let fixture: StoreFixture
    private var portal: Store.Portal { fixture.store.portal }

    init() throws {
        fixture = try StoreFixture(depositors: 2)
        for (email, code) in [(Self.email, StoreFixture.code), (Self.stranger, StoreFixture.otherCode)] {
            _ = try fixture.store.accounts.addUser(email: email, depositors: [code], by: .test, at: fixture.tick())
            try portal.people.setPassword(email: email, hash: "$y$1", by: .test, at: fixture.tick())
        }
    }

    @Test func `a form knows its deposit, and only its person's`() throws {
        let key = Array(repeating: UInt8(7), count: 16)
        var published = fixture.publication()
        published.channel = "web"
        #expect(try portal.forms.fate(of: key, email: Self.email) == .none)
        _ = try portal.forms.note(
            key: key, email: Self.email, depositor: StoreFixture.code, file: [97], sha256: [1],
            device: published.device, inode: published.inode, now: fixture.tick())
        #expect(try portal.forms.fate(of: key, email: Self.email) == .none)
        try fixture.store.publications.recordPublication(published)
        #expect(try portal.forms.fate(of: key, email: Self.email) == .published)
        #expect(try portal.forms.fate(of: key, email: Self.stranger) == .none)
        let deposit = try fixture.store.publications.claim(
            ClaimFacts(
                depositor: StoreFixture.code, name: published.name, device: published.device, inode: published.inode,
                size: 1, modified: 0, changed: fixture.now), now: fixture.tick()
        ) { _ in StoreFixture.day }
        #expect(try portal.forms.fate(of: key, email: Self.email) == .deposited(deposit.id))
        #expect(try portal.forms.fate(of: key, email: Self.stranger) == .none)
    }

    @Test(arguments: ["published", "claimed", "removed"])
    func `a second file of a form takes nothing from the first, unless that was removed`(first: String) throws {
        let key = Array(repeating: UInt8(7), count: 16)
        var published = fixture.publication()
        published.channel = "web"
        let note = { (email: String, inode: UInt64) in
            try portal.forms.note(
                key: key, email: email, depositor: StoreFixture.code, file: [97], sha256: [1],
                device: published.device, inode: inode,
                now: fixture.tick())
        }
        #expect(try note(Self.email, published.inode))
        try fixture.store.publications.recordPublication(published)
        switch first {
        case "claimed":
            _ = try fixture.store.publications.claim(
                ClaimFacts(
                    depositor: StoreFixture.code, name: published.name, device: published.device,
                    inode: published.inode, size: 1, modified: 0, changed: fixture.now), now: fixture.tick()
            ) { _ in StoreFixture.day }
        case "removed":
            try fixture.store.publications.removePublication(
                depositor: StoreFixture.code, device: published.device, inode: published.inode)
        default: break
        }
        let fate = try portal.forms.fate(of: key, email: Self.email)
        #expect(try !note(Self.stranger, published.inode + 1), "another person's")
        #expect(try note(Self.email, published.inode + 2) == (first == "removed"))
        #expect(try portal.forms.fate(of: key, email: Self.email) == fate)
    }

    @Test(arguments: ["sftp", "web"])
    func `a form whose file was not let in knows no deposit that has its inode`(channel: String) throws {
        let key = Array(repeating: UInt8(7), count: 16)
        var published = fixture.publication()
        published.channel = channel
        _ = try portal.forms.note(
            key: key, email: Self.email, depositor: StoreFixture.code, file: [97], sha256: [1],
            device: published.device, inode: published.inode, now: fixture.tick())
        if channel == "web" { try portal.forms.forget(key: key) }
        try fixture.store.publications.recordPublication(published)
        #expect(try portal.forms.fate(of: key, email: Self.email) == .none)
        _ = try fixture.store.publications.claim(
            ClaimFacts(
                depositor: StoreFixture.code, name: published.name, device: published.device, inode: published.inode,
                size: 1, modified: 0, changed: fixture.now), now: fixture.tick()
        ) { _ in StoreFixture.day }
        #expect(try portal.forms.fate(of: key, email: Self.email) == .none)
    }

    @Test func `a start forgets the forms whose file is lost, before another one gets its inode, and no other`() throws
    {
        let keys = (1...3).map { Array(repeating: UInt8($0), count: 16) }
        var published = fixture.publication()
        published.channel = "web"
        // The first is lost, the second in the folder, the third a deposit.
        for (key, inode) in zip(keys, [published.inode, 1_002, 1_003]) {
            _ = try portal.forms.note(
                key: key, email: Self.email, depositor: StoreFixture.code, file: [97], sha256: [1],
                device: published.device, inode: inode,
                now: fixture.tick())
        }
        let deposit = { (inode: UInt64, isClaimed: Bool) throws -> Int64? in
            var one = published
            (one.inode, one.name) = (inode, Array("\(inode).csv".utf8))
            try fixture.store.publications.recordPublication(one)
            guard isClaimed else { return nil }
            return try fixture.store.publications.claim(
                ClaimFacts(
                    depositor: StoreFixture.code, name: one.name, device: one.device, inode: inode, size: 1,
                    modified: 0, changed: fixture.now), now: fixture.tick()
            ) { _ in StoreFixture.day }.id
        }
        _ = try deposit(1_002, false)
        let third = try #require(try deposit(1_003, true))
        try portal.forms.forgetLost()
        _ = try deposit(published.inode, true)
        let fates = try keys.map { try portal.forms.fate(of: $0, email: Self.email) }
        #expect(fates == [.none, .published, .deposited(third)])
    }

    @Test func `a form knows its deposit when the machine has numbered its devices anew`() throws {
        let key = Array(repeating: UInt8(7), count: 16)
        var published = fixture.publication()
        published.channel = "web"
        _ = try portal.forms.note(
            key: key, email: Self.email, depositor: StoreFixture.code, file: [97], sha256: [1],
            device: published.device &+ 1, inode: published.inode, now: fixture.tick())
        try fixture.store.publications.recordPublication(published)
        #expect(try portal.forms.fate(of: key, email: Self.email) == .published)
    }
}

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
    private static let email = StoreFixture.email
    private static let stranger = StoreFixture.stranger

    private static let identity = [UInt8](repeating: 9, count: 16)

    private let fixture: StoreFixture
    private var portal: Store.Portal { fixture.store.portal }

    init() throws { fixture = try .ofTwoPeople() }

    @Test func `a form knows its deposit, and only its person's`() throws {
        let key = Array(repeating: UInt8(7), count: 16)
        var published = fixture.publication()
        (published.channel, published.identity) = ("web", Self.identity)
        #expect(try portal.forms.fate(of: key, email: Self.email) == .none)
        _ = try portal.forms.note(
            key: key, email: Self.email, depositor: StoreFixture.code, file: [97], sha256: [1],
            identity: Self.identity, now: fixture.tick())
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
        (published.channel, published.identity) = ("web", Self.identity)
        let note = { (email: String, identity: UInt8) in
            try portal.forms.note(
                key: key, email: email, depositor: StoreFixture.code, file: [97], sha256: [1],
                identity: [UInt8](repeating: identity, count: 16), now: fixture.tick())
        }
        #expect(try note(Self.email, 9))
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
        #expect(try !note(Self.stranger, 10), "another person's")
        #expect(try note(Self.email, 11) == (first == "removed"))
        #expect(try portal.forms.fate(of: key, email: Self.email) == fate)
    }

    @Test(arguments: [nil, [UInt8](repeating: 10, count: 16)])
    func `a form whose file is gone knows nothing of the next file that has its inode, name and place`(
        next: [UInt8]?
    ) throws {
        let keys = (1...2).map { Array(repeating: UInt8($0), count: 16) }
        var published = fixture.publication()
        (published.channel, published.identity) = ("web", Self.identity)
        let note = { (key: [UInt8], identity: [UInt8]) in
            try portal.forms.note(
                key: key, email: Self.email, depositor: StoreFixture.code, file: published.name, sha256: [1],
                identity: identity, now: fixture.tick())
        }
        #expect(try note(keys[0], Self.identity))
        try fixture.store.publications.recordPublication(published)
        try fixture.store.publications.removePublication(
            depositor: StoreFixture.code, device: published.device, inode: published.inode)
        // By a robot, or by another form.
        published.identity = next
        if let next { #expect(try note(keys[1], next)) } else { published.channel = "sftp" }
        try fixture.store.publications.recordPublication(published)
        let fates = { try keys.map { try portal.forms.fate(of: $0, email: Self.email) } }
        #expect(try fates() == [.none, next == nil ? .none : .published])
        let deposit = try fixture.store.publications.claim(
            ClaimFacts(
                depositor: StoreFixture.code, name: published.name, device: published.device, inode: published.inode,
                size: 1, modified: 0, changed: fixture.now), now: fixture.tick()
        ) { _ in StoreFixture.day }
        #expect(try fates() == [.none, next == nil ? .none : .deposited(deposit.id)])
    }

    @Test func `a form's file has no number before it has moved: one that can't would be a dead link`() throws {
        let key = Array(repeating: UInt8(7), count: 16)
        var published = fixture.publication()
        (published.channel, published.identity) = ("web", Self.identity)
        _ = try portal.forms.note(
            key: key, email: Self.email, depositor: StoreFixture.code, file: [97], sha256: [1],
            identity: Self.identity, now: fixture.tick())
        try fixture.store.publications.recordPublication(published)
        let other = try Store(path: fixture.path).portal
        let claim = { (canMove: Bool) in
            try fixture.store.publications.claim(
                ClaimFacts(
                    depositor: StoreFixture.code, name: published.name, device: published.device,
                    inode: published.inode, size: 1, modified: 0, changed: fixture.now), now: fixture.tick(),
                civilDay: { _ in StoreFixture.day }
            ) { _ in
                #expect(try other.forms.fate(of: key, email: Self.email) == .published)
                if !canMove { throw StoreError.busy }
                return true
            }.id
        }
        #expect(throws: StoreError.busy) { try claim(false) }
        #expect(try portal.forms.fate(of: key, email: Self.email) == .published)
        let deposit = try claim(true)
        #expect(try portal.forms.fate(of: key, email: Self.email) == .deposited(deposit))
    }

    @Test func `a start forgets the forms whose file is lost, and no other`() throws {
        let keys = (1...3).map { Array(repeating: UInt8($0), count: 16) }
        var published = fixture.publication()
        (published.channel, published.identity) = ("web", Self.identity)
        // The first is lost, the second in the folder, the third a deposit.
        for key in keys {
            _ = try portal.forms.note(
                key: key, email: Self.email, depositor: StoreFixture.code, file: [97], sha256: [1], identity: key,
                now: fixture.tick())
        }
        let deposit = { (inode: UInt64, identity: [UInt8], isClaimed: Bool) throws -> Int64? in
            var one = published
            (one.inode, one.name, one.identity) = (inode, Array("\(inode).csv".utf8), identity)
            try fixture.store.publications.recordPublication(one)
            guard isClaimed else { return nil }
            return try fixture.store.publications.claim(
                ClaimFacts(
                    depositor: StoreFixture.code, name: one.name, device: one.device, inode: inode, size: 1,
                    modified: 0, changed: fixture.now), now: fixture.tick()
            ) { _ in StoreFixture.day }.id
        }
        _ = try deposit(1_002, keys[1], false)
        let third = try #require(try deposit(1_003, keys[2], true))
        try portal.forms.forgetLost()
        _ = try deposit(published.inode, Self.identity, true)
        let fates = try keys.map { try portal.forms.fate(of: $0, email: Self.email) }
        #expect(fates == [.none, .published, .deposited(third)])
    }
}

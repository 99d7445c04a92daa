import Foundation
import GRDB
import Qualiopi
import Testing

@testable import AccountStore
@testable import DepositStore
@testable import DepositorStore
@testable import OutboxStore
@testable import PeriodStore
@testable import PortalStore
@testable import PublicationStore
@testable import Store

/// What is kept on a person is known whole, and goes when the person does.
@Suite struct PersonTests {
    private static let email = "archer@yopmail.com"
    private static let login = "archer_yopmail.com"
    private static let namesake = "autre@yopmail.com"

    private let fixture: StoreFixture
    private var accounts: Store.Accounts { fixture.store.accounts }

    init() throws {
        fixture = try StoreFixture(depositors: 2)
        for (email, code) in [(Self.email, StoreFixture.code), (Self.namesake, StoreFixture.otherCode)] {
            try fixture.addPerson(email, of: code)
            try fixture.store.write {
                try $0.execute(
                    sql: "UPDATE portal_people SET name = 'Jeanne ARCHER' WHERE email = ?", arguments: [email])
            }
        }
    }

    /// A table that is added has to be said here, and then, if anything in it is about a person, in the record and in the erasure.
    private static let personal: Set<String> = [
        "users", "grants", "accounts", "account_keys", "account_log", "publications", "deposits", "deposit_events",
        "outbox", "changes", "portal_people", "portal_sessions", "portal_links", "portal_log", "portal_forms",
        "portal_registrations", "invitations",
    ]
    private static let impersonal: Set<String> = [
        "depositors", "reference_lists", "reference_contents", "findings", "syntheses", "periods", "closed_periods",
        "list_editions", "list_changes",
        "certified_organisations", "unread_changes", "unread_lists",
    ]

    @Test func `of every table it is known whether it holds anything of a person`() throws {
        let tables = try fixture.store.read {
            try String.fetchAll(
                $0,
                sql:
                    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'grdb%'"
            )
        }
        #expect(Set(tables) == Self.personal.union(Self.impersonal))
    }

    /// A deposit that is done, by that author.
    private func deposit(_ file: String, by author: String, channel: String, of code: String) throws {
        try fixture.store.write {
            try $0.execute(
                sql: """
                    INSERT INTO deposits (depositor, file, size, state, mode, author, channel, address, received_at, civil_date,
                                          claimed_at, processed_at, step)
                    SELECT id, ?, 1, 'succes', 'reel', ?, ?, '192.0.2.7', 1, '2026-11-24', 1, 1, 'done' FROM depositors
                    WHERE code = ?
                    """, arguments: [Data(file.utf8), author, channel, code])
        }
    }

    private func deposits() throws -> [String] {
        try fixture.store.read {
            try String.fetchAll($0, sql: "SELECT author || coalesce(' ' || address, '') FROM deposits ORDER BY id")
        }
    }

    @Test func `who has the same name in another establishment stays the author`() throws {
        try deposit("a", by: Self.login, channel: "sftp", of: StoreFixture.code)
        try deposit("b", by: "Jeanne ARCHER via le site", channel: "web", of: StoreFixture.code)
        try deposit("c", by: "\(Self.email) via le site", channel: "web", of: StoreFixture.otherCode)
        try deposit("d", by: "Jeanne ARCHER via le site", channel: "web", of: StoreFixture.otherCode)
        let record = try fixture.store.personalData.record(email: Self.email.uppercased())
        #expect(record.sections.first { $0.name == "deposits" }?.rows.count == 3)
        let erased = try fixture.store.personalData.erase(email: Self.email.uppercased(), by: .test, at: fixture.tick())
        #expect(erased == PersonErasure(login: Self.login, deposits: [1, 2, 3]))
        #expect(
            try deposits() == [
                "personne effacée", "personne effacée via le site", "personne effacée via le site",
                "Jeanne ARCHER via le site 192.0.2.7",
            ])
        #expect(throws: StoreError.notFound("anything about \(Self.email)")) {
            try fixture.store.personalData.erase(email: Self.email, by: .test, at: fixture.tick())
        }
        #expect(try !fixture.store.personalData.record(email: Self.namesake).isEmpty)
    }

    @Test func `while something of the person's is under way nothing is erased`() throws {
        let publication = fixture.publication()
        try fixture.store.publications.recordPublication(publication)
        for _ in 1...2 {
            #expect {
                try fixture.store.personalData.erase(email: Self.email, by: .test, at: fixture.tick())
            } throws: {
                guard case .conflict(let text) = $0 as? StoreError else { return false }
                return text.contains("nothing was erased")
            }
            #expect(try accounts.user(email: Self.email).email == Self.email)
            // The second time it is a deposit that is being treated.
            try fixture.store.write {
                try $0.execute(sql: "DELETE FROM publications")
            }
            try deposit("a", by: Self.login, channel: "sftp", of: StoreFixture.code)
            try fixture.store.write { try $0.execute(sql: "UPDATE deposits SET step = 'received'") }
        }
    }

    @Test func `what is erased is in no page of the file`() throws {
        for number in 1...300 {
            try accounts.addUser(
                email: "personne\(number)@example.com", depositors: [StoreFixture.code], by: .test, at: fixture.tick())
        }
        for number in 1...300 {
            _ = try fixture.store.personalData.erase(
                email: "personne\(number)@example.com", by: .test, at: fixture.tick())
            try fixture.store.personalData.forgetChanges(login: "personne\(number)_example.com")
        }
        try fixture.store.personalData.rewrite()
        for suffix in ["", "-wal"] {
            let bytes = try Data(contentsOf: URL(filePath: fixture.path + suffix))
            #expect(bytes.range(of: Data("personne".utf8)) == nil, "\(suffix)")
        }
    }
}

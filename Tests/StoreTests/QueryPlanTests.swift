import GRDB
import Qualiopi
import Testing

@testable import AccountStore
@testable import DepositStore
@testable import DepositorStore
@testable import LoginStore
@testable import OutboxStore
@testable import OverviewStore
@testable import PeriodStore
@testable import PortalStore
@testable import PublicationStore
@testable import ReferenceStore
@testable import RegistryStore
@testable import Store

/// Nothing may grow with the past: every statement that the store runs finds its rows by an index.
@Suite struct QueryPlanTests {
    private let fixture: StoreFixture
    private var store: Store { fixture.store }
    private let code = StoreFixture.code

    init() throws {
        fixture = try StoreFixture()
        try store.accounts.addUser(email: "a@example.com", depositors: [code], by: .test, at: fixture.tick())
        _ = try store.accounts.createAccount(email: "a@example.com", hash: "$y$", by: .test, at: fixture.tick())
        try fixture.integrate([organisation(1)])
    }

    /// Tables whose rows add up over the years. The others are bounded by the people and establishments that there are.
    private static let growing = [
        "deposits", "deposit_events", "findings", "syntheses", "list_changes", "list_editions",
        "certified_organisations", "outbox",
        "periods", "closed_periods", "account_log", "changes", "reference_lists",
    ]

    @Test func `a person's deposits in the pages, whatever they are filtered by`() throws {
        try expectIndexed { store in
            for state in [nil, DepositState.echec] {
                for since in [nil, StoreFixture.day] {
                    for before in [nil, Int64(7)] {
                        let filter = PortalFilter(state: state, since: since, before: before, limit: 51)
                        _ = try store.portal.deposits.newest(email: "a@example.com", filter)
                    }
                }
            }
        }
    }

    @Test func `a deposit from publication to archive`() throws {
        try expectIndexed(alongIndex: ["deposits_unfinished", "deposits_with_omissions"]) { _ in
            let publication = fixture.publication()
            try store.publications.recordPublication(publication)
            _ = try store.publications.publication(
                depositor: publication.depositor, device: publication.device, inode: publication.inode)
            _ = try store.publications.all()
            let claimed = try store.publications.claim(
                ClaimFacts(
                    depositor: code, name: publication.name, device: publication.device, inode: publication.inode,
                    size: 1,
                    modified: 0, changed: fixture.tick()), now: fixture.tick()
            ) { _ in StoreFixture.day }
            _ = try store.deposits.depositsWithOmissions()
            _ = try store.deposits.technicalFailures()
            _ = try store.publications.taken(since: fixture.now.adding(seconds: -300), until: fixture.now)
            try store.deposits.deferDeposit(
                id: claimed.id, attempts: 1, nextAttemptAt: fixture.tick(), obstacle: .other, error: "x",
                now: fixture.tick())
            try fixture.conclude(claimed, .validated(accepting([organisation(2)], findings: [finding(3)])))
            try store.deposits.advance(id: claimed.id, to: .reported, now: fixture.tick())
            _ = try store.deposits.unfinishedDeposits()
            _ = try store.deposits.findings(deposit: claimed.id)
            _ = try store.deposits.depositEvents(id: claimed.id)
            _ = try store.registry.currentList(depositor: code)
            try store.deposits.advance(id: claimed.id, to: .done, now: fixture.tick())
            try store.publications.noteClaim(
                ClaimFacts(
                    depositor: code, name: publication.name, device: publication.device, inode: publication.inode,
                    size: 1, modified: 0, changed: fixture.tick()))
            _ = try store.publications.recordOversize(
                depositor: code, name: [0x61], size: 1, login: "a", address: nil, now: fixture.tick(),
                day: StoreFixture.day)
            let failed = try fixture.conclude(try fixture.claim(), .failed("x"))
            try store.deposits.advance(id: failed.id, to: .done, now: fixture.tick())
            try store.deposits.requeue(id: failed.id, now: fixture.tick())
        }
    }

    /// Each list is walked along its key, up to the page; nothing is sorted, however many lists there are.
    @Test func `a page of the lists in force`() throws {
        let codes = try [code] + (1...3).map { try fixture.addDepositor(StoreFixture.siret($0)).code }
        try expectIndexed { store in
            for beginning in ["", "117", "1175516147", "F"] {
                for count in 1...4 {
                    let found = try store.registry.entries(
                        depositors: Array(codes.prefix(count)), on: StoreFixture.day, beginning: beginning, page: 2,
                        size: 1)
                    #expect(found.page == 1)
                }
            }
        }
    }

    private static let filters = [nil, StoreFixture.code].flatMap { depositor in
        [nil, DepositState.echec].flatMap { state in
            [nil, Timestamp(milliseconds: 1)].map { since in
                DepositFilter(depositor: depositor, state: state, since: since, limit: 20)
            }
        }
    }

    @Test(arguments: filters) func `listing deposits by any filter goes along an index, in order`(
        filter: DepositFilter
    ) throws {
        // Along the index of receptions, and no further than the limit.
        try expectIndexed(alongIndex: ["deposits_by_reception"]) { _ in _ = try store.deposits.deposits(filter) }
    }

    @Test func `status, accounts, registry, mails, periods, reference lists`() throws {
        let firstOf = ["deposits_by_reception", "reference_lists", "closed_periods", "outbox", "outbox_queued"]
        try expectIndexed(alongIndex: firstOf + ["deposits", "deposits_unfinished"]) { _ in _ = try store.overview() }
        try expectIndexed(alongIndex: firstOf) { _ in
            _ = try store.logins.credentials(login: "a_example.com")
            try store.logins.noteLogin(login: "a_example.com", at: fixture.tick())
            _ = try store.changes.after(try store.changes.newest() - 1)
            try store.accounts.setPasswordHash(login: "a_example.com", hash: "$y$", by: .test, at: fixture.tick())
            _ = try store.accounts.accountLog(login: "a_example.com")
            _ = try store.registry.registered(nda: organisation(1).nda)
            _ = try store.registry.namedMovements(deposit: 1)
            _ = try store.registry.changes(since: fixture.now)
            let now = fixture.tick()
            try store.outbox.queue([NewMail(kind: "test", recipient: "a", subject: "b", body: "c")], at: now)
            let mail = try #require(try store.outbox.dueMails(now: now, horizon: now, limit: 1).first)
            try store.outbox.markDeferred(mail: mail.id, nextAttemptAt: now, error: "x")
            try store.outbox.markFailed(mail: mail.id, error: "x")
            try store.outbox.retryMail(id: mail.id, now: now)
            try store.outbox.markDelivered(mail: mail.id, at: now)
            _ = try store.outbox.mails(state: .failed, limit: 10)
            _ = try store.outbox.mails(limit: 10)
            _ = try store.outbox.deleteFinishedMails(before: now)
            let day = Period.containing(StoreFixture.day, .day)
            try store.periods.closePeriod(day.previous, at: now) { _, _ in [] }
            _ = try store.periods.lastClosedPeriodEnd(now: fixture.now)
            _ = try store.periods.reopenPeriodsClosedAhead(now: fixture.now)
            _ = try store.periods.periods(depositor: code, since: day.start, current: day)
            _ = try store.periods.periods(current: day)
            _ = try store.deposits.deposits(ids: [1, 2])
            _ = try store.referenceLists.importReference(
                packed: [1], count: 1, sha256: "x", by: "y", at: now, source: "z")
            _ = try store.referenceLists.currentReference()
            _ = try store.referenceLists.referenceVersions(limit: 5)
            _ = try store.referenceLists.referenceSizes(since: now)
            _ = try store.referenceLists.importReference(
                packed: [2], count: 1, sha256: "x", by: "y", at: now, source: "z")
            _ = try store.referenceLists.rollBackReference(by: "y", at: now)
        }
    }

    /// SQLite reads a row from its beginning, and what stands behind a value of megabytes after all of them.
    @Test func `nothing stands behind a value that may be large`() throws {
        let large = ["details", "rules", "packed", "entries", "changes"]
        let columns = try store.pool.read {
            try Row.fetchAll(
                $0,
                sql: """
                    SELECT m.name AS "table", c.name AS "column", c.cid = (SELECT max(cid) FROM pragma_table_info(m.name)) AS last
                    FROM sqlite_schema AS m, pragma_table_info(m.name) AS c WHERE m.type = 'table' AND c.type = 'BLOB'
                    """)
        }
        let short = ["name", "file", "blob", "hash", "key", "link", "token", "fingerprint", "sha256", "identity"]
        for row in columns {
            let (table, column): (String, String) = (row["table"], row["column"])
            #expect(large.contains(column) || short.contains(column), "\(table).\(column): which is it?")
            if large.contains(column) { #expect(row["last"], "\(table).\(column)") }
        }
        #expect(columns.count { large.contains($0["column"]) } >= 3)
    }

    /// A list's rows lie together: the same organisations in many others' lists cost it no page.
    @Test func `a new list writes as many pages whoever else certifies the same organisations`() throws {
        let organisations = (1...400).map { organisation($0) }
        let written = try (10...40).map { number in
            let depositor = try fixture.addDepositor(StoreFixture.siret(number))
            _ = try pages("TRUNCATE")
            try fixture.integrate(organisations, code: depositor.code)
            return try pages("PASSIVE")
        }
        #expect(written[0] > 10)
        #expect(written[30] < written[0] * 3 / 2, "\(written)")
        let nda = organisations[7].nda
        let found = try store.registry.registered(nda: nda)
        #expect(found.entries.count == 31 && found.history.count == 31)
    }

    /// Pages in the database's log, which is then moved into the database.
    private func pages(_ checkpoint: String) throws -> Int {
        try store.pool.writeWithoutTransaction {
            try #require(try Row.fetchOne($0, sql: "PRAGMA wal_checkpoint(\(checkpoint))"))["log"]
        }
    }

    /// Indexes, and tables by their key, may be walked in order where they are named: up to a limit, or because they
    /// hold few rows.
    private func expectIndexed(
        alongIndex: [String] = [], sourceLocation: SourceLocation = #_sourceLocation,
        _ body: (Store) throws -> Void
    ) throws {
        let statements = try Statements.run(by: store) { try body(store) }
        #expect(!statements.isEmpty, sourceLocation: sourceLocation)
        for statement in statements where ["SELECT", "UPDATE", "DELETE", "INSERT"].contains(where: statement.hasPrefix)
        {
            let plan = try store.pool.writeWithoutTransaction { db in
                try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN \(statement)").map { $0["detail"] as String }
            }
            for step in plan {
                let words = step.split(separator: " ").map(String.init)
                guard words.first == "SCAN", words.count > 1, Self.growing.contains(words[1]) else { continue }
                let used = words.firstIndex(of: "INDEX").map { words[$0 + 1] } ?? words[1]
                #expect(alongIndex.contains(used), "\(step) in \(statement)", sourceLocation: sourceLocation)
            }
            // What is sorted is read whole first.
            if statement.contains("LIMIT"), !statement.contains("civil_date BETWEEN") {
                #expect(
                    !plan.contains { $0.contains("TEMP B-TREE") }, "\(plan) in \(statement)",
                    sourceLocation: sourceLocation)
            }
        }
    }
}

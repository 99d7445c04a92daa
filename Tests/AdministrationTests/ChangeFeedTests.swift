import AccountStore
import DepositorStore
import Foundation
import LinuxSystem
import Logging
import Qualiopi
import Store
import Synchronization
import TestSupport
import Testing

@testable import Administration

/// Changes reach the daemon once and in order, whether or not somebody says that there are any.
@Suite struct ChangeFeedTests {
    private struct Unavailable: Error {}

    private let folder: TemporaryFolder
    private let store: Store
    private let seen = Seen()
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// What the handler was given, and how often it fails first.
    private final class Seen: Sendable {
        let changes = Mutex<[Change]>([])
        let failures = Mutex(0)
    }

    init() throws {
        folder = try TemporaryFolder()
        store = try Store(path: folder.appending("db").path)
    }

    private func feed() throws -> ChangeFeed {
        ChangeFeed(store.changes, after: try store.changes.newest(), logger: logger) { [seen] change in
            let fails = seen.failures.withLock { failures in
                defer { failures = max(failures - 1, 0) }
                return failures > 0
            }
            if fails { throw Unavailable() }
            seen.changes.withLock { $0.append(change) }
            return if case .account = change { 2 } else { nil }
        }
    }

    /// By another connection, as a command is.
    private func change(_ count: Int) throws -> [Change] {
        let other = try Store(path: folder.appending("db").path)
        return try (0..<count).map { index in
            let number = try #require(SIRET("34350633300032"))
            if index == 0 {
                _ = try other.depositorRegister.addDepositor(
                    siret: number, name: "A", by: .test, now: Timestamp(milliseconds: 0),
                    on: CivilDate(daysSinceEpoch: 20_000))
                return .depositors
            }
            try other.depositorRegister.setDepositorState(
                code: "E34350633300032", index % 2 == 1 ? .suspended : .active, by: .test,
                at: Timestamp(milliseconds: 0))
            return index % 2 == 1 ? .suspension("E34350633300032") : .depositors
        }
    }

    @Test func `each is handed over once, in order`() throws {
        let feed = try feed()
        let changes = try change(5)
        feed.catchUp()
        feed.catchUp()
        #expect(seen.changes.withLock { $0 } == changes)
    }

    @Test func `what can't be noted is handed over again, and what comes after it waits`() throws {
        let feed = try feed()
        let changes = try change(3)
        seen.failures.withLock { $0 = 2 }
        feed.catchUp()
        feed.catchUp()
        #expect(seen.changes.withLock { $0 }.isEmpty)
        feed.catchUp()
        #expect(seen.changes.withLock { $0 } == changes)
    }

    @Test func `what was there before is not handed over`() throws {
        _ = try change(1)
        let feed = try feed()
        feed.catchUp()
        #expect(seen.changes.withLock { $0 }.isEmpty)
    }

    @Test func `a change that nobody tells of is found by the feed itself`() async throws {
        let feed = try feed()
        try feed.start()
        defer { feed.stop() }
        let changes = try change(2)
        try await eventually { seen.changes.withLock { $0 } == changes }
    }

    @Test func `an operation signals its change once it is committed, and hears what it ended`() throws {
        let clock = TestClock().civil
        let state = StateDirectory(path: folder.appending("state").path)
        try state.prepare()
        let feed = try feed()
        let signal = ChangeSignal { change in
            feed.catchUp()
            return feed.ended(by: change)
        }
        let administration = Administration(store: store, state: state, clock: clock, signal: signal)
        let number = try #require(SIRET("34350633300032"))
        let depositor = try administration.depositors.add(siret: number, name: "A", mode: .reel, by: .test)
        let other = try administration.depositors.add(
            siret: try #require(SIRET("73282932000074")), name: "B", mode: .reel, by: .test)
        let email = "archer@yopmail.com"
        _ = try administration.users.add(email: email, depositors: [depositor.code, other.code], by: .test)
        let login = try administration.accounts.create(email: email, hash: "*", by: .test).login
        #expect(try administration.accounts.resetPassword(login: login, hash: "$y$", by: .test).ended == 2)
        #expect(try administration.users.revoke(email: email, depositors: [depositor.code], by: .test).ended == 2)
        #expect(try administration.depositors.suspend(code: depositor.code, by: .test).ended == nil)
        #expect(try administration.users.remove(email: email, by: .test).user.login == login)
        #expect(
            seen.changes.withLock { $0 } == [
                .depositors, .depositors, .credentials(login), .account(login), .credentials(login), .outbox,
                .account(login), .suspension(depositor.code), .account(login),
            ])
        #expect(throws: StoreError.notFound("the account \(login)")) {
            try administration.accounts.resetPassword(login: login, hash: "$y$", by: .test)
        }
        #expect(seen.changes.withLock { $0.count } == 9, "what was refused is no change")
    }
}

import Foundation
import Qualiopi
import Testing

@testable import AccountStore
@testable import DepositStore
@testable import DepositorStore
@testable import OutboxStore
@testable import PublicationStore
@testable import RegistryStore
@testable import Store

@Suite(.timeLimit(.minutes(5))) struct CrashTests {
    /// What a crash leaves is the three files as they are at that instant: a copy of them is opened as the next start
    /// would.
    @Test func `before the end of the transaction nothing of it is there, after it everything`() throws {
        let fixture = try StoreFixture()
        try fixture.store.accounts.addUser(
            email: "a@example.com", depositors: [StoreFixture.code], by: .test, at: fixture.tick())
        try fixture.integrate([organisation(1)])
        let claimed = try fixture.claim()
        _ = try fixture.store.deposits.conclude(
            Conclusion(
                deposit: claimed.id, file: claimed.file,
                result: .validated(accepting((2..<5000).map { organisation($0) })), content: nil,
                referenceVersion: nil, at: fixture.tick(), reportStem: "x")
        ) { _, recipients in
            // The list, its history and the result are written by now, and not committed.
            copyFiles(fixture, to: "during")
            return recipients.map { NewMail(kind: "valide", recipient: $0, subject: "", body: "") }
        }
        copyFiles(fixture, to: "after")

        let during = try Store.openExisting(path: fixture.file("during/collecteur.sqlite"))
        #expect(try during.deposits.deposit(id: claimed.id) == claimed)
        #expect(try during.registry.currentList(depositor: StoreFixture.code) == [organisation(1)])
        #expect(try during.registry.changes(since: Timestamp(milliseconds: 0)).count == 1)
        #expect(try during.outbox.mails().count == 1)
        #expect(try during.integrityProblems().isEmpty)

        let after = try Store.openExisting(path: fixture.file("after/collecteur.sqlite"))
        #expect(try after.deposits.deposit(id: claimed.id).step == .integrated)
        #expect(try after.registry.currentList(depositor: StoreFixture.code).count == 4998)
        #expect(try after.outbox.mails().count == 2)
    }

    private func copyFiles(_ fixture: StoreFixture, to name: String) {
        let files = FileManager.default
        try? files.createDirectory(atPath: fixture.file(name), withIntermediateDirectories: true)
        for file in ["collecteur.sqlite", "collecteur.sqlite-wal"] {
            try? files.copyItem(atPath: fixture.file(file), toPath: fixture.file("\(name)/\(file)"))
        }
    }

    @Test func `a process killed in the transaction leaves the deposit to be concluded again`() async throws {
        let folder = SharedFolder(owner: getpid(), "killed")
        try folder.make()
        defer { folder.remove() }
        await #expect(processExitsWith: .signal(SIGKILL)) {
            let store = try Store(path: SharedFolder(owner: getppid(), "killed").database)
            let siret = try #require(SIRET("34350633300032"))
            let now = Timestamp(milliseconds: 1_795_500_000_000)
            _ = try store.depositorRegister.addDepositor(
                siret: siret, name: "A", by: .test, now: now, on: StoreFixture.day)
            let deposit = try store.publications.claim(
                ClaimFacts(
                    depositor: StoreFixture.code, name: Array("a".utf8), device: 1, inode: 1, size: 1, modified: 0,
                    changed: now), now: now
            ) { _ in StoreFixture.day }
            _ = try store.deposits.conclude(
                Conclusion(
                    deposit: deposit.id, file: deposit.file, result: .validated(accepting([organisation(1)])),
                    content: nil,
                    referenceVersion: nil, at: now, reportStem: "a")
            ) { _, _ in
                kill(getpid(), SIGKILL)
                return []
            }
        }
        let store = try Store.openExisting(path: folder.database)
        let left = try store.deposits.unfinishedDeposits()
        #expect(left.map(\.step) == [.claimed])
        #expect(try store.registry.currentList(depositor: StoreFixture.code).isEmpty)
        let now = Timestamp(milliseconds: 1_795_500_001_000)
        let done = try store.deposits.conclude(
            Conclusion(
                deposit: left[0].id, file: left[0].file, result: .validated(accepting([organisation(1)])), content: nil,
                referenceVersion: nil, at: now, reportStem: "a")
        ) { _, _ in [] }
        #expect(done.movements == Movements(ajouts: 1))
    }

    @Test func `two processes write at once and lose nothing`() async throws {
        let folder = SharedFolder(owner: getpid(), "two")
        try folder.make()
        defer { folder.remove() }
        let store = try Store(path: folder.database)
        let siret = try #require(SIRET("34350633300032"))
        _ = try store.depositorRegister.addDepositor(
            siret: siret, name: "A", by: .test, now: Timestamp(milliseconds: 0), on: StoreFixture.day)
        async let ours: Void = Self.claimMany(store, from: 1000)
        await #expect(processExitsWith: .success) {
            try Self.claimMany(try Store(path: SharedFolder(owner: getppid(), "two").database), from: 2000)
        }
        try await ours
        let inodes = try store.deposits.deposits().compactMap(\.inode)
        #expect(inodes.sorted() == Array(1000..<1200) + Array(2000..<2200))
        #expect(try store.integrityProblems().isEmpty)
    }

    private static func claimMany(_ store: Store, from first: UInt64) throws {
        for inode in first..<first + 200 {
            let now = Timestamp(milliseconds: Int64(inode))
            _ = try store.publications.claim(
                ClaimFacts(
                    depositor: StoreFixture.code, name: Array("a".utf8), device: 1, inode: inode, size: 1, modified: 0,
                    changed: now), now: now
            ) { _ in StoreFixture.day }
        }
    }
}

/// A folder that a test and the process that it starts both know: it is named after the test's process.
private struct SharedFolder {
    let path: String

    init(owner: pid_t, _ name: String) { path = "\(NSTemporaryDirectory())/collecteur-store-\(name)-\(owner)" }

    var database: String { path + "/collecteur.sqlite" }

    func make() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

    func remove() { try? FileManager.default.removeItem(atPath: path) }
}

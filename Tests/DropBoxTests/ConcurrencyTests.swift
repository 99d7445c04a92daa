import DepositStore
import LinuxSystem
import PublicationStore
import Qualiopi
import SFTPCodec
import SessionProtocol
import Store
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import DropBox
@testable import DropFolders

/// Several sessions and the watcher on one folder at once.
@Suite(.timeLimit(.minutes(5))) struct ConcurrencyTests {
    private let code = DropBoxFixture.code

    private final class Counter: Sendable {
        private let count: Mutex<Int>

        init(_ value: Int) { count = Mutex(value) }
        func add(_ number: Int) { count.withLock { $0 += number } }
        var value: Int { count.withLock { $0 } }
    }

    /// Claims whatever is there until the uploads are over and nothing is left.
    private func claimAll(_ fixture: DropBoxFixture, until isOver: @Sendable () -> Bool) throws {
        while true {
            let isLast = isOver()
            for file in try fixture.box.claims.pending(code: code) {
                _ = try fixture.box.claims.claim(code: code, file: file, isPaced: false)
            }
            if isLast, try fixture.box.claims.pending(code: code).isEmpty { return }
        }
    }

    @Test func `every upload that was acknowledged becomes one deposit, whole`() async throws {
        let fixture = try DropBoxFixture()
        let sessions = 4
        let uploads = 12
        let running = Counter(sessions)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for session in 0..<sessions {
                group.addTask {
                    defer { running.add(-1) }
                    let client = try fixture.client()
                    for number in 0..<uploads {
                        let name = "\(session)-\(number)"
                        let text = String(repeating: name, count: 100)
                        if number.isMultiple(of: 2) {
                            #expect(try client.put("\(name).csv", text).code == .ok)
                        } else {
                            try client.put("\(name).tmp", text)
                            #expect(client.rename("\(name).tmp", "\(name).csv") == .ok)
                        }
                        #expect(client.set("\(name).csv", modified: 1_600_000_000) == .ok)
                        #expect(client.status("\(name).csv")?.size == UInt64(text.utf8.count))
                    }
                }
            }
            group.addTask { try claimAll(fixture) { running.value == 0 } }
            try await group.waitForAll()
        }
        let deposits = try fixture.store.deposits.deposits()
        #expect(deposits.count == sessions * uploads)
        #expect(Set(deposits.map(\.file)).count == deposits.count)
        for deposit in deposits {
            let text = String(repeating: String(deposit.fileText.dropLast(4)), count: 100)
            #expect(try fixture.content(Folder(path: fixture.state.processing), "\(deposit.id)") == text)
            #expect(deposit.author == DropBoxFixture.login)
        }
        #expect(try fixture.names == ([], []))
        #expect(try fixture.store.publications.all().isEmpty)
    }

    @Test func `a name that several sessions fight for stays consistent`() async throws {
        let fixture = try DropBoxFixture()
        let acknowledged = Counter(0)
        let running = Counter(4)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for session in 0..<4 {
                group.addTask {
                    defer { running.add(-1) }
                    let client = try fixture.client()
                    for round in 0..<25 {
                        switch (session + round) % 3 {
                        case 0: _ = client.remove("liste.csv")
                        case 1: _ = client.rename("liste.csv", "liste.tmp", overwrite: true)
                        default:
                            // Refused while another session sends it.
                            guard let answer = try? client.put("liste.csv", "abcdefgh") else { continue }
                            if answer.code == .ok { acknowledged.add(1) }
                        }
                    }
                }
            }
            group.addTask { try claimAll(fixture) { running.value == 0 } }
            try await group.waitForAll()
        }
        let deposits = try fixture.store.deposits.deposits()
        #expect(deposits.count <= acknowledged.value)
        for deposit in deposits {
            #expect(try fixture.content(Folder(path: fixture.state.processing), "\(deposit.id)") == "abcdefgh")
        }
        let (drop, staging) = try fixture.names
        #expect(drop.isEmpty)
        #expect(Set(staging).isSubset(of: ["liste.tmp"]))
        #expect(try fixture.store.publications.all().isEmpty)
    }
}

import Foundation
import GRDB
import Qualiopi
import Testing

@testable import Store

@Suite struct ReferenceListTests {
    private let fixture: StoreFixture
    private var store: Store { fixture.store }

    init() throws { fixture = try StoreFixture(depositors: 0) }

    @Test func `the last imported list is in force; all imports are known, the last contents kept`() throws {
        #expect(try store.currentReference() == nil)
        #expect(try store.currentReferenceVersion() == nil)
        for number in 1...5 as ClosedRange<UInt8> {
            let version = try store.importReference(
                packed: [number, 0, 255], count: Int(number), sha256: "hash\(number)", by: "root", at: fixture.tick(),
                source: "of-\(number).csv")
            let current = try #require(try store.currentReference())
            #expect(current.version == version)
            #expect(current.packed == [number, 0, 255])
        }
        let versions = try store.referenceVersions()
        #expect(versions.map(\.source) == (1...5).reversed().map { "of-\($0).csv" })
        #expect(versions[0].importedBy == "root")
        #expect((versions[0].count, versions[0].sha256, versions[0].importedAt) == (5, "hash5", fixture.now))
        #expect(try store.referenceVersions(limit: 2).count == 2)
        let kept = try store.pool.read {
            try Int64.fetchAll($0, sql: "SELECT id FROM reference_lists WHERE packed IS NOT NULL ORDER BY id")
        }
        #expect(kept == [3, 4, 5])
    }
}

@Suite struct BackupTests {
    @Test func `a copy made while writes go on is whole, and starts`() async throws {
        let fixture = try StoreFixture()
        try fixture.integrate((0..<20_000).map { organisation($0) })
        let (store, copy) = (fixture.store, fixture.file("copy.sqlite"))
        async let writes: Void = {
            for round in 0..<100 as Range<Int64> {
                let now = Timestamp(milliseconds: round)
                _ = try store.claim(
                    ClaimFacts(
                        depositor: StoreFixture.code, name: [0x61], device: 9, inode: UInt64(round), size: 1,
                        modified: 0,
                        changed: now), now: now
                ) { _ in StoreFixture.day }
            }
        }()
        try store.backup(to: copy)
        try await writes
        let beside = try FileManager.default.contentsOfDirectory(atPath: fixture.folder.path)
        #expect(beside.filter { $0.hasPrefix("copy") } == ["copy.sqlite"])
        #expect(try FileManager.default.attributesOfItem(atPath: copy)[.posixPermissions] as? Int == 0o600)
        let restored = try Store.openExisting(path: copy)
        #expect(try restored.integrityProblems().isEmpty)
        #expect(try restored.synchronousLevel() == 2)
        #expect(try restored.currentList(depositor: StoreFixture.code).count == 20_000)
        let deposits = try restored.deposits()
        #expect(try deposits.allSatisfy { try !restored.depositEvents(id: $0.id).isEmpty })
        let next = try restored.claim(
            ClaimFacts(
                depositor: StoreFixture.code, name: [0x61], device: 1, inode: 1, size: 1, modified: 0,
                changed: fixture.now), now: fixture.now
        ) { _ in StoreFixture.day }
        #expect(next.id > deposits.map(\.id).max() ?? 0)
    }

    @Test func `a copy never replaces a file, and leaves nothing where it can't be made`() throws {
        let fixture = try StoreFixture()
        try Data([1]).write(to: fixture.folder.appendingPathComponent("mine"))
        #expect {
            try fixture.store.backup(to: fixture.file("mine"))
        } throws: {
            if case StoreError.conflict = $0 { true } else { false }
        }
        #expect(try Data(contentsOf: fixture.folder.appendingPathComponent("mine")) == Data([1]))
        #expect {
            try fixture.store.backup(to: fixture.file("no/folder"))
        } throws: {
            if case StoreError.unusable = $0 { true } else { false }
        }
    }
}

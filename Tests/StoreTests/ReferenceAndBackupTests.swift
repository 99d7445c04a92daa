import Foundation
import GRDB
import Qualiopi
import Testing

@testable import DepositStore
@testable import DepositorStore
@testable import OverviewStore
@testable import PublicationStore
@testable import ReferenceStore
@testable import RegistryStore
@testable import Store

@Suite struct ReferenceListTests {
    private let fixture: StoreFixture
    private var store: Store { fixture.store }

    init() throws { fixture = try StoreFixture(depositors: 0) }

    @Test func `the last imported list is in force; all imports are known, the last contents kept`() throws {
        #expect(try store.referenceLists.currentReference() == nil)
        #expect(try store.referenceLists.currentReferenceVersion() == nil)
        for number in 1...9 as ClosedRange<UInt8> {
            let version = try store.referenceLists.importReference(
                packed: [number, 0, 255], count: Int(number), sha256: "hash\(number)", by: "root", at: fixture.tick(),
                source: "of-\(number).csv")
            let current = try #require(try store.referenceLists.currentReference())
            #expect(current.version == version)
            #expect(current.packed == [number, 0, 255])
        }
        let versions = try store.referenceLists.referenceVersions()
        #expect(versions.map(\.source) == (1...9).reversed().map { "of-\($0).csv" })
        #expect(versions[0].importedBy == "root")
        #expect((versions[0].count, versions[0].sha256, versions[0].importedAt) == (9, "hash9", fixture.now))
        #expect(try store.referenceLists.referenceVersions(limit: 2).count == 2)
        let kept = try store.pool.read {
            try Int64.fetchAll($0, sql: "SELECT list FROM reference_contents ORDER BY list")
        }
        #expect(kept == [3, 4, 5, 6, 7, 8, 9])
        #expect(versions.map(\.hasContent) == [true, true, true, true, true, true, true, false, false])
    }

    @discardableResult
    private func bring(
        _ content: [UInt8], count: Int = 100, judgement: ReferenceJudgement = ReferenceJudgement(),
        judgedAgainst: ReferenceVersion?? = nil
    ) throws -> ReferenceVersion {
        try store.referenceLists.importReference(
            packed: content, count: count, sha256: "hash \(content)", by: "root", at: fixture.tick(), source: "of.csv",
            judgement: judgement, judgedAgainst: judgedAgainst)
    }

    @Test func `the same list again is seen again, not a new version`() throws {
        let first = try bring([1])
        #expect(first.seenAt == first.importedAt)
        let again = try bring([1])
        #expect(again.id == first.id && again.importedAt == first.importedAt && again.seenAt == fixture.now)
        #expect(try store.referenceLists.currentReferenceVersion() == again)
        #expect(try store.referenceLists.referenceVersions().count == 1)
        try bring([2])
        #expect(try bring([1]).id == 3)
    }

    @Test func `a judgement against a list that is no longer in force does not count`() throws {
        let first = try bring([1], judgedAgainst: .some(nil))
        try bring([2], judgedAgainst: first)
        for stale: ReferenceVersion? in [nil, first] {
            #expect {
                try bring([3], judgedAgainst: .some(stale))
            } throws: {
                if case StoreError.conflict = $0 { true } else { false }
            }
        }
        #expect(try store.referenceLists.currentReference()?.packed == [2])
    }

    @Test func `one goes back to the list before, and further`() throws {
        for number in 1...3 as ClosedRange<UInt8> { try bring([number]) }
        let (withdrawn, current) = try store.referenceLists.rollBackReference(by: "anna", at: fixture.tick())
        #expect((withdrawn.id, current.id) == (3, 2))
        #expect(withdrawn.withdrawal == .init(at: fixture.now, by: "anna"))
        #expect(try store.referenceLists.currentReference()?.version == current)
        #expect(try store.referenceLists.currentReference()?.packed == [2])
        #expect(try store.overview().reference?.id == 2)
        #expect(try store.referenceLists.referenceVersions().map(\.withdrawal?.by) == ["anna", nil, nil])
        #expect(try store.referenceLists.rollBackReference(by: "anna", at: fixture.tick()).inForce.id == 1)
        #expect {
            try store.referenceLists.rollBackReference(by: "anna", at: fixture.tick())
        } throws: {
            if case StoreError.conflict = $0 { true } else { false }
        }
        #expect(try store.referenceLists.currentReference()?.packed == [1])
        // What was withdrawn is remembered until it comes in force again.
        #expect(try store.referenceLists.withdrawnReference(sha256: "other", packed: [3])?.id == 3)
        #expect(try store.referenceLists.withdrawnReference(sha256: "hash [2]", packed: [9])?.id == 2)
        #expect(try store.referenceLists.withdrawnReference(sha256: "hash [1]", packed: [1]) == nil)
        #expect(try bring([3]).id == 4)
        #expect(try store.referenceLists.withdrawnReference(sha256: "hash [3]", packed: [3]) == nil)
        #expect(try store.referenceLists.rollBackReference(by: "anna", at: fixture.tick()).inForce.id == 1)
    }

    @Test func `there is no way back to a list whose content is gone`() throws {
        #expect(throws: StoreError.self) { try store.referenceLists.rollBackReference(by: "anna", at: fixture.tick()) }
        for number in 1...UInt8(Store.ReferenceLists.referenceContentsKept + 1) { try bring([number]) }
        for id in (2...Int64(Store.ReferenceLists.referenceContentsKept)).reversed() {
            #expect(try store.referenceLists.rollBackReference(by: "anna", at: fixture.tick()).inForce.id == id)
        }
        #expect {
            try store.referenceLists.rollBackReference(by: "anna", at: fixture.tick())
        } throws: {
            if case StoreError.conflict(let text) = $0 {
                text.contains("content") && text.contains("of.csv")
            } else {
                false
            }
        }
        #expect(try store.referenceLists.currentReference()?.packed == [2])
    }

    @Test func `the lists that were in force since then are those that began before, too`() throws {
        try bring([1], count: 100)
        try bring([2], count: 96)
        let between = fixture.now
        _ = fixture.tick()
        try bring([3], count: 80, judgement: ReferenceJudgement(withoutSIREN: 3, doubts: ["a", "b"], losses: ["c"]))
        #expect(try store.referenceLists.referenceSizes(since: fixture.tick()).map(\.count) == [80])
        #expect(try store.referenceLists.referenceSizes(since: between).map(\.count) == [80, 96])
        let all = try store.referenceLists.referenceSizes(since: Timestamp(milliseconds: 0))
        #expect(all == [ReferenceSize(count: 80, acceptsLoss: true), .init(count: 96), .init(count: 100)])
        let version = try #require(try store.referenceLists.currentReferenceVersion())
        #expect((version.withoutSIREN, version.doubts, version.losses) == (3, ["a", "b"], ["c"]))
        _ = try store.referenceLists.rollBackReference(by: "anna", at: fixture.tick())
        #expect(try store.referenceLists.referenceSizes(since: Timestamp(milliseconds: 0)).map(\.count) == [96, 100])
    }

    @Test func `a list of the first schema is counted when it is brought up to date`() throws {
        let list = ReferenceList(entries: [
            .init(nda: NDA(packed: 1), siren: SIREN(value: 1)), .init(nda: NDA(packed: 2), siren: nil),
        ])
        let old = try DatabaseQueue()
        try Schema.migrator.migrate(old, upTo: "1")
        try old.write { db in
            for content in [list.packed, nil, [1]] as [[UInt8]?] {
                try db.execute(
                    sql: """
                        INSERT INTO reference_lists (imported_at, imported_by, source, sha256, count, packed)
                        VALUES (1, 'root', 'of.csv', 'x', 2, ?)
                        """, arguments: [content.map { Data($0) }])
            }
        }
        try Schema.migrator.migrate(old)
        let counts = try old.read {
            try Int?.fetchAll($0, sql: "SELECT without_siren FROM reference_lists ORDER BY id")
        }
        #expect(counts == [1, nil, nil])
        let contents = try old.read {
            try Row.fetchAll($0, sql: "SELECT list, packed FROM reference_contents ORDER BY list")
        }
        #expect(contents.map { $0["list"] as Int64 } == [1, 3])
        #expect(contents.map { Store.bytes($0, "packed") } == [list.packed, [1]])
    }

    @Test func `deposits of former schemas find their list by its name`() throws {
        let old = try DatabaseQueue()
        try Schema.migrator.migrate(old, upTo: "4")
        try old.write { db in
            try db.execute(
                sql: """
                    INSERT INTO reference_lists (id, imported_at, imported_by, source, sha256, count)
                    VALUES (12, 1, 'root', 'of.csv', 'x', 2);
                    INSERT INTO depositors (id, code, siret, name, mode, state, added_at, added_on)
                    VALUES (1, 'E1', '1', 'A', 'reel', 'actif', 1, '2026-11-20');
                    """)
            for name in ["n° 12 (of.csv, 2 OF)", "n° 13 (gone.csv, 2 OF)", "1", nil] as [String?] {
                try db.execute(
                    sql: """
                        INSERT INTO deposits (depositor, file, size, state, mode, author, channel, received_at, civil_date,
                            claimed_at, step, reference_version)
                        VALUES (1, x'61', 1, 'succes', 'reel', 'a', 'sftp', 1, '2026-11-23', 1, 'done', ?)
                        """, arguments: [name])
            }
        }
        try Schema.migrator.migrate(old)
        let lists = try old.read { try Int?.fetchAll($0, sql: "SELECT reference_list FROM deposits ORDER BY id") }
        #expect(lists == [12, nil, nil, nil])
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
                _ = try store.publications.claim(
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
        #expect(try restored.registry.currentList(depositor: StoreFixture.code).count == 20_000)
        let deposits = try restored.deposits.deposits()
        #expect(try deposits.allSatisfy { try !restored.deposits.depositEvents(id: $0.id).isEmpty })
        let next = try restored.publications.claim(
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

import AccountStore
import DepositStore
import DepositorStore
import Foundation
import LinuxSystem
import PublicationStore
import Qualiopi
import Store
import TestSupport
import Testing

@testable import Administration

/// A removal that is refused has done nothing; one that was interrupted after the database's part is made whole.
@Suite struct DepositorRemovalTests {
    private let folder: TemporaryFolder
    private let store: Store
    private let state: StateDirectory
    private let administration: Administration
    private let code = "E34350633300032"

    init() throws {
        folder = try TemporaryFolder()
        state = StateDirectory(path: folder.appending("state").path)
        try state.prepare()
        store = try Store(path: state.database)
        administration = Administration(
            store: store, state: state, clock: TestClock().civil, signal: ChangeSignal { _ in nil })
        try add()
    }

    private func add() throws {
        _ = try administration.depositors.add(
            siret: try #require(SIRET("34350633300032")), name: "A", mode: .reel, by: .test)
    }

    private func write(_ path: String) throws { try Data("x".utf8).write(to: URL(filePath: path)) }

    private var leftFolders: [String] {
        ["\(state.depots)/\(code)", state.stagingFolder(of: code)].filter(FileManager.default.fileExists)
    }

    private func claim() throws -> Int64 {
        try store.publications.claim(
            ClaimFacts(
                depositor: code, name: Array("a.csv".utf8), device: 1, inode: 2, size: 1, modified: 0,
                changed: Timestamp(milliseconds: 1_795_000_000_000)), now: Timestamp(milliseconds: 1_795_000_000_000)
        ) { _ in CivilDate(daysSinceEpoch: 20_000) }.id
    }

    @Test func `one that is refused leaves the depositor as it was, active or suspended`() throws {
        let id = try claim()
        for isActive in [true, false] {
            if !isActive { _ = try administration.depositors.suspend(code: code, by: .test) }
            let before = try store.depositors.depositor(code: code)
            #expect(throws: StoreError.self) { try administration.depositors.remove(code: code, by: .test) }
            #expect(try store.depositors.depositor(code: code) == before)
        }
        _ = try administration.depositors.resume(code: code, by: .test)
        _ = try store.deposits.conclude(
            Conclusion(
                deposit: id, file: [], result: .failed("x"), content: nil, referenceVersion: nil,
                at: Timestamp(milliseconds: 1_795_000_001_000), reportStem: "a"), mails: { _, _ in [] })
        try store.deposits.advance(id: id, to: .done, now: Timestamp(milliseconds: 1_795_000_002_000))
        let file = state.dropFolder(of: code) + "/liste.csv"
        try write(file)
        #expect(throws: StoreError.self) { try administration.depositors.remove(code: code, by: .test) }
        #expect(try store.depositors.depositor(code: code).state == .active)
        #expect(FileManager.default.fileExists(atPath: file))
    }

    @Test func `a deposit that begins while the removal does is treated, and the depositor is active again`() throws {
        // What the daemon is told of is where a claim may have been made meanwhile.
        let late = Administration(
            store: store, state: state, clock: TestClock().civil,
            signal: ChangeSignal { change in
                if case .suspension = change { _ = try? claim() }
                return nil
            })
        #expect(throws: StoreError.self) { try late.depositors.remove(code: code, by: .test) }
        #expect(try store.depositors.depositor(code: code).state == .active)
        #expect(leftFolders.count == 2)
    }

    @Test func `folders that an interrupted removal has left go by another, and never come back with the depositor`()
        throws
    {
        try write(state.dropFolder(of: code) + "/a.csv.rapport.txt")
        try write(state.stagingFolder(of: code) + "/part.csv")
        #expect(throws: StoreError.self) { try administration.depositors.removeLeftFolders(code: code) }
        #expect(leftFolders.count == 2)
        // As killed after the database's part.
        _ = try store.depositorRegister.removeDepositor(
            code: code, by: .test, at: Timestamp(milliseconds: 1_795_000_000_000))
        #expect(try administration.depositors.removeLeftFolders(code: code))
        #expect(leftFolders.isEmpty)
        #expect(try !administration.depositors.removeLeftFolders(code: code))
        try state.prepareDepositor(code)
        try write(state.dropFolder(of: code) + "/a.csv.rapport.txt")
        try add()
        #expect(try FileManager.default.contentsOfDirectory(atPath: state.dropFolder(of: code)).isEmpty)
    }
}

import Qualiopi
import Synchronization
import Testing

@testable import DropFolders

/// Who still sees a file that was taken, in a folder's memory.
@Suite struct TakenFileTests {
    private static let name = Array("liste.csv".utf8)

    private func sender(_ login: String = "robot", _ address: String = "192.0.2.1", at moment: UInt64) -> Sender {
        Sender(login: login, address: address, sessionID: 1, clock: { moment })
    }

    private var state: DropFolder.State {
        var state = DropFolder.State()
        state.take(
            Self.name,
            TakenFile(
                size: 3, modified: 0, until: Timestamp(milliseconds: 60_000), published: 5000, login: "robot",
                address: "192.0.2.1"), now: Timestamp(milliseconds: 0))
        return state
    }

    private func isSeen(by sender: Sender, newcomers: Double = 2, at now: Int64 = 1000) -> Bool {
        state.taken(Self.name, by: sender, newcomers: newcomers, now: Timestamp(milliseconds: now)) != nil
    }

    @Test func `who was there when it was published, whoever that is`() {
        #expect(isSeen(by: sender("other", "192.0.2.9", at: 5000)))
    }

    @Test func `of those who come later, the same account from the same address, for a while`() {
        #expect(isSeen(by: sender(at: 7000)))
        #expect(!isSeen(by: sender(at: 7001)))
        #expect(!isSeen(by: sender("other", at: 6000)))
        #expect(!isSeen(by: sender("robot", "192.0.2.9", at: 6000)))
        #expect(!isSeen(by: sender(at: 5001), newcomers: 0))
    }

    @Test func `a setting beyond reason traps nothing`() {
        for newcomers in [-1, .infinity, .nan, 1e300] as [Double] {
            _ = isSeen(by: sender(at: 6000), newcomers: newcomers)
        }
    }

    @Test func `nobody once its time is over, and the next to be taken lets go of it`() {
        #expect(!isSeen(by: sender(at: 5000), at: 60_000))
        var state = state
        state.take(
            Array("b.csv".utf8),
            TakenFile(
                size: 1, modified: 0, until: Timestamp(milliseconds: 90_000), published: 0, login: nil, address: nil),
            now: Timestamp(milliseconds: 60_000))
        #expect(state.taken.keys.map { $0 } == [Array("b.csv".utf8)])
    }

    @Test func `a sender is silent since its last sign of life`() {
        let now = Mutex<UInt64>(1000)
        let sender = Sender(login: "robot", address: "192.0.2.1", sessionID: 1, clock: { now.withLock { $0 } })
        now.withLock { $0 = 5000 }
        #expect(sender.silence == 4000 && sender.began == 1000)
        sender.isAlive(ago: 500)
        #expect(sender.silence == 500)
        // An older sign takes nothing back.
        sender.isAlive(ago: 3000)
        #expect(sender.silence == 500)
    }
}

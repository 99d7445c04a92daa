@testable import LinuxSystem
import Testing

@testable import Ingestion

@Suite struct WatcherTests {
    @Test(arguments: [
        (InotifyMask.movedTo, Int32(1), false), (.closedAfterWriting, 1, false), (.deleted, 1, false),
        (.overflow, -1, true), (.selfDeleted, 1, true), (.selfMoved, 1, true), (.unmounted, 1, true),
        (.ignored, 1, true),
    ])
    func `what was lost or moved away has everything looked at`(mask: InotifyMask, watch: Int32, all: Bool) {
        var watches: [Int32: String] = [1: "A", 2: "B"]
        let (changed, isIncomplete) = Watcher.sort([InotifyEvent(watch: watch, mask: mask, name: [])], &watches)
        #expect(isIncomplete == all)
        #expect(changed == (watch == 1 ? ["A"] : []))
        #expect(watches.count == (mask == .ignored ? 1 : 2), "a number that is ignored may be given to another folder")
    }

    /// A folder holds many more reports than deposits: looking through it for each that is written took longer than the deposit.
    @Test(arguments: [
        ("liste.csv.2026-11-29T074348.rapport.txt", false), ("a.rapport.json", false), ("liste.csv", true), ("", true),
        ("a.rapport.json.csv", true),
    ])
    func `a report has nothing looked at`(name: String, isWorthALook: Bool) {
        var watches: [Int32: String] = [1: "A"]
        let event = InotifyEvent(watch: 1, mask: .movedTo, name: Array(name.utf8))
        #expect(Watcher.sort([event], &watches).0 == (isWorthALook ? ["A"] : []))
    }
}

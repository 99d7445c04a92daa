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
}

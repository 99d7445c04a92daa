import NIOCore
import PortalProtocol
import Synchronization

/// What the daemon is told for its log and its metrics: of each kind one note a second, which says how many there were since the last. A flood
/// would fill the log, and leave no room on the control socket for what people ask.
package final class NoteTally: Sendable {
    private struct Kind {
        var lastTold: NIODeadline?
        var untold: UInt32 = 0
    }

    private static let pause = TimeAmount.seconds(1)

    private let kinds = Mutex<[NoteKind: Kind]>([:])

    package init() {}

    /// The note to tell now, on any thread; nil if it is counted with the next of its kind.
    func take(_ kind: NoteKind, _ detail: String, now: NIODeadline = .now()) -> Note? {
        let times = kinds.withLock { kinds -> UInt32? in
            var one = kinds[kind] ?? Kind()
            defer { kinds[kind] = one }
            one.untold = one.untold &+ 1
            if let last = one.lastTold, now < last + NoteTally.pause { return nil }
            one.lastTold = now
            defer { one.untold = 0 }
            return one.untold
        }
        guard let times else { return nil }
        var note = Note()
        note.kind = kind
        note.detail = detail
        note.times = times
        return note
    }
}

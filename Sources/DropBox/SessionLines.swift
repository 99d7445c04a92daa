internal import Synchronization

/// The lines that one session may have written to the log in a minute: a client in a loop must not push everybody's lines
/// out of the journal. What is over it is counted, and said once a minute and at the session's end.
///
/// Uploads that are published, and what the disk says, are written whatever this says.
final class SessionLines: Sendable {
    private static let minute: UInt64 = 60_000

    private struct State {
        /// Milliseconds of the monotonic clock.
        var begun: UInt64 = 0
        var written = 0
        var unwritten = 0
        var last = ""
    }

    private let perMinute: Int
    private let state = Mutex(State())

    init(perMinute: Int) { self.perMinute = perMinute }

    /// Whether this line may be written, and how many of the minutes before could not, with the event of the last.
    func take(_ event: String, at now: UInt64) -> (mayWrite: Bool, unwritten: (count: Int, last: String)?) {
        state.withLock { state in
            var before: (Int, String)?
            if state.begun == 0 || now >= state.begun + Self.minute {
                if state.unwritten > 0 { before = (state.unwritten, state.last) }
                state = State(begun: max(1, now))
            }
            guard state.written < perMinute else {
                state.unwritten += 1
                state.last = event
                return (false, before)
            }
            state.written += 1
            return (true, before)
        }
    }

    /// What was not written, once.
    func end() -> (count: Int, last: String)? {
        state.withLock { state in
            defer { state.unwritten = 0 }
            return state.unwritten > 0 ? (state.unwritten, state.last) : nil
        }
    }
}

internal import Foundation
internal import Synchronization

/// Where log lines are written, if need be without those that nobody takes.
///
/// A log pipe whose reader stands still (a stalled log driver, `serve 2>&1 | less`) must not stand still the service: once a line
/// has waited for ``patience``, lines are left out until the stream takes some again, and then their number is the first that is
/// said. Any thread; a line is one `write` of up to ``atOnce`` bytes, so that lines of several threads and processes don't mix.
package final class LogStream: Sendable {
    private struct State {
        var isStalled = false
        var lost = 0
        /// A line was left in its middle.
        var isCut = false
    }

    /// PIPE_BUF: what a pipe takes whole, without waiting, when `poll` says that it takes something (pipe(7)).
    private static let atOnce = 4096

    private let descriptor: CInt
    private let patience: Duration
    private let lostLines: @Sendable (Int) -> String
    private let state = Mutex(State())

    /// - Parameters:
    ///   - descriptor: open as long as the process; what can't be written to it is lost.
    ///   - patience: how long a line waits for the stream before lines are left out.
    ///   - lostLines: the line that says how many were left out.
    package init(
        descriptor: CInt, patience: Duration = .seconds(5), lostLines: @escaping @Sendable (Int) -> String
    ) {
        self.descriptor = descriptor
        self.patience = patience
        self.lostLines = lostLines
    }

    /// Writes a line and its end.
    package func write(_ line: String) {
        state.withLock { state in
            if state.lost > 0 || state.isCut {
                let before = (state.isCut ? "\n" : "") + (state.lost > 0 ? lostLines(state.lost) + "\n" : "")
                guard put(before, &state) else {
                    state.lost += 1
                    return
                }
                state.lost = 0
                state.isCut = false
            }
            if !put(line + "\n", &state) { state.lost += 1 }
        }
    }

    /// False if the stream didn't take all of it in time.
    private func put(_ text: String, _ state: inout State) -> Bool {
        var rest = Array(text.utf8)[...]
        let whole = rest.count
        while !rest.isEmpty {
            guard isReady(&state) else {
                state.isCut = state.isCut || rest.count < whole
                return false
            }
            let written = rest.prefix(Self.atOnce).withUnsafeBytes {
                Foundation.write(descriptor, $0.baseAddress, $0.count)
            }
            if written < 0, errno == EINTR || errno == EAGAIN { continue }
            // Closed, or its disk is full: there is nowhere to say so.
            guard written > 0 else { return true }
            rest = rest.dropFirst(written)
        }
        return true
    }

    private func isReady(_ state: inout State) -> Bool {
        let until = ContinuousClock.now + (state.isStalled ? .zero : patience)
        while true {
            let left = until - ContinuousClock.now
            var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            let wait = max(0, left / .milliseconds(1))
            let ready = poll(&entry, 1, CInt(clamping: Int(min(wait, 60_000))))
            if ready > 0 {
                state.isStalled = false
                return true
            }
            if ready < 0, errno == EINTR { continue }
            // A failing poll tells nothing: the write will.
            if ready < 0 { return true }
            if ContinuousClock.now >= until {
                state.isStalled = true
                return false
            }
        }
    }
}

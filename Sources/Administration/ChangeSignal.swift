internal import Control
package import LinuxSystem
package import Store

/// Tells the daemon of a change that is committed.
///
/// Sent on the thread of whoever made the change, and it returns once the daemon has answered. One that is lost costs a second: the daemon finds
/// the change's row by itself.
package struct ChangeSignal: Sendable {
    private let tell: @Sendable (Change) -> Int?

    /// - tell: returns how many live sessions, or bans, the change has ended; nil if it ends none or no daemon runs.
    package init(_ tell: @escaping @Sendable (Change) -> Int?) { self.tell = tell }

    /// To the daemon that uses a state directory, if one runs, over its control socket.
    package static func control(of state: StateDirectory) -> ChangeSignal {
        ChangeSignal { change in
            let words = change.words
            let request = ControlRequest(.changed, reason: words.reason, subject: words.subject)
            let reply = ControlClient.send(request, to: state)
            return reply?.sessionsEnded ?? reply?.lifted
        }
    }

    /// Returns how many live sessions, or bans, have ended; nil if the change ends none or no daemon runs.
    @discardableResult
    func send(_ change: Change) -> Int? { tell(change) }
}

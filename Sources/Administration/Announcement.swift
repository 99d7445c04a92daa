internal import Control
package import LinuxSystem
internal import Store

extension Administration {
    /// Tells the daemon that uses a state directory, if one runs, over its control socket.
    package static func announcing(to state: StateDirectory) -> Announce {
        { change in
            let words = change.words
            let request = ControlRequest(.changed, reason: words.reason, subject: words.subject)
            let reply = ControlClient.send(request, to: state)
            return reply?.sessionsEnded ?? reply?.lifted
        }
    }
}

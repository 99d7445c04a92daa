import CLibSSH
import Glibc
import LinuxSystem
import SFTPService
import SessionProtocol

/// The life of one session process: the daemon's welcome, confinement, then the client until it leaves.
///
/// Fatal, for this connection alone: a broken protocol on either side, a deadline, a daemon that is gone. Every end is told to the daemon,
/// which logs it and keeps the uploads that were under way as partials.
package final class Session {
    /// A client that takes no answer for so long is gone, in milliseconds.
    private static let stall: UInt64 = 120_000
    /// The processor time that one turn may take, in seconds: libssh 0.10 never comes back from writing on a channel with a
    /// maximum packet of 10. An honest turn takes milliseconds.
    private static let longestTurn = 5
    /// How often that is begun anew, in milliseconds.
    private static let limitInterval: UInt64 = 1_000
    /// How often the daemon is told that the client lives, in milliseconds.
    private static let aliveInterval: UInt64 = 2_000

    private let daemon: DaemonLink
    private let connection: SSHConnection
    private let welcome: Welcome
    private var lastRequest = MonotonicClock.milliseconds()
    private var lastAlive: UInt64 = 0
    private var lastLimit: UInt64 = 0
    private var lastBytes: UInt64 = 0
    private var lastSent: UInt64 = 0
    /// When bytes came that the daemon has not been told of.
    private var untoldSign: UInt64?
    /// Something may wait inside libssh that no event will announce.
    private var looksAgain = false
    /// Since memory was last given back.
    private var hasWorked = true
    private var finished: (received: UInt64, sent: UInt64) = (0, 0)

    private struct End: Error {
        var reason: EndReason
        var detail: [UInt8] = []
    }

    /// Runs a session in a process that was made for it.
    ///
    /// - Returns: The exit status: 0 whatever the client did, 1 if the session could not be set up.
    static func run(_ daemon: DaemonLink, _ options: ServerOptions) -> CInt {
        do {
            let greeting = try daemon.greeting()
            let welcome = greeting.welcome
            let connection = try SSHConnection(
                client: greeting.client, options: options, welcome: welcome, daemon: daemon)
            let session = Session(daemon: daemon, connection: connection, welcome: welcome)
            // The client's first byte is read confined for good.
            try Sandbox.confineCopy(uploadCap: welcome.uploadCap)
            session.serve()
            return 0
        } catch {
            daemon.tell(failure: error)
            return 1
        }
    }

    private init(daemon: DaemonLink, connection: SSHConnection, welcome: Welcome) {
        self.daemon = daemon
        self.connection = connection
        self.welcome = welcome
    }

    private func serve() {
        var end = End(reason: .failure)
        do {
            limitTurn()
            guard connection.start() else { throw End(reason: .protocolError, detail: connection.errorText) }
            // The callback has nothing to do: the loop looks at the socket after each wait.
            let noted = ssh_event_add_fd(connection.event, daemon.raw, Int16(POLLIN), { _, _, _ in 0 }, nil)
            guard noted == SSH_OK else { throw End(reason: .failure) }
            while true { try turn() }
        } catch let reached as End {
            end = reached
        } catch {}
        tell(end)
    }

    /// One wait and all that it gave to do.
    private func turn() throws(End) {
        limitTurn()
        let polled = ssh_event_dopoll(connection.event, looksAgain ? 0 : timeout())
        if polled == SSH_AGAIN, !looksAgain { rest() }
        let now = MonotonicClock.milliseconds()
        let received = connection.receivedBytes
        daemon.drain()
        if daemon.ended != nil { throw End(reason: .ordered, detail: Array((daemon.ended ?? "").utf8)) }
        tellAlive(now)
        let socketTook = connection.sentBytes != lastSent
        lastSent = connection.sentBytes
        for channel in connection.channels { try pump(channel, socketTook: socketTook, now) }
        // Any call of libssh may take bytes off the socket, for a channel that has had its turn.
        looksAgain =
            connection.receivedBytes != received
            || !connection.writesPending && connection.channels.contains(where: \.isHeldUp)
        connection.removeFinishedChannels()
        if connection.authentication.isExhausted { throw End(reason: .tooManyTries) }
        guard polled != SSH_ERROR, connection.isOpen else {
            let detail = connection.errorText
            if connection.authentication.isAuthenticated { throw End(reason: .clientLeft, detail: detail) }
            // libssh has no code of its own for it; the text is the same from 0.8 to 0.12.
            let isUnmatched = detail.starts(with: "kex error : no match".utf8)
            throw End(reason: isUnmatched ? .noCommonAlgorithm : .connectionLost, detail: detail)
        }
        if !connection.authentication.isAuthenticated {
            if Authentication.now() > connection.authentication.grace.deadline { throw End(reason: .loginGrace) }
        } else if now - lastRequest > UInt64(clamping: welcome.idleTimeoutMilliseconds) {
            throw End(reason: .idle)
        }
    }

    /// A turn that doesn't end ends the process; the daemon keeps what was uploaded so far.
    private func limitTurn() {
        let now = MonotonicClock.milliseconds()
        guard now - lastLimit >= Self.limitInterval else { return }
        lastLimit = now
        Sandbox.limitWork(seconds: Self.longestTurn)
    }

    private func pump(_ channel: SFTPChannel, socketTook: Bool, _ now: UInt64) throws(End) {
        do throws(SFTPChannel.Failure) {
            if try channel.pump(writesPending: connection.writesPending, socketTook: socketTook, now: now) {
                lastRequest = now
                hasWorked = true
            }
        } catch {
            switch error {
            case .protocolError(let detail): throw End(reason: .protocolError, detail: Array(detail.utf8))
            case .connectionLost: throw End(reason: .connectionLost, detail: connection.errorText)
            case .daemonLost: throw End(reason: .ordered)
            }
        }
        if let since = channel.stalledSince, now - since > Self.stall { throw End(reason: .idle) }
        if channel.isFinished {
            finished.received += channel.server.received
            finished.sent += channel.server.sent
        }
    }

    /// Nothing has happened for a while: gives memory back, once.
    private func rest() {
        guard hasWorked else { return }
        hasWorked = false
        for channel in connection.channels { channel.rest() }
        Memory.trim()
    }

    private func tellAlive(_ now: UInt64) {
        if connection.receivedBytes != lastBytes {
            lastBytes = connection.receivedBytes
            untoldSign = now
        }
        guard let sign = untoldSign, now - lastAlive >= Self.aliveInterval else { return }
        untoldSign = nil
        lastAlive = now
        // The sign counts from when the bytes came, however late it is told.
        if connection.authentication.isAuthenticated { daemon.tell(.alive(ago: UInt32(clamping: now - sign))) }
    }

    private func tell(_ end: End) {
        // The daemon cuts what is unfinished to what these say is whole.
        for channel in connection.channels {
            finished.received += channel.server.received
            finished.sent += channel.server.sent
        }
        daemon.tell(
            .ended(
                reason: end.reason, detail: Array(end.detail.prefix(Bounds.text)), received: finished.received,
                sent: finished.sent))
    }

    /// Until the next deadline, in milliseconds.
    private func timeout() -> CInt {
        let now = MonotonicClock.milliseconds()
        // A moment after the last work the session gives its memory back.
        let longest: UInt64 = hasWorked ? 1_000 : 10_000
        let deadline =
            connection.authentication.isAuthenticated
            ? lastRequest + UInt64(clamping: welcome.idleTimeoutMilliseconds)
            : UInt64(clamping: connection.authentication.grace.deadline)
        let next = untoldSign == nil ? deadline : min(deadline, lastAlive + Self.aliveInterval)
        return CInt(clamping: min(next > now ? next - now + 1 : 1, longest))
    }
}

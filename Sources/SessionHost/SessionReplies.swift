internal import SystemPackage
internal import LinuxSystem
internal import Logging
internal import SessionProtocol
internal import Synchronization

/// What the daemon answers to session processes, and the end of a session's turn.
///
/// Called on the session's turn, or by the thread to which the turn was handed over.
/// Failures: a process that is gone takes no answer, and its end of the socket says so next.
struct SessionReplies: Sendable {
    let poller: Poller
    let endings: SessionEndings
    let logger: Logger

    /// Sends a reply. False if the control socket is full: then the reply waits, and nothing else may be handled.
    func send(_ reply: Reply, _ descriptor: SharedDescriptor?, to id: UInt32, of session: LiveSession) -> Bool {
        let message: [UInt8]
        do {
            message = try Codec.encode(.reply(id: id, reply))
        } catch {
            // Our own fault: a reply beyond the bounds. The client would wait for ever.
            logger.error("session.reply_unsendable", metadata: session.metadata(["reason": "\(error)"]))
            session.kill()
            return true
        }
        let now = MonotonicClock.signedMilliseconds()
        return send(LiveSession.Pending(message: message, descriptor: descriptor, since: now), to: session)
    }

    /// Sends the reply that waits, if there is one. False if it still finds no room.
    func sendPending(to session: LiveSession) -> Bool {
        guard let pending = session.state.withLock({ $0.pending }) else { return true }
        return send(pending, to: session)
    }

    private func send(_ pending: LiveSession.Pending, to session: LiveSession) -> Bool {
        do {
            try session.process.control.send(pending.message, descriptor: pending.descriptor?.raw)
            session.state.withLock { $0.pending = nil }
            return true
        } catch .resourceTemporarilyUnavailable {
            session.state.withLock { $0.pending = pending }
            return false
        } catch {
            session.state.withLock { $0.pending = nil }
            return true
        }
    }

    /// Ends a turn: the next event may go to any thread.
    func endTurn(of session: LiveSession) {
        let events: PollerEvents = session.state.withLock { $0.pending == nil } ? .readable : .writable
        do {
            try poller.rearm(session.process.control.raw, events, token: session.controlToken)
        } catch {
            session.kill()
            endings.noteControlClosed(of: session)
        }
    }
}

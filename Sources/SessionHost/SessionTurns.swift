internal import LinuxSystem
internal import Logging
internal import SessionProtocol
internal import Synchronization
internal import SystemPackage

/// A session's turn: what its process asks and says, one message at a time.
///
/// Runs on one thread at a time for each session. What takes long is handed over, and whoever gets it ends the turn.
/// Failures: a process that breaks the rules is killed; one that can't be read is over.
struct SessionTurns: Sendable {
    let sessions: LiveSessions
    let logins: SessionLogins
    let signatures: SessionSignatures
    let replies: SessionReplies
    let endings: SessionEndings
    let health: SessionHealth
    let logger: Logger

    /// How many messages a session gets handled before others have their turn.
    private static let messagesPerTurn = 32

    private enum AfterMessage {
        case next
        /// Somebody else goes on with the session, and ends the turn.
        case handedOver
        /// The reply waits for room.
        case blocked
    }

    /// Handles what the session's process has sent.
    func take(of session: LiveSession) {
        guard replies.sendPending(to: session) else { return replies.endTurn(of: session) }
        for _ in 0..<Self.messagesPerTurn {
            let message: (bytes: [UInt8], descriptor: SharedDescriptor?)?
            do {
                message = try session.process.control.receive(maximum: Bounds.message, timeout: .zero)
            } catch .resourceTemporarilyUnavailable {
                return replies.endTurn(of: session)
            } catch {
                violate(session, .malformed)
                return endings.noteControlClosed(of: session)
            }
            guard let message else { return endings.noteControlClosed(of: session) }
            guard message.descriptor == nil else {
                violate(session, .descriptor)
                return endings.noteControlClosed(of: session)
            }
            switch handle(message.bytes, of: session) {
            case .next: continue
            case .handedOver: return
            case .blocked: return replies.endTurn(of: session)
            }
        }
        replies.endTurn(of: session)
    }

    private func handle(_ bytes: [UInt8], of session: LiveSession) -> AfterMessage {
        let message: SessionMessage
        do {
            message = try Codec.decodeMessage(bytes)
        } catch {
            violate(session, .malformed)
            return .next
        }
        switch message {
        case .notice(let notice):
            take(notice, of: session)
            return .next
        case .request(let id, let request):
            let now = MonotonicClock.signedMilliseconds()
            let step = session.state.withLock { state in
                if state.account == nil { state.grace.note(request, at: now) }
                return state.machine.receive(request, at: now)
            }
            switch step {
            case .serve: return serve(request, id, of: session)
            case .checkPassword(let login, let password):
                logins.checkPassword(session, id, login, password)
                return .handedOver
            case .checkKey(let login, let blob, let signed):
                logins.checkKey(session, id, login, blob, signed: signed)
                return .handedOver
            case .denyUnseen(let login, let algorithm, let reason):
                logins.denyUnseen(session, id, login, algorithm, reason)
                return .handedOver
            case .sign(let key, let digest, let exchangeHash, let delay):
                signatures.sign(session, id, key, digest, exchangeHash, after: delay)
                return .handedOver
            case .verify(let login, let digest, let signature, let data):
                signatures.verify(session, id, login, digest, signature, data)
                return .handedOver
            case .denyForGood:
                session.expectEnd()
                return replies.send(.denied(tryAgain: false), nil, to: id, of: session) ? .next : .blocked
            case .ignore: return .next
            case .violation(let violation):
                violate(session, violation)
                return .next
            }
        }
    }

    private func serve(_ request: Request, _ id: UInt32, of session: LiveSession) -> AfterMessage {
        guard let files = session.state.withLock({ $0.account?.files }) else { return .next }
        health.noteSuccess(.running)
        let (answer, descriptor) = files.handle(request)
        let sent = replies.send(answer, descriptor, to: id, of: session)
        if sessions.isStopping, !files.hasUploads { session.end(because: "stopping") }
        return sent ? .next : .blocked
    }

    private func take(_ notice: Notice, of session: LiveSession) {
        let now = MonotonicClock.signedMilliseconds()
        let (violation, files) = session.state.withLock { state in
            let violation = state.machine.receive(notice, at: now)
            if violation == nil {
                switch notice {
                case .established(let banner, let keyExchange, let cipher, let mac, let hostKey):
                    state.algorithms = [keyExchange, cipher, mac, hostKey].map { String(decoding: $0, as: UTF8.self) }
                    state.clientBanner = String(decoding: banner, as: UTF8.self)
                case .alive(let ago): state.lastSign = max(state.lastSign, now - Int64(ago))
                case .progress, .copied, .ready: break
                case .ended(let reason, let detail, let received, let sent):
                    state.farewell = LiveSession.Farewell(
                        reason: reason, detail: String(decoding: detail.prefix(500), as: UTF8.self), received: received,
                        sent: sent)
                }
            }
            return (violation, state.account?.files)
        }
        if let violation { return violate(session, violation) }
        files?.note(notice)
    }

    /// The process broke the rules: it dies, and its session with it.
    private func violate(_ session: LiveSession, _ violation: SessionMachine.Violation) {
        let first = session.state.withLock { state in
            state.machine.end()
            defer { state.endReason = state.endReason ?? "violation" }
            return !state.killed
        }
        if first {
            logger.warning("session.violation", metadata: session.metadata(["violation": "\(violation.rawValue)"]))
        }
        session.kill()
    }
}

extension LoginGrace {
    fileprivate mutating func note(_ request: Request, at now: Int64) {
        if case .sign = request { noteKeys(at: now) } else { noteRequest(at: now) }
    }
}

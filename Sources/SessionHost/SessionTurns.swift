internal import LinuxSystem
internal import Logging
internal import SessionProtocol
internal import Synchronization
internal import SystemPackage
internal import Telemetry

// A session's turn: its messages, its replies, its end.
extension SessionService {
    /// How many messages a session gets handled before others have their turn.
    private static let messagesPerTurn = 32

    private enum AfterMessage {
        case next
        /// Somebody else goes on with the session, and ends the turn.
        case handedOver
        /// The reply waits for room.
        case blocked
    }

    /// Handles what the session's process has sent. Runs on one thread at a time for each session.
    func takeTurn(of session: LiveSession) {
        guard sendPending(to: session) else { return rearm(session) }
        for _ in 0..<Self.messagesPerTurn {
            let message: (bytes: [UInt8], descriptor: SharedDescriptor?)?
            do {
                message = try session.process.control.receive(maximum: Bounds.message, timeout: .zero)
            } catch .resourceTemporarilyUnavailable {
                return rearm(session)
            } catch {
                violate(session, .malformed)
                return noteControlClosed(of: session)
            }
            guard let message else { return noteControlClosed(of: session) }
            guard message.descriptor == nil else {
                violate(session, .descriptor)
                return noteControlClosed(of: session)
            }
            switch handle(message.bytes, of: session) {
            case .next: continue
            case .handedOver: return
            case .blocked: return rearm(session)
            }
        }
        rearm(session)
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
            let now = Self.now()
            let step = session.state.withLock { state in
                if state.account == nil { state.grace.note(request, at: now) }
                return state.machine.receive(request, at: now)
            }
            switch step {
            case .serve: return serve(request, id, of: session)
            case .checkPassword(let login, let password):
                checkPassword(session, id, login, password)
                return .handedOver
            case .checkKey(let login, let blob, let signed):
                checkKey(session, id, login, blob, signed: signed)
                return .handedOver
            case .denyUnseen(let login, let algorithm, let reason):
                denyUnseen(session, id, login, algorithm, reason)
                return .handedOver
            case .sign(let key, let digest, let exchangeHash, let delay):
                sign(session, id, key, digest, exchangeHash, after: delay)
                return .handedOver
            case .verify(let login, let digest, let signature, let data):
                verify(session, id, login, digest, signature, data)
                return .handedOver
            case .denyForGood:
                noteGoodbye(to: session)
                return reply(.denied(tryAgain: false), nil, to: id, of: session) ? .next : .blocked
            case .ignore: return .next
            case .violation(let violation):
                violate(session, violation)
                return .next
            }
        }
    }

    private func serve(_ request: Request, _ id: UInt32, of session: LiveSession) -> AfterMessage {
        guard let files = session.state.withLock({ $0.account?.files }) else { return .next }
        let (answer, descriptor) = files.handle(request)
        let sent = reply(answer, descriptor, to: id, of: session)
        if admissions.withLock({ $0.stopping }), !files.hasUploads { end(session, because: "stopping") }
        return sent ? .next : .blocked
    }

    private func take(_ notice: Notice, of session: LiveSession) {
        let now = Self.now()
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

    // MARK: Replies

    /// Sends a reply. False if the control socket is full: then the reply waits, and nothing else may be handled.
    func reply(_ reply: Reply, _ descriptor: SharedDescriptor?, to id: UInt32, of session: LiveSession) -> Bool {
        let message: [UInt8]
        do {
            message = try Codec.encode(.reply(id: id, reply))
        } catch {
            // Our own fault: a reply beyond the bounds. The client would wait for ever.
            logger.error("session.reply_unsendable", metadata: metadata(session, ["reason": "\(error)"]))
            session.kill()
            return true
        }
        return send(LiveSession.Pending(message: message, descriptor: descriptor, since: Self.now()), to: session)
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
            // The process is gone; its end of the socket says so next.
            session.state.withLock { $0.pending = nil }
            return true
        }
    }

    private func sendPending(to session: LiveSession) -> Bool {
        guard let pending = session.state.withLock({ $0.pending }) else { return true }
        return send(pending, to: session)
    }

    /// Ends a turn: the next event may go to any thread.
    func rearm(_ session: LiveSession) {
        let events: PollerEvents = session.state.withLock { $0.pending == nil } ? .readable : .writable
        do {
            try poller.rearm(session.process.control.raw, events, token: session.controlToken)
        } catch {
            session.kill()
            noteControlClosed(of: session)
        }
    }

    // MARK: The end

    /// The process broke the rules: it dies, and its session with it.
    private func violate(_ session: LiveSession, _ violation: SessionMachine.Violation) {
        let first = session.state.withLock { state in
            state.machine.end()
            defer { state.endReason = state.endReason ?? "violation" }
            return !state.killed
        }
        if first {
            logger.warning("session.violation", metadata: metadata(session, ["violation": "\(violation.rawValue)"]))
        }
        session.kill()
    }

    /// Tells a session to end, and kills it if it hasn't in a moment. Uploads under way are not published.
    ///
    /// - Returns: false if it was ending already.
    @discardableResult
    func end(_ session: LiveSession, because reason: String) -> Bool {
        let now = Self.now()
        let first = session.state.withLock { state -> Bool in
            guard state.endReason == nil, !state.controlClosed else { return false }
            state.endReason = reason
            state.killAt = now + 1000
            state.machine.end()
            return true
        }
        guard first else { return false }
        do {
            try session.process.control.send(Codec.encode(.end(reason: reason)))
        } catch {
            session.kill()
        }
        return true
    }

    /// The session has been told that it is over, and ends by itself or is killed.
    func noteGoodbye(to session: LiveSession) {
        let now = Self.now()
        session.state.withLock { state in
            state.machine.end()
            state.killAt = min(state.killAt ?? .max, now + 5000)
        }
    }

    /// The process has closed its end of the control socket. On the session's turn alone.
    func noteControlClosed(of session: LiveSession) {
        let now = Self.now()
        let files = session.state.withLock { state -> (any SessionFiles)? in
            state.machine.end()
            state.pending = nil
            state.killAt = min(state.killAt ?? .max, now + 2000)
            return state.account?.files
        }
        try? poller.remove(session.process.control.raw)
        files?.end()
        session.state.withLock { $0.controlClosed = true }
        finish(session)
    }

    /// The process has ended: reaps it.
    func noteProcessEnd(of session: LiveSession) {
        guard let end = session.process.reap() else {
            try? poller.rearm(session.process.pidfd.raw, .readable, token: session.processToken)
            return
        }
        if case .killed = end { template.retire() }
        try? poller.remove(session.process.pidfd.raw)
        session.state.withLock { $0.processEnd = end }
        finish(session)
    }

    /// Gives the session's place back once both its socket and its process are gone.
    private func finish(_ session: LiveSession) {
        let last = session.state.withLock { state -> LiveSession.State? in
            guard state.controlClosed, state.processEnd != nil, !state.finished else { return nil }
            state.finished = true
            return state
        }
        guard let last else { return }
        noteEndWithoutLogin(of: session, last)
        admissions.update { admissions in
            admissions.sessions[session.id] = nil
            admissions.throttle.leave(session.id, session.address, login: last.account?.login)
        }
        logClosed(session, last)
    }

    private func logClosed(_ session: LiveSession, _ last: LiveSession.State) {
        var values = metadata(session)
        if let login = last.account?.login { values["login"] = "\(login)" }
        values["reason"] = "\(last.endReason ?? last.farewell?.reason.logName ?? "lost")"
        let tenths = (Self.now() - session.opened) / 100
        values["seconds"] = "\(tenths / 10).\(tenths % 10)"
        if let farewell = last.farewell {
            if !farewell.detail.isEmpty { values["detail"] = "\(farewell.detail)" }
            values["received"] = "\(farewell.received)"
            values["sent"] = "\(farewell.sent)"
            metrics.count(.receivedBytes, by: Double(farewell.received))
            metrics.count(.sentBytes, by: Double(farewell.sent))
        }
        switch last.processEnd {
        case .killed(let signal) where !last.killed:
            values["signal"] = "\(signal)"
            logger.warning("session.crashed", metadata: values)
        case .exited(let status) where status != 0:
            values["status"] = "\(status)"
        default: break
        }
        logConnection("session.closed", session.address, values)
    }
}

extension LoginGrace {
    fileprivate mutating func note(_ request: Request, at now: Int64) {
        if case .sign = request { noteKeys(at: now) } else { noteRequest(at: now) }
    }
}

extension EndReason {
    /// The `reason` of the log line.
    fileprivate var logName: String {
        switch self {
        case .clientLeft: "client_left"
        case .connectionLost: "connection_lost"
        case .idle: "idle"
        case .loginGrace: "login_grace"
        case .tooManyTries: "too_many_tries"
        case .protocolError: "protocol_error"
        case .noCommonAlgorithm: "no_common_algorithm"
        case .ordered: "ordered"
        case .failure: "failure"
        }
    }
}

internal import Admission
internal import LinuxSystem
internal import Logging
internal import SessionProtocol
internal import Synchronization
internal import Telemetry

/// What becomes of a session whose control socket is closed or whose process has ended. Both must be before its place is
/// given back.
///
/// Called on the session's turn (``noteControlClosed(of:)``) and by whichever thread the poller told of the process's end.
struct SessionEndings: Sendable {
    let sessions: LiveSessions
    let admissions: Admissions
    let failures: LoginFailures
    let template: SessionTemplate
    let poller: Poller
    let metrics: Metrics
    let lines: ConnectionLog
    let health: SessionHealth

    /// The process has closed its end of the control socket. On the session's turn alone.
    func noteControlClosed(of session: LiveSession) {
        let now = MonotonicClock.signedMilliseconds()
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
        failures.noteEndWithoutLogin(of: session, last)
        admissions.leave(session.id, session.address, login: last.account?.login)
        sessions.remove(session)
        note(last)
        log(session, last)
    }

    /// Tells those that ended by a fault of this side from those that went their way.
    private func note(_ last: LiveSession.State) {
        let reason: String?
        switch last.processEnd {
        case .killed(let signal) where !last.killed: reason = "killed by signal \(signal)"
        case .exited(let status) where status != 0: reason = "it ended with status \(status)"
        default:
            reason =
                switch last.endReason {
                case "login_grace_overrun", "control_socket_unread": last.endReason
                case nil where last.farewell == nil: "it ended without a word"
                case nil where last.farewell?.reason == .failure: "it could not begin"
                default: nil
                }
        }
        if let reason {
            let said = last.farewell?.reason == .failure ? last.farewell?.detail ?? "" : ""
            health.noteLoss(.running, said.isEmpty ? reason : "\(reason), \(said)")
        } else if !last.algorithms.isEmpty {
            health.noteSuccess(.running)
        }
    }

    private func log(_ session: LiveSession, _ last: LiveSession.State) {
        var values = session.metadata()
        if let login = last.account?.login { values["login"] = "\(login)" }
        values["reason"] = "\(last.endReason ?? last.farewell?.reason.logName ?? "lost")"
        let tenths = (MonotonicClock.signedMilliseconds() - session.opened) / 100
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
            lines.logger.warning("session.crashed", metadata: values)
        case .exited(let status) where status != 0:
            values["status"] = "\(status)"
        default: break
        }
        lines.write("session.closed", session.address, values)
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

internal import Glibc
internal import LinuxSystem
internal import Logging
internal import SessionProtocol
internal import Synchronization
internal import SystemPackage

/// Makes session processes, by having a template copied: a `collecteur-session` that was started and made ready before.
///
/// A session by key costs the server 5.15 ms of processor time so, where it cost 10.1 ms with a program started for each
/// (2026-11-25, `make bench FIGURES=3`).
///
/// To start the program, load its libraries, test libssh and import the host keys' stand-ins costs as much as all the
/// rest of a session. What copies of one template have in common is what is secret about their memory, and nothing
/// else is secret there: addresses, and the canaries of stacks. Therefore a template is used for a few sessions and for a
/// minute, and for none once one of them had to be killed or has crashed: who guesses has as many tries as a
/// template has copies, and begins anew with the next one.
///
/// Called by the listener's thread; the clock thread ends templates that are spent.
/// Failures: a template that doesn't answer is killed and logged, and the session copied from another one. If that one
/// is no better, the connection is lost.
final class SessionTemplate: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private struct Running {
        let process: SessionProcess
        let setup: SessionSetup
        /// In milliseconds.
        let started = MonotonicClock.milliseconds()
        var copies = 0
    }

    private static let mostCopies = 16
    /// To be ready and to answer takes a few milliseconds, unless the machine stands still: then no connection is to be lost. Connections
    /// wait meanwhile.
    private static let patience = Duration.seconds(10)

    private let program: String
    private let standardError: SharedDescriptor
    private let logger: Logger
    private let longestUse: UInt64
    private let running = Mutex<Running?>(nil)
    private let foundGCMFault = Mutex<String?>(nil)
    private let isRetired = Atomic(false)

    /// - `program`: the path of `collecteur-session`.
    /// - `longestUse`: in milliseconds. An update of a library, too, reaches sessions after that time.
    init(program: String, standardError: SharedDescriptor, logger: Logger, longestUse: UInt64 = 60_000) {
        self.program = program
        self.standardError = standardError
        self.logger = logger
        self.longestUse = longestUse
    }

    deinit { end() }

    /// A new process with this setup, which waits for its session's welcome.
    func copy(_ setup: SessionSetup) throws -> SessionProcess {
        try running.withLock { running in
            let isRetired = isRetired.exchange(false, ordering: .relaxed)
            if isRetired || isSpent(running) || running?.setup != setup { Self.end(&running) }
            if running != nil {
                let ends = try PacketSocket.pair()
                do {
                    return try copy(&running, ends)
                } catch {
                    logger.warning("session.template_lost", metadata: ["reason": "\(error)"])
                    Self.end(&running)
                }
            }
            let ends = try PacketSocket.pair()
            running = try start(setup)
            do {
                return try copy(&running, ends)
            } catch {
                Self.end(&running)
                throw error
            }
        }
    }

    /// Makes a template with this setup ready, if there is none yet.
    ///
    /// Throws: why there can be none, with which no session could begin either.
    func prepare(_ setup: SessionSetup) throws {
        try running.withLock { if $0 == nil { $0 = try start(setup) } }
    }

    /// Why AES-GCM is not offered, as the last template found; nil if it is.
    var gcmFault: String? { foundGCMFault.withLock { $0 } }

    /// The next session is copied from a new template. Never waits.
    func retire() { isRetired.store(true, ordering: .relaxed) }

    /// Ends a template that is not to be used any more, unless it is being asked for a copy.
    func endIfSpent() {
        _ = running.withLockIfAvailable { if isSpent($0) { Self.end(&$0) } }
    }

    /// Whether there is a template to copy from.
    var isReady: Bool { running.withLock { $0 != nil } }

    /// Ends the template; there is none until the next copy is asked for.
    func end() { running.withLock { Self.end(&$0) } }

    private func isSpent(_ running: Running?) -> Bool {
        guard let running else { return false }
        return running.copies >= Self.mostCopies || isRetired.load(ordering: .relaxed)
            || MonotonicClock.milliseconds() &- running.started >= longestUse
    }

    private func start(_ setup: SessionSetup) throws -> Running {
        let process = try spawn(setup)
        do {
            guard case .notice(.ready(let gcmFault)) = try answer(of: process) else { throw foreign }
            note(gcmFault: String(decoding: gcmFault, as: UTF8.self))
        } catch {
            process.end()
            throw error
        }
        return Running(process: process, setup: setup)
    }

    private func spawn(_ setup: SessionSetup) throws -> SessionProcess {
        let (control, childEnd) = try PacketSocket.pair()
        try control.send(Codec.encode(.setup(setup)))
        // Nothing can be read from the pipe's end: whoever takes a session over doesn't get this process's input.
        let pid: pid_t
        do {
            pid = try SpawnedProcess.spawn(
                path: program, arguments: [program], environment: Self.environment,
                descriptors: [
                    (standardError.raw, 0), (standardError.raw, 1), (standardError.raw, 2), (childEnd.raw, 3),
                ])
        } catch {
            throw Failure(description: "\(program): \(error)")
        }
        return try SessionProcess(pid: pid, control: control)
    }

    private func note(gcmFault text: String) {
        let new = text.isEmpty ? nil : text
        let isNews = foundGCMFault.withLock { found in
            defer { found = new }
            return found != new
        }
        guard isNews else { return }
        if let new {
            logger.error("session.gcm_withheld", metadata: ["reason": "\(new)"])
        } else {
            logger.notice("session.gcm_offered")
        }
    }

    private func copy(
        _ running: inout Running?, _ ends: (near: PacketSocket, far: SharedDescriptor)
    ) throws -> SessionProcess {
        guard let template = running else { throw Failure(description: "no template") }
        running?.copies += 1
        do {
            try template.process.control.send(Codec.encode(.copy), descriptor: ends.far.raw)
        } catch Errno.brokenPipe, Errno.connectionReset {
            // It has ended; its last message says why.
        }
        guard case .notice(.copied(let pid)) = try answer(of: template.process) else { throw foreign }
        return try Self.adopt(pid, ends.near)
    }

    private var foreign: Failure { Failure(description: "\(program) is not the session program of this version") }

    private func answer(of template: SessionProcess) throws -> SessionMessage {
        do {
            let received = try template.control.receive(maximum: Bounds.message, timeout: Self.patience)
            guard let received else { throw Failure(description: "\(program) ended before it was ready") }
            let message = try Codec.decodeMessage(received.bytes)
            if case .notice(.ended(_, let detail, _, _)) = message {
                throw Failure(description: "\(program): \(String(decoding: detail, as: UTF8.self))")
            }
            return message
        } catch Errno.resourceTemporarilyUnavailable {
            throw Failure(description: "\(program) doesn't answer")
        }
    }

    private static func adopt(_ pid: UInt32, _ control: PacketSocket) throws -> SessionProcess {
        let pid = pid_t(bitPattern: pid)
        // Other numbers mean whole groups of processes.
        guard pid > 1 else { throw Failure(description: "no process") }
        return try SessionProcess(pid: pid, control: control)
    }

    private static func end(_ running: inout Running?) {
        guard let template = running else { return }
        running = nil
        let control = template.process.control
        template.process.end()
        // A copy that nobody waited for any more: it says so itself, and the socket ends when all have spoken.
        while let answer = try? control.receive(maximum: Bounds.message, timeout: .seconds(1)) {
            guard case .notice(.copied(let pid)) = try? Codec.decodeMessage(answer.bytes),
                let late = try? adopt(pid, control)
            else { continue }
            late.end()
        }
    }

    private static let environment: [String] = {
        // In a confined process nobody can look at its stack: the Swift runtime needn't try when it crashes.
        var quiet = ["SWIFT_BACKTRACE=enable=no"]
        #if DEBUG
            if let chance = getenv("COLLECTEUR_WRITE_FAULTS") {
                quiet.append("COLLECTEUR_WRITE_FAULTS=" + String(cString: chance))
            }
        #endif
        return quiet + SpawnedProcess.libraryPath
    }()
}

internal import Glibc
internal import LinuxSystem
internal import SessionProtocol
internal import Synchronization
internal import SystemPackage

/// Makes session processes, by having a template copied: a `collecteur-session` that was started and made ready before.
///
/// To start the program, load its libraries and import the host keys costs as much as all the rest of a session. What
/// copies of one template have in common is where things are in their memory; therefore it makes a few copies only, and
/// none once one of them has crashed: who guesses at addresses has one guess, as if each had been started by itself.
///
/// Failures: a template that doesn't answer is killed, and another one tried, once.
final class SessionTemplate: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private struct Running {
        let process: SessionProcess
        let outfit: Outfit
        var copies = 0
    }

    private static let mostCopies = 32
    private static let patience = Duration.seconds(10)

    private let program: String
    private let standardError: SharedDescriptor
    private let running = Mutex<Running?>(nil)

    /// - `program`: the path of `collecteur-session`.
    init(program: String, standardError: SharedDescriptor) {
        self.program = program
        self.standardError = standardError
    }

    deinit { retire() }

    /// A new process with this outfit, which waits for its session's welcome.
    func copy(_ outfit: Outfit) throws -> SessionProcess {
        try running.withLock { running in
            if let template = running, template.outfit == outfit, let process = try? copy(of: template) {
                running?.copies += 1
                if template.copies + 1 >= Self.mostCopies {
                    Self.end(&running)
                    // Ahead of the next session; if it can't be started now, that one will say why.
                    running = try? start(outfit)
                }
                return process
            }
            Self.end(&running)
            let template = try start(outfit)
            running = template
            do {
                let process = try copy(of: template)
                running?.copies += 1
                return process
            } catch {
                Self.end(&running)
                throw error
            }
        }
    }

    /// The next session is copied from a new template.
    func retire() { running.withLock { Self.end(&$0) } }

    private func start(_ outfit: Outfit) throws -> Running {
        let (control, childEnd) = try PacketSocket.pair()
        try control.send(Codec.encode(.outfit(outfit)))
        // Nothing can be read from the pipe's end: whoever takes a session over doesn't get this process's input.
        let pid = try SpawnedProcess.spawn(
            path: program, arguments: [program], environment: Self.environment,
            descriptors: [(standardError.raw, 0), (childEnd.raw, 1), (standardError.raw, 2)])
        return Running(process: try SessionProcess(pid: pid, control: control), outfit: outfit)
    }

    private func copy(of template: Running) throws -> SessionProcess {
        let (control, childEnd) = try PacketSocket.pair()
        do {
            try template.process.control.send(Codec.encode(.copy), descriptor: childEnd.raw)
        } catch Errno.brokenPipe {
            // It has ended; its last message says why.
        }
        guard let answer = try template.process.control.receive(maximum: Bounds.message, timeout: Self.patience) else {
            throw Failure(description: "\(program) ended before it was ready")
        }
        switch try Codec.decodeMessage(answer.bytes) {
        case .notice(.copied(let pid)): return try Self.adopt(pid, control)
        case .notice(.ended(_, let detail, _, _)):
            throw Failure(description: "\(program): \(String(decoding: detail, as: UTF8.self))")
        default: throw Failure(description: "\(program) is not the session program of this version")
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
        SpawnedProcess.end(pidfd: template.process.pidfd.raw)
        // A copy whose number nobody waited for any more.
        while let answer = try? control.receive(maximum: Bounds.message, timeout: .zero) {
            guard case .notice(.copied(let pid)) = try? Codec.decodeMessage(answer.bytes),
                let late = try? adopt(pid, control)
            else { continue }
            SpawnedProcess.end(pidfd: late.pidfd.raw)
        }
    }

    /// Where the Swift runtime's libraries are, if it isn't linked in.
    private static let environment: [String] = {
        guard let path = getenv("LD_LIBRARY_PATH") else { return [] }
        return ["LD_LIBRARY_PATH=" + String(cString: path)]
    }()
}

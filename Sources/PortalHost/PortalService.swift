internal import Glibc
package import LinuxSystem
package import Logging
internal import PortalDeposits
internal import PortalProtocol
internal import Qualiopi
package import ServiceConfiguration
internal import ServiceLifecycle
internal import Synchronization
internal import SystemPackage

/// Runs the portal's program: starts it with the listening sockets, answers it, and starts it again when it ends, after growing delays.
///
/// The sockets are this process's own and stay open meanwhile: connections wait in the backlog. At the end the portal is told to drain, within
/// the time that the group gives.
///
/// The daemon's group calls ``run()``; one thread starts portals and receives their questions, which ``PortalDesk`` answers on others; any thread
/// may call the rest. Nothing is kept here: a portal that ends takes the uploads under way with it, each given up, and nothing else. One that
/// breaks the protocol or gives no sign of life is killed; one that can't be started is tried again for as long as the daemon runs
/// (`portal.failed`). ``fault`` says what is wrong meanwhile (``PortalHealth``).
package final class PortalService: Service, Sendable {
    private struct State {
        var control: PacketSocket?
        var pidfd: SharedDescriptor?
        /// When the one that runs was started.
        var began: Duration?
        var health = PortalHealth()
        var isStopping = false
    }

    /// Before a start after one that failed; what ran for a while is the first failure anew.
    private static let delay = DoublingDelay(first: 0.2, longest: 30)
    private static let drainTime = Duration.seconds(27)

    private let desk: PortalDesk
    private let settings: SettingsInForce
    private let logger: Logger
    private let program: String
    private let sockets: [SharedDescriptor]
    private let state = Mutex(State())
    private let ended = WakeSignal()
    private let wake = WakeSignal()

    /// The sockets of systemd's among those it listens on.
    package let inherited: [PortalSocket]

    /// Where it listens, with the ports that the system chose.
    package let addresses: [String]

    /// Files being received by the page.
    package var uploads: Int { desk.uploads.count }

    /// Why people don't get to the portal; nil while it serves, as far as the daemon can tell.
    package var fault: String? {
        state.withLock { state in
            state.health.fault(running: state.began.map { MonotonicClock.now() - $0 })
        }
    }

    /// How often ``tidy()`` is wanted.
    package static let tidyInterval = Duration.seconds(60)

    /// Removes what is over: sessions, links, forms, files that waited in vain for a word.
    package func tidy() { desk.tidy() }

    /// All sockets listen.
    ///
    /// - inherited: those of systemd; own: this process's, with their addresses.
    package init(
        desk: PortalDesk, settings: SettingsInForce, logger: Logger, program: String, inherited: [PortalSocket],
        own: [(descriptor: SharedDescriptor, address: String)]
    ) {
        self.desk = desk
        self.settings = settings
        self.logger = logger
        self.program = program
        self.inherited = inherited
        sockets = inherited.map(\.descriptor) + own.map(\.descriptor)
        addresses = inherited.map(\.address) + own.map(\.address)
    }

    package func run() async throws {
        for address in addresses { logger.info("portal.listening", metadata: ["address": "\(address)"]) }
        settings.onChange { [self] in renew() }
        let started = Thread.start(name: "portal-host") {
            self.keep()
            self.ended.notify()
        }
        guard started else { throw Errno.resourceTemporarilyUnavailable }
        try? await gracefulShutdown()
        stop()
        await withoutBlocking {
            _ = self.ended.wait(timeout: PortalService.drainTime)
            // What did not end by itself.
            if let pidfd = self.state.withLock({ $0.pidfd }) {
                try? SpawnedProcess.signal(pidfd: pidfd.raw, SIGKILL)
                _ = self.ended.wait(timeout: .seconds(3))
            }
            self.desk.stop()
        }
    }

    private func stop() {
        let control = state.withLock { state in
            state.isStopping = true
            return state.control
        }
        wake.notify()
        if let control, let order = try? PortalCodec.encode(.drain) { try? control.send(order, timeout: .seconds(1)) }
    }

    private var isStopping: Bool { state.withLock { $0.isStopping } }

    /// One portal after the other.
    private func keep() {
        while !isStopping {
            let began = MonotonicClock.now()
            var reason: String
            do {
                reason = try runOnce()
            } catch {
                reason = "\(program): \(error)"
                logger.error("portal.failed", metadata: ["reason": "\(reason)"])
            }
            desk.uploads.abandonAll()
            if isStopping { return }
            let failures = state.withLock { state in
                state.began = nil
                state.health.noteEnd(reason, after: MonotonicClock.now() - began)
                return state.health.failures
            }
            let seconds = PortalService.delay.seconds(afterFailures: failures)
            logger.warning("portal.restarting", metadata: ["seconds": "\(seconds)"])
            wake.wait(timeout: .seconds(seconds))
        }
    }

    /// - Returns: what it ended of.
    private func runOnce() throws -> String {
        let (control, pid, words) = try spawn()
        let pidfd = SharedDescriptor(try SpawnedProcess.descriptor(of: pid))
        state.withLock { state in
            state.control = control
            state.pidfd = pidfd
            state.began = MonotonicClock.now()
            state.health.noteStart()
        }
        logger.notice("portal.started", metadata: ["pid": "\(pid)"])
        let fault = answer(control)
        let said = logLastWords(words)
        let end = reap(pidfd)
        state.withLock { state in
            state.control = nil
            state.pidfd = nil
        }
        logger.notice("portal.ended", metadata: ["pid": "\(pid)", "status": "\(end)"])
        return fault ?? said ?? "\(program): \(end)"
    }

    /// No reference to the child's end outlives this: the daemon sees the portal's end by that of the socket.
    ///
    /// - Returns: with what the portal writes to its standard error.
    private func spawn() throws -> (PacketSocket, pid_t, words: SharedDescriptor) {
        let words = try OutputPipe()
        let (control, childEnd) = try PacketSocket.pair()
        // Nothing can be read from the pipe's end: whoever takes the portal over doesn't get this process's input.
        var descriptors: [(parent: CInt, child: CInt)] = [
            (words.writer.raw, 0), (words.writer.raw, 1), (words.writer.raw, 2), (childEnd.raw, 3),
        ]
        for (index, socket) in sockets.enumerated() { descriptors.append((socket.raw, 4 + CInt(index))) }
        try greet(control)
        let pid = try SpawnedProcess.spawn(
            path: program, arguments: ["collecteur-portal", "\(sockets.count)"],
            environment: SpawnedProcess.libraryPath,
            descriptors: descriptors)
        return (control, pid, words.reader)
    }

    /// What is said while it runs stays in the pipe: no more of it than the pipe holds, of which the first 4 KB are shown.
    ///
    /// - Returns: the last line.
    private func logLastWords(_ words: SharedDescriptor) -> String? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = read(words.raw, &buffer, buffer.count)
        guard count > 0 else { return nil }
        let lines = String(decoding: buffer.prefix(count), as: UTF8.self).split(separator: "\n")
        for line in lines { logger.warning("portal.said", metadata: ["text": "\(line)"]) }
        return lines.last.map { DisplayText.escape(Array($0.utf8.prefix(300))) }
    }

    private func reap(_ pidfd: SharedDescriptor) -> String {
        // It ends when the socket does; otherwise it is ended.
        var entry = pollfd(fd: pidfd.raw, events: Int16(POLLIN), revents: 0)
        if poll(&entry, 1, 2_000) <= 0 { SpawnedProcess.end(pidfd: pidfd.raw) }
        return ((try? SpawnedProcess.reap(pidfd: pidfd.raw)) ?? nil).map { "\($0)" } ?? "killed"
    }

    // MARK: The conversation

    private func greet(_ control: PacketSocket) throws {
        let (welcome, stylesheet) = PortalGreeting.make(settings.current, logger)
        try control.send(PortalCodec.encode(.welcome(welcome)), descriptor: stylesheet?.raw)
    }

    /// The settings have changed: the portal gets them anew.
    private func renew() {
        guard let control = state.withLock({ $0.control }) else { return }
        do {
            try greet(control)
        } catch {
            logger.warning("portal.failed", metadata: ["reason": "the new settings did not reach it: \(error)"])
        }
    }

    /// The portal's next word; nil once it is gone.
    private func receive(_ control: PacketSocket) throws -> (bytes: [UInt8], descriptor: SharedDescriptor?)? {
        while true {
            guard !state.withLock({ $0.health.isHung }) else { throw Silence() }
            let began = MonotonicClock.now()
            defer { state.withLock { $0.health.noteWait(MonotonicClock.now() - began) } }
            do {
                return try control.receive(maximum: PortalBounds.request, timeout: PortalHealth.look)
            } catch Errno.resourceTemporarilyUnavailable {}
        }
    }

    /// Receives until the portal is gone, makes no sense or is silent for too long.
    ///
    /// - Returns: what was wrong with it; nil if it ended by itself.
    private func answer(_ control: PacketSocket) -> String? {
        do {
            while let (bytes, descriptor) = try receive(control) {
                let request = try PortalCodec.decodeRequest(bytes)
                // A portal passes no descriptor.
                guard descriptor == nil else { throw ProtocolFault() }
                if case .hello(let version) = request.question, version != PortalBuild.version {
                    logger.error(
                        "portal.other_build", metadata: ["portal": "\(version)", "daemon": "\(PortalBuild.version)"])
                    return "\(program) is of another build than the daemon that runs: restart the daemon"
                }
                if request.id == 0, case .ping = request.question { state.withLock { $0.health.noteSign() } }
                desk.answer(request) { [desk, logger] answer, descriptor in
                    guard request.id != 0 else { return }
                    do {
                        let order = try PortalCodec.encode(.answer(id: request.id, answer))
                        // A portal that doesn't read is ended by its own clients' deadlines; nobody here waits long for it.
                        try control.send(order, descriptor: descriptor?.raw, timeout: .seconds(5))
                    } catch {
                        logger.warning("portal.unanswered", metadata: ["reason": "\(error)"])
                        desk.takeBack(answer, to: request)
                        Self.apologise(control, request.id)
                    }
                }
            }
        } catch {
            logger.error("portal.failed", metadata: ["reason": "\(error)"])
            // Whatever it is now, it gets no more answers.
            if let pidfd = state.withLock({ $0.pidfd }) { try? SpawnedProcess.signal(pidfd: pidfd.raw, SIGKILL) }
            return "\(error)"
        }
        return nil
    }

    private static func apologise(_ control: PacketSocket, _ id: UInt32) {
        guard let order = try? PortalCodec.encode(.answer(id: id, .unavailable(text: ""))) else { return }
        try? control.send(order)
    }

    private struct ProtocolFault: Error, CustomStringConvertible {
        var description: String { "the portal broke the protocol" }
    }

    private struct Silence: Error, CustomStringConvertible {
        var description: String {
            "the portal gave no sign of life for \(PortalHealth.longest.components.seconds) s and was killed"
        }
    }
}

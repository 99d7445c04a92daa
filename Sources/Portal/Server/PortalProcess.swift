import Glibc
import LinuxSystem
import NIOPosix
import PortalPages
import PortalProtocol
import SystemPackage

/// The life of the portal's process: the daemon's welcome, confinement, then requests until the daemon is gone or says to drain.
///
/// Holds no state: killed at any instant it costs the requests that are under way, and nothing else.
package enum PortalProcess {
    /// Where the daemon puts them: the control socket, then the listening sockets.
    private static let control: CInt = 3
    private static let firstListener: CInt = 4

    /// Two: more would only take turns with the daemon's threads.
    private static let eventLoops = 2
    /// At a drain, what is still under way then is cut.
    private static let drainTime = Duration.seconds(25)

    private enum Ending {
        case drain
        case daemonGone(String)
    }

    package struct StartError: Error, CustomStringConvertible {
        package var description: String
    }

    /// Runs the portal.
    ///
    /// - Returns: The exit status: 0 after a drain, 1 where something failed, 3 for another build's daemon.
    package static func run(listeners: Int) -> CInt {
        Thread.name("portal")
        Memory.share()
        let socket = PacketSocket(Descriptor(adopting: control))
        do {
            guard let (welcome, stylesheet) = try greeting(socket) else { return 3 }
            // libcrypto reads its configuration at its first use: now.
            guard StreamDigest() != nil else { throw StartError(description: "no SHA-256") }
            var block = sigset_t()
            sigemptyset(&block)
            sigaddset(&block, SIGTERM)
            sigaddset(&block, SIGINT)
            pthread_sigmask(SIG_BLOCK, &block, nil)
            signal(SIGPIPE, SIG_IGN)
            OutOfMemory.goFirst()
            try Sandbox.confinePortalFiles(
                uploadCap: welcome.uploadCap, maximumConnections: UInt64(welcome.maxConnections))
            return try serve(socket, welcome, stylesheet, listeners)
        } catch {
            say("\(error)")
            return 1
        }
    }

    /// The daemon's first message; nil if it comes from another build.
    private static func greeting(_ socket: PacketSocket) throws -> (PortalWelcome, [UInt8]?)? {
        guard let (bytes, descriptor) = try socket.receive(maximum: PortalBounds.order, timeout: .seconds(10)) else {
            throw StartError(description: "the daemon is gone")
        }
        if let version = PortalCodec.version(ofWelcome: bytes), version != PortalBuild.version {
            say("this is collecteur-portal \(PortalBuild.version) and the daemon is \(version): restart the daemon")
            return nil
        }
        guard case .welcome(let welcome) = try PortalCodec.decodeOrder(bytes) else {
            throw StartError(description: "the daemon's first message is no welcome")
        }
        return (welcome, try read(descriptor, welcome.stylesheetBytes))
    }

    private static func read(_ descriptor: SharedDescriptor?, _ bytes: UInt32) throws -> [UInt8]? {
        guard let descriptor, bytes > 0 else { return nil }
        return try FileIO.readPart(descriptor.raw, count: Int(bytes), offset: 0)
    }

    private static func serve(
        _ socket: PacketSocket, _ welcome: PortalWelcome, _ stylesheet: [UInt8]?, _ listeners: Int
    ) throws -> CInt {
        let ending = Monitor<Ending?>(nil)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: eventLoops)
        let link = DaemonLink(socket, timers: group.next())
        let (downloads, notes) = (Downloads(), NoteTally())
        let note: @Sendable (NoteKind, String) -> Void = { kind, address in
            guard let note = notes.take(kind, "") else { return }
            link.tell(.note(note), from: Visitor(address: address, token: []))
        }
        let hooks = PortalServer.Hooks(
            onDeadline: { note(.deadline, $0) }, onRefusedConnection: { note(.tooManyConnections, $0) })
        let site: @Sendable (PortalWelcome, [UInt8]?) -> Site = { welcome, stylesheet in
            Site(
                backend: link, settings: SiteSettings(welcome, operatorStylesheet: stylesheet), downloads: downloads,
                notes: notes)
        }
        let server = PortalServer(site: site(welcome, stylesheet), group: group, hooks: hooks)
        let events = DaemonLink.Events(
            onWelcome: { welcome, descriptor in
                // What can't be read leaves the stylesheet out, not the pages.
                let stylesheet = (try? read(descriptor, welcome.stylesheetBytes)) ?? nil
                server.replace(site(welcome, stylesheet))
            },
            onDrain: { ending.update { $0 = $0 ?? .drain } },
            onEnd: { reason in ending.update { $0 = .daemonGone(reason) } })
        guard Thread.start(name: "daemon-link", { link.run(events) }),
            Thread.start(name: "daemon-late", { link.sendLate() }),
            Thread.start(name: "signals", { awaitSignal { ending.update { $0 = $0 ?? .drain } } })
        else { throw StartError(description: "no thread to be had") }
        // All that is running now and all that will is under the filter; nothing listens yet.
        try Sandbox.confinePortalCalls()
        Task {
            _ = await link.ask(.hello(version: PortalBuild.version), from: Visitor())
            do {
                for index in 0..<listeners {
                    try await server.listen(on: Descriptor(adopting: firstListener + CInt(index)))
                }
                Heartbeat.start(on: group) { link.tell(.ping, from: Visitor()) }
            } catch {
                ending.update { $0 = .daemonGone("can't listen: \(error)") }
            }
        }
        switch ending.wait(for: { $0 }) {
        case .daemonGone(let reason):
            say(reason)
            return 1
        case .drain, nil:
            let drained = Monitor(false)
            Task {
                await server.drain()
                drained.update { $0 = true }
            }
            let deadline = MonotonicClock.now() + drainTime
            _ = drained.wait(until: deadline) { $0 ? true : nil }
            return 0
        }
    }

    /// The C function is `sigwait`.
    private static func awaitSignal(_ body: () -> Void) {
        var awaited = sigset_t()
        sigemptyset(&awaited)
        sigaddset(&awaited, SIGTERM)
        sigaddset(&awaited, SIGINT)
        var number: CInt = 0
        while sigwait(&awaited, &number) == 0 { body() }
    }

    /// On standard error, which is the daemon's.
    private static func say(_ text: String) {
        let line = Array("collecteur-portal: \(text)\n".utf8)
        _ = write(STDERR_FILENO, line, line.count)
    }
}

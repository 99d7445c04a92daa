import AccountStore
import DepositorStore
import LoginStore
import ServiceConfiguration
import Administration
import Credentials
import Foundation
import LinuxSystem
import Logging
import Qualiopi
import SFTPCodec
import ServiceLifecycle
import SessionProtocol
import Store
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import SessionHost

/// Says when a service's task has got its turn on Swift's pool, which other tests may keep busy for long.
private struct Announced: Service {
    let service: any Service
    let begins: @Sendable () -> Void

    func run() async throws {
        begins()
        try await service.run()
    }
}

/// A session service of its own for one test, with a script in the place of the session program.
///
/// The script is Python, copied for each session as the program is. It has `control`, `client`, `origin` (the template's number),
/// `request(number, tag, *fields)`, `reply()` and the tags it needs; see ``preamble``.
final class SessionFixture: Sendable {
    static let login = "archer_yopmail.com"
    static let password = "Azerty123!"

    let folder: String
    let store: Store
    let service: SessionService
    let feed: ChangeFeed
    let group: ServiceGroup
    let files = FakeFiles.Journal()
    private let lines: Lines
    private let running: Task<Void, any Error>

    /// - `program`: Python that runs in the place of the preamble and the script.
    /// - `isTold`: Whether changes of the database reach the service by themselves.
    init(
        _ script: String, program only: String? = nil, isTold: Bool = true,
        _ change: (inout Settings) -> Void = { _ in }
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "collecteur-\(UUID().uuidString)").path
        self.folder = folder
        let state = StateDirectory(path: folder)
        try state.prepare()
        let program = folder + "/session"
        try (only.map { Self.firstLine + $0 } ?? Self.program(script)).write(
            toFile: program, atomically: true, encoding: .utf8)
        chmod(program, 0o700)
        let store = try Store(path: state.database)
        self.store = store
        let now = Timestamp(milliseconds: 0)
        let siret = try #require(SIRET("34350633300032"))
        _ = try store.depositorRegister.addDepositor(
            siret: siret, name: "ARCHER", mode: .reel, by: .test, now: now, on: CivilDate(daysSinceEpoch: 20_000))
        _ = try store.accounts.addUser(
            email: "archer@yopmail.com", depositors: ["E34350633300032"], by: .test, at: Timestamp(milliseconds: 0))
        _ = try store.accounts.createAccount(
            email: "archer@yopmail.com", hash: Passwords.hash(Self.password), by: .test, at: now)
        var settings = Settings()
        change(&settings)
        let lines = Lines()
        self.lines = lines
        let output = LogOutput(level: { .debug }, underJournal: true) { line in lines.add(line) }
        let files = files
        service = try SessionService(
            settings: SettingsInForce(settings), state: state, logins: store.logins,
            clock: CivilClock(zone: "Europe/Paris"),
            metrics: Metrics(),
            logger: output.logger(), program: program, openFiles: { _, id, _ in files.open(id) })
        let started = Mutex(0)
        feed = ChangeFeed(store.changes, after: try store.changes.newest(), logger: output.logger()) {
            [service] change in
            switch change {
            case .account(let login): service.endSessions(login: login)
            case .suspension(let code): service.endSessions(depositor: code)
            default: nil
            }
        }
        let services: [any Service] = isTold ? [feed, service] : [service]
        var configuration = ServiceGroupConfiguration(
            services: services.map { .init(service: Announced(service: $0) { started.withLock { $0 += 1 } }) },
            logger: output.logger())
        configuration.maximumGracefulShutdownDuration = .seconds(30)
        let group = ServiceGroup(configuration: configuration)
        self.group = group
        running = Task { try await group.run() }
        // The deadlines of connections begin when they are accepted; without this they could pass before anybody serves them.
        try #require(await eventually(within: 300) { started.withLock { $0 == services.count } })
    }

    /// Gives the account a key.
    func addKey(_ blob: [UInt8]) throws {
        try store.accounts.addKey(
            login: Self.login,
            AccountKey(
                fingerprint: AuthorizedKey.fingerprint(blob: blob), algorithm: "ssh-ed25519", blob: blob, comment: "",
                addedAt: Timestamp(milliseconds: 0)), by: .test)
    }

    /// Stops the service, and waits until every session is gone.
    func stop() async throws {
        await group.triggerGracefulShutdown()
        try await running.value
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// A connection that the service has accepted: the client's end.
    func connect(from address: String = "192.0.2.7") throws -> Client {
        var ends: [CInt] = [-1, -1]
        try #require(socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &ends) == 0)
        let source = try #require(SourceAddress(address))
        let server = SharedDescriptor(Descriptor(adopting: ends[1]))
        service.accept(Connection(socket: server, address: source, port: 4242))
        return Client(raw: ends[0])
    }

    var log: [String] { lines.all }

    /// Waits until a line of the log has all of the words.
    func logged(_ words: String..., within seconds: Double = 120) async -> Bool {
        await eventually(within: seconds) { self.log.contains { line in words.allSatisfy(line.contains) } }
    }

    func eventually(within seconds: Double = 120, _ condition: () -> Bool) async -> Bool {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while !condition() {
            if ContinuousClock.now > deadline { return false }
            try? await Task.sleep(for: .milliseconds(10))
        }
        return true
    }

    private static let firstLine = "#!/usr/bin/env python3\n"

    /// The whole program of a script.
    static func program(_ script: String) -> String { firstLine + beginning + preamble + script }

    /// What a template needs, in the script's words.
    static let beginning = """
        import array, ctypes, os, platform, signal, socket, struct, sys, time
        template = socket.socket(fileno=3)
        def take(source):
            message, descriptors, _, _ = socket.recv_fds(source, 300000, 1)
            if not message: sys.exit(0)
            return socket.socket(fileno=descriptors[0]) if descriptors else None
        def copied():
            clone, sibling = {'x86_64': 56, 'aarch64': 220}[platform.machine()], 0x8000 | signal.SIGCHLD
            return ctypes.CDLL(None).syscall(clone, sibling, 0, 0, 0, 0) == 0
        def ready(fault=b''):
            template.send(b'\\x45' + struct.pack('>I', len(fault)) + fault)
        def speak():
            template.send(b'\\x44' + struct.pack('>I', os.getpid()))
            template.close()

        """

    /// What every script begins with. Tags are those of the codec of SessionProtocol.
    private static let preamble = """
        take(template)
        ready()
        origin = os.getpid()
        while True:
            control = take(template)
            if copied(): break
            control.close()
        speak()
        client = take(control)
        client.setblocking(True)
        PASSWORD, STATUS = 1, 6
        ALIVE, PROGRESS = b'\\x41' + bytes(4), b'\\x42' + struct.pack('>I', 1) + b'\\x00'
        def text(value):
            return struct.pack('>I', len(value)) + value
        def request(number, tag, *fields):
            return bytes([tag]) + struct.pack('>I', number) + b''.join(text(field) for field in fields)
        def say(*words):
            client.sendall((' '.join(str(word) for word in words) + '\\n').encode())
        def reply():
            message = control.recv(70000)
            if not message: sys.exit(0)
            if message[0] == 3: say('end'); sys.exit(0)
            return message[5:]
        def log_in(password=b'\(password)'):
            control.send(request(1, PASSWORD, b'\(login)', password))
            return reply()
        def probe(key):
            control.send(request(1, 2, b'\(login)', b'ssh-ed25519', key) + b'\\x00')
            return reply()

        """
}

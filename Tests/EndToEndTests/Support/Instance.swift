import Foundation
import Testing

/// A collecteur of its own for one test: the built programs, a state folder, a loopback port.
final class Instance {
    let folder: URL
    let state: URL
    let settingsFile: URL
    private(set) var port = 0
    private(set) var daemon: BackgroundCommand?
    /// Shifts the civil clock of the daemon and of the commands, in seconds.
    var clockOffset = 0
    var environment: [String: String] = [:]
    /// Runs the daemon as that user, to whom the instance's folder is given; only root can.
    var user: UInt32?

    /// The folder that holds the programs this test run was built with.
    static let programs: URL = {
        let runner = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let beside = URL(filePath: runner).deletingLastPathComponent()
        if FileManager.default.isExecutableFile(atPath: beside.appending(path: "collecteur").path) { return beside }
        return URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
    }()

    static let python = ProcessInfo.processInfo.environment["COLLECTEUR_TEST_PYTHON"] ?? "python3"

    init(sftp: [String] = [], deposits: [String] = ["settle_seconds: 0.1"], sections: String = "") throws {
        Self.waitForDay()
        folder = FileManager.default.temporaryDirectory.appending(path: "collecteur-e2e-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        chmod(folder.path, 0o700)
        state = folder.appending(path: "state")
        settingsFile = folder.appending(path: "collecteur.yaml")
        let settings = """
            state_directory: \(state.path)
            sftp:
              listen: ["127.0.0.1:0"]
            \(sftp.map { "  \($0)\n" }.joined())
            deposits:
            \((deposits.contains { $0.hasPrefix("max_per_minute") } ? [] : ["max_per_minute: 100000"]).map { "  \($0)\n" }.joined())\(deposits.map { "  \($0)\n" }.joined())
            \(sections)

            """
        try settings.write(to: settingsFile, atomically: true, encoding: .utf8)
    }

    /// Returns at once, unless the day ends in Paris within minutes: then when the next one has begun. What a test deposits and what it looks
    /// at afterwards belong to one day. Midnights that are meant are those of ``clockOffset``.
    private static func waitForDay() {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(identifier: "Europe/Paris") ?? .gmt
        let today = calendar.startOfDay(for: Date())
        guard let midnight = calendar.date(byAdding: .day, value: 1, to: today) else { return }
        while (0..<240).contains(midnight.timeIntervalSinceNow) { poll(nil, 0, 1_000) }
    }

    deinit {
        stop()
        if ProcessInfo.processInfo.environment["COLLECTEUR_KEEP"] == nil {
            try? FileManager.default.removeItem(at: folder)
        }
    }

    /// Changes the settings file, which the next start or reload reads.
    func change(_ line: String, to newLine: String) throws {
        let text = try String(contentsOf: settingsFile, encoding: .utf8)
        try #require(text.contains(line))
        try text.replacing(line, with: newLine).write(to: settingsFile, atomically: true, encoding: .utf8)
    }

    /// The same, read by the daemon before this returns.
    func reload(_ line: String, to newLine: String) throws {
        let count = logged("settings.reloaded")
        try change(line, to: newLine)
        daemon?.signal(SIGHUP)
        try #require(eventually { logged("settings.reloaded") > count }, "\(log)")
    }

    /// Has files claimed that have rested so far, and those that come from now on. Whoever starts with `settle_seconds: 3600` and ends the rest
    /// by this has as long as it takes for what is to happen before the claim.
    func settle() throws {
        try change("settle_seconds: 3600", to: "settle_seconds: 0.1")
        if let daemon, daemon.process.isRunning { daemon.signal(SIGHUP) }
    }

    // MARK: The daemon

    /// - `isToListen`: False for a daemon that is to die before it gets so far.
    func start(isToListen: Bool = true) throws {
        if let user { try #require(run(["chown", "-R", "\(user):\(user)", folder.path]).succeeded) }
        let other = user.map { ["setpriv", "--reuid=\($0)", "--regid=\($0)", "--clear-groups"] } ?? []
        let daemon = try BackgroundCommand(
            other + [Self.programs.appending(path: "collecteur").path, "--config", settingsFile.path, "serve"],
            environment: commandEnvironment, folder: folder)
        self.daemon = daemon
        guard isToListen else { return }
        let listening = eventually { listeningPort(in: daemon.errors) != nil || !daemon.process.isRunning }
        port = listeningPort(in: daemon.errors) ?? 0
        try #require(listening && port != 0, "the daemon does not listen: \(daemon.errors)")
    }

    /// Starts the daemon as systemd does: with a socket that is open already, a place for its states, and a watchdog.
    func start(under manager: ServiceManagerStandIn) throws {
        let daemon = try BackgroundCommand(
            manager.command + [
                Self.programs.appending(path: "collecteur").path, "--config", settingsFile.path, "serve",
            ],
            environment: commandEnvironment, folder: folder)
        self.daemon = daemon
        port = manager.port
        try #require(eventually { manager.knock() }, "\(daemon.errors)")
        try #require(eventually { manager.states.contains { $0.contains("READY=1") } }, "\(daemon.errors)")
    }

    /// The daemon's own command line.
    var serving: [String] {
        [Self.programs.appending(path: "collecteur").path, "--config", settingsFile.path, "serve"]
    }

    /// Sends a signal to the daemon itself, whatever stands between: its lock says which process it is.
    func signal(_ number: Int32) throws {
        let holder = try String(contentsOf: state.appending(path: "lock"), encoding: .utf8)
        let pid = try #require(Int32(holder.trimmingCharacters(in: .newlines)))
        try #require(kill(pid, number) == 0)
    }

    func rewriteSettings(_ change: (String) -> String) throws {
        try change(String(contentsOf: settingsFile, encoding: .utf8))
            .write(to: settingsFile, atomically: true, encoding: .utf8)
    }

    /// Ends the daemon as an operator does, and returns its exit status.
    @discardableResult
    func stop() -> Int32? {
        guard let daemon, daemon.process.isRunning else { return daemon?.process.terminationStatus }
        daemon.signal(SIGTERM)
        return daemon.finish(within: 240).status
    }

    /// Ends the daemon as a power cut does.
    func crash() {
        daemon?.signal(SIGKILL)
        _ = daemon?.finish()
    }

    /// What the daemon has logged so far, to be shown where a test fails. It can't be asked for anything: a line may come later than
    /// what it is about. ``logs(_:_:)`` waits for a line; ``finalLog`` is for what must never be there.
    struct LogSoFar: CustomStringConvertible {
        fileprivate let text: String
        var description: String { text }
    }

    var log: LogSoFar { LogSoFar(text: daemon?.errors ?? "") }

    /// Whether the log has, soon, a line of this event with all of these words.
    func logs(_ event: String, _ words: String..., within seconds: Double = 240) -> Bool {
        eventually(within: seconds) { !lines(of: event, words).isEmpty }
    }

    /// How many such lines there are by now: for conditions that are waited for.
    func logged(_ event: String, _ words: String...) -> Int { lines(of: event, words).count }

    /// The whole log: the daemon is stopped first, unless it has ended.
    var finalLog: String {
        stop()
        return log.text
    }

    private func lines(of event: String, _ words: [String]) -> [Substring] {
        log.text.split(separator: "\n").filter { line in
            (line.contains("event=\(event) ") || line.hasSuffix("event=\(event)"))
                && words.allSatisfy { $0.isEmpty || line.contains($0) }
        }
    }

    /// The port of an address that it listens on.
    func port(of address: String) -> Int? { listeningPort(in: log.text, of: address) }

    private func listeningPort(in log: String, of address: String = ":") -> Int? {
        let lines = log.split(separator: "\n")
        guard let line = lines.first(where: { $0.contains("event=listening") && $0.contains(address) }),
            let address = line.split(separator: " ").first(where: { $0.hasPrefix("address=") })
        else { return nil }
        return Int(address.split(separator: ":").last?.filter(\.isNumber) ?? "")
    }

    // MARK: Commands

    private var commandEnvironment: [String: String] {
        var all = environment
        if clockOffset != 0 { all["COLLECTEUR_CLOCK_OFFSET"] = String(clockOffset) }
        return all
    }

    func run(_ arguments: [String], input: String? = nil, within seconds: Double = 400) throws -> CommandResult {
        try BackgroundCommand(arguments, environment: commandEnvironment, input: input, folder: folder)
            .finish(within: seconds)
    }

    @discardableResult
    func collecteur(_ arguments: String..., input: String? = nil) throws -> CommandResult {
        try run(
            [Self.programs.appending(path: "collecteur").path, "--config", settingsFile.path] + arguments, input: input)
    }

    /// A command that must succeed; its standard output, without the last line break.
    @discardableResult
    func admin(_ arguments: String..., input: String? = nil) throws -> String {
        let result = try run(
            [Self.programs.appending(path: "collecteur").path, "--config", settingsFile.path] + arguments, input: input)
        try #require(result.succeeded, "\(result)")
        return result.output.trimmingCharacters(in: .newlines)
    }

    func json(_ arguments: String...) throws -> [[String: Any]] {
        let result = try run(
            [Self.programs.appending(path: "collecteur").path, "--config", settingsFile.path] + arguments + ["--json"])
        try #require(result.succeeded, "\(result)")
        return try #require(
            try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: Any]], "\(result)")
    }

    func write(_ text: String, to name: String) throws -> String {
        let file = folder.appending(path: name)
        try text.write(to: file, atomically: true, encoding: .utf8)
        return file.path
    }
}

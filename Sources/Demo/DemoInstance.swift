internal import Console
internal import Foundation
internal import LinuxSystem
internal import Synchronization

/// A throwaway instance: a folder of its own, a daemon on a loopback port, and this program as its own administrator.
package final class DemoInstance: Sendable {
    let folder: String
    /// The program that runs: the same binary is daemon and commands.
    let program: String
    private let daemon: Mutex<pid_t?> = Mutex(nil)

    var settings: String { folder + "/collecteur.yaml" }
    var state: StateDirectory { StateDirectory(path: folder + "/state") }
    var log: String { folder + "/daemon.log" }

    /// Where the portal is opened, by a browser of this machine.
    let portal: String

    package init() throws {
        var template = Array((NSTemporaryDirectory() + "/collecteur-demo-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure.failed("no folder: \(String(cString: strerror(errno)))") }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
            .replacing("//", with: "/")
        program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "collecteur"
        portal = "http://127.0.0.1:\(try DemoInstance.freePort())"
        try write(
            """
            portal_url: \(portal)
            portal:
              listen: ["\(portal.dropFirst("http://".count))"]
              assistance: assistance.qualiopi@collecteur.fr
            state_directory: \(state.path)
            sftp:
              listen: ["127.0.0.1:0"]
            deposits:
              settle_seconds: 0.3

            """, to: "collecteur.yaml")
    }

    /// A port that nobody listens on: `portal_url` has to name it before the daemon starts.
    private static func freePort() throws -> UInt16 {
        let raw = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard raw >= 0 else { throw Failure.failed("no socket: \(String(cString: strerror(errno)))") }
        defer { close(raw) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let found = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(raw, $0, length) == 0 && getsockname(raw, $0, &length) == 0
            }
        }
        guard found else { throw Failure.failed("no port: \(String(cString: strerror(errno)))") }
        return UInt16(bigEndian: address.sin_port)
    }

    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        let path = "\(folder)/\(name)"
        try Data(text.utf8).write(to: URL(filePath: path))
        return path
    }

    /// Starts the daemon and waits until it listens.
    ///
    /// - Returns: Its port.
    func start() throws -> Int {
        _ = FileManager.default.createFile(atPath: log, contents: nil, attributes: [.posixPermissions: 0o600])
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = ["--config", settings, "serve"]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = try FileHandle(forWritingTo: URL(filePath: log))
        try process.run()
        daemon.withLock { $0 = process.processIdentifier }
        let port = try eventually(within: 30) { () throws -> Int? in
            guard process.isRunning else { throw Failure.failed("the daemon did not start: \(lastLogLine)") }
            return listeningPort
        }
        guard let port else { throw Failure.failed("the daemon does not listen: \(lastLogLine)") }
        return port
    }

    var processID: pid_t? { daemon.withLock { $0 } }

    /// Ends the daemon as an operator would, and removes everything.
    package func cleanUp() {
        let running = daemon.withLock { process in
            let running = process
            process = nil
            return running
        }
        if let running {
            kill(running, SIGTERM)
            let ended = try? eventually(within: 40) { kill(running, 0) != 0 ? true : nil }
            if ended == nil { kill(running, SIGKILL) }
        }
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Runs a program and returns its standard output; what it says on standard error is shown as it comes.
    @discardableResult
    func run(_ arguments: [String], quietly: Bool = false) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        process.currentDirectoryURL = URL(filePath: folder)
        process.standardInput = FileHandle.nullDevice
        let output = Pipe()
        process.standardOutput = output
        if quietly { process.standardError = FileHandle.nullDevice }
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure.failed("'\(arguments.joined(separator: " "))' ended with \(process.terminationStatus)")
        }
        return text.trimmingCharacters(in: .newlines)
    }

    private var lastLogLine: String {
        let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").last.map(String.init) ?? "it said nothing"
    }

    private var listeningPort: Int? {
        let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        guard let line = text.split(separator: "\n").first(where: { $0.contains("event=listening") }),
            let address = line.split(separator: " ").first(where: { $0.hasPrefix("address=") })
        else { return nil }
        return Int(address.split(separator: ":").last?.filter(\.isNumber) ?? "")
    }
}

/// Waits for something to be there, looking twenty times a second.
func eventually<Value>(within seconds: Double, _ look: () throws -> Value?) throws -> Value? {
    let deadline = Date().addingTimeInterval(seconds)
    while Date() < deadline {
        if let value = try look() { return value }
        usleep(50_000)
    }
    return nil
}

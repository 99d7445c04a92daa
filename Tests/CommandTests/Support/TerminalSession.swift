import Foundation
import Testing

/// The program at a pseudo-terminal: its standard input, output and error are one, as in front of a person.
final class TerminalSession {
    private let process = Process()
    private let master: Int32
    private var received: [UInt8] = []

    init(_ command: [String], columns: UInt16) throws {
        var ends: (master: Int32, slave: Int32) = (-1, -1)
        var size = winsize(ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        try #require(openpty(&ends.master, &ends.slave, nil, nil, &size) == 0)
        // A copy of this end in some other test's child would keep the terminal alive.
        _ = fcntl(ends.master, F_SETFD, FD_CLOEXEC)
        _ = fcntl(ends.slave, F_SETFD, FD_CLOEXEC)
        master = ends.master
        let terminal = FileHandle(fileDescriptor: ends.slave, closeOnDealloc: true)
        process.executableURL = URL(filePath: command[0])
        process.arguments = Array(command.dropFirst())
        process.standardInput = terminal
        process.standardOutput = terminal
        process.standardError = terminal
        try process.run()
        _ = fcntl(master, F_SETFL, O_NONBLOCK)
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        close(master)
    }

    /// Everything that the terminal showed so far.
    var text: String {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(master, &buffer, buffer.count)
            guard count > 0 else { return String(decoding: received, as: UTF8.self).replacing("\r\n", with: "\n") }
            received += buffer.prefix(count)
        }
    }

    /// Types once the terminal shows a text that it has not shown before the last answer.
    func answer(_ prompt: String, _ keys: String) throws {
        let before = answered
        try #require(waits { text.dropFirst(before).contains(prompt) }, "no « \(prompt) »: \(text)")
        answered = text.count
        let bytes = Array(keys.utf8)
        try #require(write(master, bytes, bytes.count) == bytes.count)
    }

    /// Waits for the end of the program and returns its exit status.
    func end() throws -> Int32 {
        // What it prints must be taken, or it never ends.
        try #require(
            waits {
                _ = text; return !process.isRunning
            }, "\(text)")
        return process.terminationStatus
    }

    /// Whether the terminal shows what is typed, as it must when the program is over.
    var echoes: Bool {
        var modes = termios()
        return tcgetattr(master, &modes) == 0 && modes.c_lflag & tcflag_t(ECHO) != 0
    }

    private var answered = 0

    private func waits(_ condition: () -> Bool) -> Bool {
        let deadline = ContinuousClock.now + .seconds(120)
        while ContinuousClock.now < deadline {
            if condition() { return true }
            poll(nil, 0, 10)
        }
        return condition()
    }
}

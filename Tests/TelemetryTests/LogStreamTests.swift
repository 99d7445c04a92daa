import Foundation
import Testing

@testable import Telemetry

struct LogStreamTests {
    private let reading: FileHandle
    private let writing: FileHandle
    private let stream: LogStream

    init() {
        let pipe = Pipe()
        (reading, writing) = (pipe.fileHandleForReading, pipe.fileHandleForWriting)
        stream = LogStream(descriptor: writing.fileDescriptor, patience: .milliseconds(50)) { "lost \($0)" }
    }

    /// What is in the pipe, at least so many bytes of it.
    private func taken(_ count: Int = 1) -> String {
        var data = Data()
        while data.count < count { data += reading.availableData }
        return String(decoding: data, as: UTF8.self)
    }

    @Test func `a pipe that nobody reads holds nobody up, and the lines it didn't take are counted`() throws {
        // Far more than a pipe's 64 KiB.
        let lines = (1...300).map { "\($0) " + String(repeating: "x", count: 1000) }
        for line in lines { stream.write(line) }
        let taken = taken(60_000).split(separator: "\n").map(String.init)
        #expect(taken.count < lines.count && taken == Array(lines.prefix(taken.count)))
        stream.write("after")
        #expect(self.taken() == "lost \(lines.count - taken.count)\nafter\n")
        stream.write("and then")
        #expect(self.taken() == "and then\n")
    }

    @Test func `a line longer than the pipe's room is ended before the next begins`() throws {
        stream.write(String(repeating: "y", count: 200_000))
        let text = taken(60_000)
        stream.write("next")
        #expect(taken() == "\nlost 1\nnext\n" && text.allSatisfy { $0 == "y" })
    }

    @Test func `what is closed or full is no reason to stop`() throws {
        let full = try #require(FileHandle(forWritingAtPath: "/dev/full"))
        let stream = LogStream(descriptor: full.fileDescriptor) { "lost \($0)" }
        stream.write("nowhere")
        LogStream(descriptor: -1) { "lost \($0)" }.write("nowhere either")
        #expect(throws: Never.self) { try full.close() }
    }
}

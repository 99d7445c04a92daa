import Foundation
import Logging
import Synchronization
import Testing

@testable import Telemetry

struct MetricsFileTests {
    @Test func `a file is replaced as a whole, and what is no file stays what it is`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "metrics-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (path, pipe) = (folder.appending(path: "collecteur.prom").path, folder.appending(path: "tube").path)
        try #require(mkfifo(pipe, 0o600) == 0)
        let configured = Mutex(path)
        let file = MetricsFile(path: { configured.withLock { $0 } }, logger: Logger(label: "test"))
        file.write { "un" }
        file.write { "deux" }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "deux")
        configured.withLock { $0 = pipe }
        file.write { "trois" }
        // The former file's figures would be taken for today's.
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["tube"])
        configured.withLock { $0 = "" }
        file.write { "quatre" }
        var status = stat()
        #expect(lstat(pipe, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO)
    }
}

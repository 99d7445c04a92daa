import Foundation
import TestServers

/// `Tests/Fixtures/https_server.py`, running for one test on a port of its own, with a certificate of its own.
final class HTTPSServer {
    /// What it serves, and its certificate.
    let folder: URL
    private let server: ScriptedServer

    var port: Int { server.port }
    var certificate: String { folder.appending(path: "cert.pem").path }

    init(in folder: URL) throws {
        self.folder = folder
        server = try ScriptedServer("https_server.py", [folder.path])
    }

    func address(_ path: String) -> String { "https://localhost:\(server.port)/\(path)" }

    /// The paths that were asked for, in their order, with who asked.
    func requests() throws -> [String] {
        let text = try String(contentsOf: folder.appending(path: "requests"), encoding: .utf8)
        return text.split(separator: "\n").map(String.init)
    }
}

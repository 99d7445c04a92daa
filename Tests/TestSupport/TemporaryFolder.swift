package import Foundation

/// A folder that goes with the test.
package final class TemporaryFolder: Sendable {
    package let url: URL

    package init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "collecteur-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    package func appending(_ name: String) -> URL { url.appending(path: name) }

    package func write(_ text: String, to name: String) throws -> String {
        try text.write(to: appending(name), atomically: true, encoding: .utf8)
        return appending(name).path
    }
}

internal import Foundation
package import Logging

/// Rewrites `metrics.file` for node_exporter's textfile collector.
///
/// The file appears whole (a rename), readable by everybody: the collector is another user and the figures name nobody.
/// Failures: a file that can't be written is a warning; nothing else notices.
package final class MetricsFile: Sendable {
    /// Seconds between two versions of the file.
    package static let interval = 15.0

    private let path: String
    private let logger: Logger

    package init(path: String, logger: Logger) {
        self.path = path
        self.logger = logger
    }

    /// Writes one version; call it from one place only.
    package func write(_ text: String) {
        let temporary = "\(path).\(getpid()).tmp"
        do {
            try Data(text.utf8).write(to: URL(filePath: temporary))
            guard chmod(temporary, 0o644) == 0, rename(temporary, path) == 0 else {
                throw CocoaError(.fileWriteUnknown)
            }
        } catch {
            unlink(temporary)
            logger.warning(
                "metrics.failed", metadata: ["file": "\(path)", "reason": "\(String(cString: strerror(errno)))"])
        }
    }
}

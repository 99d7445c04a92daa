internal import Foundation
package import Logging
internal import Synchronization

/// Rewrites `metrics.file` for node_exporter's textfile collector.
///
/// The file appears whole (a rename), readable by everybody: the collector is another user and the figures name nobody.
/// Failures: a file that can't be written is a warning; nothing else notices.
package final class MetricsFile: Sendable {
    /// Seconds between two versions of the file.
    package static let interval = 15.0

    private let path: @Sendable () -> String
    private let logger: Logger
    /// The file written last; empty: none.
    private let written = Mutex("")

    /// Where the file is, and empty if none is wanted, is asked before each version.
    package init(path: @escaping @Sendable () -> String, logger: Logger) {
        self.path = path
        self.logger = logger
    }

    /// Writes one version, if one is wanted; a file that is not wanted any more is removed, or its figures would be taken
    /// for today's. Call it from one place only.
    package func write(_ text: () -> String) {
        let path = path()
        let last = written.withLock { last in
            defer { last = path }
            return last
        }
        if !last.isEmpty, last != path, isFile(last) == true { unlink(last) }
        if !path.isEmpty { write(text(), to: path) }
    }

    /// A file or a link, which a rename replaces; nil if nothing has that name.
    private func isFile(_ path: String) -> Bool? {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        return [S_IFREG, S_IFLNK].contains(status.st_mode & S_IFMT)
    }

    private func write(_ text: String, to path: String) {
        // A rename would put a file in the place of a device, for the whole machine.
        if isFile(path) == false {
            logger.warning(
                "metrics.failed", metadata: ["file": "\(path)", "reason": "there is something there that is no file"])
            return
        }
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

internal import Foundation

/// A bar on standard error that is gone when the work is done.
package final class ProgressBar {
    private var shown = -1

    package init() {}

    /// Shows how far the work is; draws only when a percent has passed.
    package func show(done: Int, of total: Int) {
        let percent = total > 0 ? min(100, done * 100 / total) : 100
        guard percent != shown else { return }
        shown = percent
        let filled = percent / 4
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 25 - filled)
        let line = percent < 100 ? "\r\(bar) \(percent) %" : "\r\u{1b}[K"
        FileHandle.standardError.write(Data(line.utf8))
    }
}

import Synchronization

/// How many files are on their way to people: each is memory of the daemon's and a descriptor here until its last byte is taken, and who reads
/// slowly keeps it for long.
package final class Downloads: Sendable {
    /// In all, and of one session.
    static let most = 40
    static let mostOfOne = 4

    private let open = Mutex<[[UInt8]: Int]>([:])

    package init() {}

    /// A place until it is forgotten; nil if there is none.
    func enter(_ token: [UInt8]) -> Place? {
        open.withLock { open in
            guard open.values.reduce(0, +) < Downloads.most, open[token, default: 0] < Downloads.mostOfOne else {
                return nil
            }
            open[token, default: 0] += 1
            return Place(self, token)
        }
    }

    private func leave(_ token: [UInt8]) {
        open.withLock { open in
            let left = (open[token] ?? 0) - 1
            open[token] = left > 0 ? left : nil
        }
    }

    /// One download's; held by its answer.
    package final class Place: Sendable {
        private let downloads: Downloads
        private let token: [UInt8]

        fileprivate init(_ downloads: Downloads, _ token: [UInt8]) {
            self.downloads = downloads
            self.token = token
        }

        deinit { downloads.leave(token) }
    }
}

package import LinuxSystem

/// The files of one logged-in session: what answers its requests. Called on that session's turn alone, one call at a
/// time, by different threads.
package protocol SessionFiles: Sendable {
    /// Answers any request but a login; a descriptor goes along with an opened file.
    func handle(_ request: Request) -> (Reply, SharedDescriptor?)
    /// Takes a sign of life or the progress of an upload.
    func note(_ notice: Notice)
    /// How many files are being received. May be asked by any thread.
    var uploads: Int { get }
    /// The connection is gone: what was being received is cut to its contiguous beginning, its name let go.
    func end()
}

extension SessionFiles {
    /// Whether a file is being received.
    package var hasUploads: Bool { uploads > 0 }
}

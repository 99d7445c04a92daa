internal import Glibc

/// Where the tests kill the daemon, between two steps of a deposit's treatment. Not in release builds.
///
/// `COLLECTEUR_FAULT` names one point; the process that reaches it ends as by a power cut.
enum FaultPoint: String {
    /// A file is published, nothing claimed.
    case published
    /// The row is committed, the file still in the drop folder.
    case claimed
    /// The file is in `processing/`.
    case moved
    /// The verdict is known, nothing committed.
    case validated
    /// Result, list and mails are committed.
    case integrated
    /// The first report file is in the drop folder.
    case halfReported
    /// Both are, without the row knowing.
    case reported
    /// The file is in the archive, without the row knowing.
    case archived
    /// A mail is with the server or in the spool, without the row knowing.
    case sent

    @inline(__always)
    static func reached(_ point: FaultPoint) {
        #if DEBUG
            if let wanted = getenv("COLLECTEUR_FAULT"), String(cString: wanted) == point.rawValue {
                kill(getpid(), SIGKILL)
            }
        #endif
    }
}

import Glibc
package import SystemPackage

/// Where the tests kill the daemon, between two steps on a deposit's way. Not in release builds.
///
/// `COLLECTEUR_FAULT` names one point; the process that reaches it ends as by `kill -9`.
package enum FaultPoint: String, CaseIterable {
    // The upload, at its CLOSE.
    /// The content is durable, nobody knows of it.
    case uploadSynced
    /// The sender's row is there, the file still in `staging/`.
    case publicationRecorded
    /// The file is in the drop folder, the folders are not synced.
    case appeared
    /// They are; the client has no answer yet.
    case published

    /// Not a place to be killed at: every sync of an upload fails.
    case uploadSync

    // The claim.
    /// The file is in `processing/`, the row is not committed.
    case claimed
    /// It is; the folders are not synced.
    case moving
    /// They are; nobody has the deposit in hand.
    case moved

    // The treatment.
    /// The verdict is known, nothing committed.
    case validated
    /// Result, list and mails are committed.
    case integrated
    /// A report is written under a temporary name.
    case reportWritten
    /// The first report file is in the drop folder.
    case halfReported
    /// Both are, without the row knowing.
    case reported
    /// The row knows; the file is still in `processing/`.
    case reportRecorded
    /// The file is in the archive, the folders are not synced.
    case archiving
    /// They are, without the row knowing.
    case archived
    /// The row knows.
    case done

    // Mails and periods.
    /// A mail is written to the spool under a temporary name.
    case mailWritten
    /// A mail is with the server or in the spool, without the row knowing.
    case sent
    /// A period's rows and mails are written, not committed.
    case periodClosing
    /// They are committed; the mailer was not told.
    case periodClosed

    /// Throws, where this is the one that is to fail.
    @inline(__always)
    package func check() throws(Errno) {
        #if DEBUG
            if let wanted = getenv("COLLECTEUR_FAULT"), String(cString: wanted) == rawValue { throw Errno.ioError }
        #endif
    }

    /// True where a session's write is to fail now, as on a bad disk: `COLLECTEUR_WRITE_FAULTS` is the chance, from 0 to 1.
    @inline(__always)
    package static var writeFails: Bool {
        #if DEBUG
            guard let chance = getenv("COLLECTEUR_WRITE_FAULTS").flatMap({ Double(String(cString: $0)) }) else {
                return false
            }
            return Double.random(in: 0..<1) < chance
        #else
            return false
        #endif
    }

    @inline(__always)
    package static func reached(_ point: FaultPoint) {
        #if DEBUG
            if let wanted = getenv("COLLECTEUR_FAULT"), String(cString: wanted) == point.rawValue {
                kill(getpid(), SIGKILL)
            }
        #endif
    }
}

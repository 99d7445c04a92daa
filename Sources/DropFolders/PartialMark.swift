internal import Glibc
package import LinuxSystem
package import SessionProtocol
package import SystemPackage

/// What is known of a partial file that nobody writes, kept on the file itself so that it outlives the daemon.
///
/// It stands in the owner's permission bits, which mean nothing in a folder that nobody else can enter.
package enum PartialMark: UInt32 {
    /// Somebody writes it, or it was cut: it must not be published by a rename, for a list cut in the middle is still a
    /// valid list.
    case open = 0o600
    /// Its client has closed it under a temporary name: it is synced, and waits for its rename.
    case whole = 0o700
    /// A sync has failed: nobody knows what the disk holds of it. Nothing goes on from it.
    case spoiled = 0o400

    package init(_ status: FileStatus) {
        if status.permissions & 0o200 == 0 {
            self = .spoiled
        } else {
            self = status.permissions & 0o100 != 0 ? .whole : .open
        }
    }

    /// What a file that is opened again begins as.
    package var beginning: UploadContent.Beginning {
        switch self {
        case .open: .cut
        case .whole: .whole
        case .spoiled: .new
        }
    }

    /// Marks an open file. `whole` is for one whose content has been synced.
    package static func set(_ mark: PartialMark, on raw: CInt) throws(Errno) {
        guard fchmod(raw, mode_t(mark.rawValue)) == 0 else { throw Errno(rawValue: errno) }
    }

    /// After a failed sync: the file keeps its name and nothing of its content. Does what the disk still lets it do.
    package static func spoil(_ raw: CInt) {
        try? set(.spoiled, on: raw)
        try? FileIO.truncate(raw, 0)
        try? FileIO.sync(raw)
    }
}

internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// Whether a partial file is known to be whole, kept on the file itself so that it outlives the daemon.
///
/// A file that its client has closed under a temporary name waits for its rename and is whole; one that was cut, or
/// that somebody writes, is not, and must not be published by a rename: a list cut in the middle is still a valid list.
/// The mark is the owner's execute bit, which means nothing in a folder that nobody else can enter.
enum PartialMark {
    private static let open: mode_t = 0o600
    private static let whole: mode_t = 0o700

    static func isWhole(_ status: FileStatus) -> Bool { status.permissions & 0o100 != 0 }

    /// Marks a file whose content has been synced.
    static func setWhole(_ raw: CInt) throws(Errno) { try set(raw, whole) }

    static func clear(_ raw: CInt) throws(Errno) { try set(raw, open) }

    private static func set(_ raw: CInt, _ mode: mode_t) throws(Errno) {
        guard fchmod(raw, mode) == 0 else { throw Errno(rawValue: errno) }
    }
}

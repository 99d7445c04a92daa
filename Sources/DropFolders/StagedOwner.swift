internal import CXAttributes
internal import Glibc
package import SystemPackage

/// Whose a file of the staging folder is: the login of the account that began it, or took it back there. Kept on the file itself, as its
/// ``PartialMark`` is, so that it has it from its first instant, through renames and a daemon's end, without a row.
///
/// An extended attribute (`xattr(7)`). A file system that has none gives every file to nobody, as are the files that earlier versions have left.
package enum StagedOwner {
    private static let attribute = "user.collecteur.owner"
    private static let longest = 512

    /// - Throws: what the disk said, that it is full say; not that it knows no attributes.
    package static func set(_ login: String, on raw: CInt) throws(Errno) {
        let bytes = Array(login.utf8.prefix(longest))
        guard fsetxattr(raw, attribute, bytes, bytes.count, 0) != 0 else { return }
        let error = Errno(rawValue: errno)
        guard error == .notSupported else { throw error }
    }

    /// Nil for nobody's. What can't be read is nobody's as well.
    package static func of(_ raw: CInt) -> String? {
        var bytes = [UInt8](repeating: 0, count: longest)
        let count = fgetxattr(raw, attribute, &bytes, bytes.count)
        return count > 0 ? String(decoding: bytes.prefix(count), as: UTF8.self) : nil
    }
}

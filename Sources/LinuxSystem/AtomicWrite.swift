import CLinux
import Glibc
package import SystemPackage

extension FileIO {
    /// Writes a file that appears whole or not at all, and is durable on return: temporary file, `fsync`, rename,
    /// `fsync` of the folder. An existing file of that name is replaced.
    ///
    /// The temporary file is made in `temporary`, which must be on the same file system, or else in the folder itself.
    /// One that a crash leaves behind has a name that begins with ``temporaryPrefix``.
    ///
    /// With `former`, the file has the mode of the one whose place it takes, and its owner and group where this process may give them.
    ///
    /// `beforeRename` is called when the content is durable and the name isn't there yet.
    package static func writeAtomically(
        _ folder: Folder, _ name: [UInt8], _ bytes: [UInt8], mode: CInt = 0o600, by temporary: Folder? = nil,
        former: FileStatus? = nil, beforeRename: () -> Void = {}
    ) throws(Errno) {
        let place = temporary ?? folder
        let temporaryName = try randomName()
        let file = try place.open(temporaryName, O_WRONLY | O_CREAT | O_EXCL, mode: mode)
        do {
            if let former { try take(over: former, file.raw) }
            try write(file.raw, bytes)
            try sync(file.raw)
            beforeRename()
            try place.rename(temporaryName, to: folder, name, replace: true)
        } catch {
            try? place.remove(temporaryName)
            throw error
        }
        try folder.sync()
    }

    /// The owner first: to give it takes away the bits of the mode that belong to the giver.
    private static func take(over former: FileStatus, _ raw: CInt) throws(Errno) {
        // Nobody but root gives files away, and not to whom a container or a file system doesn't know.
        _ = fchown(raw, former.owner, former.group)
        try systemCall { fchmod(raw, mode_t(former.permissions & 0o777)) }
    }

    /// How the names of files begin that are not whole yet.
    package static let temporaryPrefix = ".tmp-"

    private static func randomName() throws(Errno) -> [UInt8] {
        var value: UInt64 = 0
        try systemCall { clinux_random(&value) }
        return Array("\(temporaryPrefix)\(String(value, radix: 16))".utf8)
    }
}

internal import Glibc
package import LinuxSystem
internal import SystemPackage

/// A file that a command writes where it was told to: it appears whole, or not at all.
package enum OutputFile {
    /// - state: where the service keeps its own: the database and what is deposited are not to be replaced by a slip of the hand.
    /// - Throws: ``Failure`` where that is meant, `Errno`.
    package static func write(_ bytes: [UInt8], to path: String, sparing state: StateDirectory) throws {
        if isWithin(state, path) {
            throw Failure.usage("\(path) is in the service's own folder \(state.path): name a file elsewhere")
        }
        let path = FilePath(path)
        guard let name = path.lastComponent?.string else { throw Errno.isDirectory }
        let parent = path.removingLastComponent().string
        try FileIO.writeAtomically(Folder(path: parent.isEmpty ? "." : parent), Array(name.utf8), bytes)
    }

    private static func isWithin(_ state: StateDirectory, _ path: String) -> Bool {
        let parent = FilePath(path).removingLastComponent().string
        guard let root = real(state.path), let folder = real(parent.isEmpty ? "." : parent) else { return false }
        return folder == root || folder.hasPrefix(root + "/")
    }

    private static func real(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}

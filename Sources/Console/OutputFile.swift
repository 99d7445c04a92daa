internal import Glibc
package import LinuxSystem
internal import SystemPackage

/// Where a command was told to write: a file appears whole, or not at all, with mode and owner of the one that was there. A device or a
/// pipe (`/dev/null`, `/dev/stdout`) is written to as it is, and a link leads to what it names: neither is replaced.
package enum OutputFile {
    /// - state: where the service keeps its own: the database and what is deposited are not to be replaced by a slip of the hand.
    /// - Throws: ``Failure`` where that is meant, `Errno`.
    package static func write(_ bytes: [UInt8], to path: String, sparing state: StateDirectory) throws {
        var status = stat()
        let exists = stat(path, &status) == 0
        let kind = status.st_mode & S_IFMT
        if exists, kind == S_IFDIR { throw Errno.isDirectory }
        if exists, kind != S_IFREG { return try writeThrough(bytes, path) }
        let target = exists ? real(path) ?? path : path
        if isWithin(state, target) {
            throw Failure.usage("\(path) is in the service's own folder \(state.path): name a file elsewhere")
        }
        let file = FilePath(target)
        guard let name = file.lastComponent?.string else { throw Errno.isDirectory }
        let parent = file.removingLastComponent().string
        let folder = try Folder(path: parent.isEmpty ? "." : parent)
        // A list that a web server publishes stays readable to it.
        let former = exists ? try folder.status(Array(name.utf8)) : nil
        try FileIO.writeAtomically(folder, Array(name.utf8), bytes, former: former)
    }

    private static func writeThrough(_ bytes: [UInt8], _ path: String) throws {
        let descriptor = try FileDescriptor.open(path, .writeOnly)
        try descriptor.closeAfter { _ = try descriptor.writeAll(bytes) }
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

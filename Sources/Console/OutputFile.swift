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
        if exists, kind != S_IFREG || isOwnDescriptor(path) { return try writeThrough(bytes, path) }
        let target = exists ? real(path) ?? path : try missing(path)
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

    /// `/dev/stdout` and the like, also where a file stands behind it: whoever has opened it may go on in it.
    private static func isOwnDescriptor(_ path: String) -> Bool {
        guard let name = FilePath(path).lastComponent?.string else { return false }
        if path == "/dev/stdout" || path == "/dev/stderr" { return true }
        let folder = real(FilePath(path).removingLastComponent().string) ?? ""
        return Int(name) != nil && folder.hasPrefix("/proc/") && folder.hasSuffix("/fd")
    }

    /// A link to nothing is no name for a new file.
    private static func missing(_ path: String) throws -> String {
        var status = stat()
        guard lstat(path, &status) == 0 else { return path }
        throw Failure.usage("\(path) is a link to a file that isn't there: name the file itself")
    }

    private static func writeThrough(_ bytes: [UInt8], _ path: String) throws {
        // An own descriptor is opened anew, at its beginning: what it holds is added to, as the shell's >> wants.
        let descriptor = try FileDescriptor.open(path, .writeOnly, options: .append)
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

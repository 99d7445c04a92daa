internal import LinuxSystem
package import SystemPackage

/// A file that a command writes where it was told to: it appears whole, or not at all.
package enum OutputFile {
    /// - Throws: `Errno`.
    package static func write(_ bytes: [UInt8], to path: String) throws(Errno) {
        let path = FilePath(path)
        guard let name = path.lastComponent?.string else { throw .isDirectory }
        let parent = path.removingLastComponent().string
        try FileIO.writeAtomically(Folder(path: parent.isEmpty ? "." : parent), Array(name.utf8), bytes)
    }
}

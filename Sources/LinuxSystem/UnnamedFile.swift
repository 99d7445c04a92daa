import CLinux
import Glibc
package import SystemPackage

/// Files without a name, on a disk: to hand bytes to another process that may take long to read them, at the cost of no memory. They end with their
/// last descriptor.
package enum UnnamedFile {
    /// - Returns: a descriptor that can only be read: whoever gets it can't fill the disk.
    /// - Throws: `noSpace` where the disk is full; nothing is left then.
    package static func make(_ bytes: [UInt8], in folder: Folder) throws(Errno) -> Descriptor {
        let opened: CInt
        do {
            opened = try systemCall { clinux_unnamed_file(folder.raw) }
        } catch {
            // A file system without such files, or one that has never heard of them.
            guard error == .notSupportedOnSocket || error == .isDirectory else { throw error }
            return try MemoryFile.make(bytes)
        }
        let file = Descriptor(adopting: opened)
        try FileIO.write(file.raw, bytes)
        let raw = file.raw
        return Descriptor(adopting: try systemCall { open("/proc/self/fd/\(raw)", O_RDONLY | O_CLOEXEC) })
    }
}

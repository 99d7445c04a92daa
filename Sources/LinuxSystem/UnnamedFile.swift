import CLinux
import Glibc
internal import SystemPackage

/// Files without a name, on a disk: to hand bytes to another process that may take long to read them, at the cost of no memory. They end with their
/// last descriptor.
package enum UnnamedFile {
    /// Makes a file of what `body` hands over, piece by piece: no more of it is in memory than a piece. What is small stays there.
    ///
    /// - mostInMemory: bytes that need no file on the disk.
    /// - Returns: a descriptor that can only be read where it is on the disk: whoever gets it can't fill it.
    /// - Throws: what `body` does; `noSpace` where the disk is full. Nothing is left then.
    package static func make(
        in folder: Folder, mostInMemory: Int, _ body: (_ put: ([UInt8]) throws -> Void) throws -> Void
    ) throws -> SharedDescriptor {
        var held: [UInt8] = []
        var file: (descriptor: SharedDescriptor, size: Int64)?
        try body { piece in
            held += piece
            guard held.count > mostInMemory else { return }
            let (descriptor, size) = try file ?? (SharedDescriptor(open(in: folder)), 0)
            try FileIO.write(descriptor.raw, held, offset: size)
            file = (descriptor, size + Int64(held.count))
            held.removeAll(keepingCapacity: true)
        }
        guard let (descriptor, size) = file else { return SharedDescriptor(try MemoryFile.make(held)) }
        try FileIO.write(descriptor.raw, held, offset: size)
        let reader = try systemCall { Glibc.open("/proc/self/fd/\(descriptor.raw)", O_RDONLY | O_CLOEXEC) }
        return SharedDescriptor(Descriptor(adopting: reader))
    }

    private static func open(in folder: Folder) throws(Errno) -> Descriptor {
        do {
            return Descriptor(adopting: try systemCall { clinux_unnamed_file(folder.raw) })
        } catch {
            // A file system without such files, or one that has never heard of them.
            guard error == .notSupportedOnSocket || error == .isDirectory else { throw error }
            return try MemoryFile.make([])
        }
    }
}

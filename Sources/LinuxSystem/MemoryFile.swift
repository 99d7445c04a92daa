import CLinux
package import SystemPackage

/// Files without a name, in memory: to hand bytes to another process by a descriptor. They end with their last descriptor.
package enum MemoryFile {
    /// The C function is `memfd_create`.
    package static func make(_ bytes: [UInt8]) throws(Errno) -> Descriptor {
        let file = Descriptor(adopting: try systemCall { clinux_memory_file("collecteur") })
        try FileIO.write(file.raw, bytes)
        return file
    }
}

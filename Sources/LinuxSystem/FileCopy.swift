import CLinux
package import SystemPackage

extension FileIO {
    /// Copies a file's content from its beginning to the other's, in the kernel where it can (`copy_file_range`;
    /// shared blocks on a file system that has them). Both descriptors' positions stay where they are.
    ///
    /// Copies `limit` bytes at most, or all, and gives the number of bytes copied.
    @discardableResult
    package static func copy(from source: CInt, to target: CInt, limit: Int64? = nil) throws(Errno) -> Int64 {
        var done: Int64 = 0
        while true {
            let wanted = min(limit.map { $0 - done } ?? .max, 1 << 30)
            guard wanted > 0 else { return done }
            let copied: Int
            do {
                copied = try systemCall { clinux_copy_file_range(source, done, target, done, Int(wanted)) }
            } catch {
                // Not between these file systems, or not with this kernel: by hand from here on.
                let byHand: [Errno] = [
                    .improperLink, .invalidArgument, .noFunction, .notSupported, .notPermitted,
                ]
                guard byHand.contains(error) else { throw error }
                return try copyByHand(from: source, to: target, startingAt: done, limit: limit)
            }
            guard copied > 0 else {
                // Some file systems answer 0 for a file that has content (procfs, some FUSE ones): make sure.
                return try copyByHand(from: source, to: target, startingAt: done, limit: limit)
            }
            done += Int64(copied)
        }
    }

    private static func copyByHand(
        from source: CInt, to target: CInt, startingAt start: Int64, limit: Int64?
    ) throws(Errno) -> Int64 {
        var done = start
        while true {
            let wanted = min(limit.map { $0 - done } ?? .max, 262_144)
            guard wanted > 0 else { return done }
            let part = try readPart(source, count: Int(wanted), offset: done)
            try write(target, part, offset: done)
            done += Int64(part.count)
            if part.count < Int(wanted) { return done }
        }
    }
}

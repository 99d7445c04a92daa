import CLinux
import Glibc
package import SystemPackage

/// Reading, writing and syncing open files. Positions are always explicit: a descriptor's own position is shared with
/// every process it was passed to.
package enum FileIO {
    /// The whole file from its beginning. One larger than `limit` bytes gives `fileTooLarge`, whatever its size says.
    package static func readAll(_ raw: CInt, limit: Int) throws(Errno) -> [UInt8] {
        let size = try fileStatus(of: raw).size
        guard size <= limit else { throw Errno.fileTooLarge }
        // One byte more than its size: the read that finds the end needs no second round.
        var room = min(max(0, Int(size)), limit) + 1
        var bytes: [UInt8] = []
        while true {
            let start = bytes.count
            let wanted = room
            let part = try readPart(raw, count: wanted, offset: Int64(start))
            if start == 0 {
                bytes = part
            } else {
                bytes.append(contentsOf: part)
            }
            guard bytes.count <= limit else { throw Errno.fileTooLarge }
            if part.count < wanted { return bytes }
            // The file has grown since.
            room = 65_536
        }
    }

    /// Up to `count` bytes from `offset`; fewer only at the end of the file.
    package static func readPart(_ raw: CInt, count: Int, offset: Int64) throws(Errno) -> [UInt8] {
        var failure: Errno?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            do throws(Errno) {
                filled = try fill(UnsafeMutableRawBufferPointer(buffer), raw, offset: offset)
            } catch {
                filled = 0
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }

    private static func fill(
        _ buffer: UnsafeMutableRawBufferPointer, _ raw: CInt, offset: Int64
    ) throws(Errno) -> Int {
        var filled = 0
        while filled < buffer.count, let start = buffer.baseAddress {
            let (position, overflow) = offset.addingReportingOverflow(Int64(filled))
            guard !overflow else { throw Errno.invalidArgument }
            let count = try systemCall {
                pread(raw, start + filled, buffer.count - filled, off_t(position))
            }
            if count == 0 { break }
            filled += count
        }
        return filled
    }

    /// Writes all bytes at `offset` (default: the beginning), going on after short writes.
    package static func write(_ raw: CInt, _ bytes: [UInt8], offset: Int64 = 0) throws(Errno) {
        try bytes.withUnsafeBufferPointer { (buffer) throws(Errno) in
            try write(raw, UnsafeRawBufferPointer(buffer), offset: offset)
        }
    }

    package static func write(_ raw: CInt, _ bytes: UnsafeRawBufferPointer, offset: Int64) throws(Errno) {
        var written = 0
        while written < bytes.count, let start = bytes.baseAddress {
            let (position, overflow) = offset.addingReportingOverflow(Int64(written))
            guard !overflow else { throw Errno.invalidArgument }
            let count = try systemCall {
                pwrite(raw, start + written, bytes.count - written, off_t(position))
            }
            guard count > 0 else { throw Errno.ioError }
            written += count
        }
    }

    /// Makes content and size durable. The C function is `fsync`.
    package static func sync(_ raw: CInt) throws(Errno) {
        try systemCall { fsync(raw) }
    }

    /// Sets the size. The C function is `ftruncate`.
    package static func truncate(_ raw: CInt, _ size: Int64) throws(Errno) {
        try systemCall { ftruncate(raw, off_t(size)) }
    }

    /// Sets the modification time; the access time stays. The C function is `futimens`.
    package static func setModified(_ raw: CInt, _ time: FileTime) throws(Errno) {
        let times = [
            timespec(tv_sec: 0, tv_nsec: 0x3FFF_FFFE /* UTIME_OMIT */),
            timespec(tv_sec: Int(time.seconds), tv_nsec: time.nanoseconds),
        ]
        try systemCall { futimens(raw, times) }
    }

    /// The first hole at or after `offset`; the end of the file if there is none. A file that was written out of
    /// order has holes where bytes never came.
    ///
    /// Moves the descriptor's own position. The C function is `lseek` with `SEEK_HOLE`; a hole smaller than a block
    /// of the file system can't be seen.
    package static func nextHole(_ raw: CInt, from offset: Int64 = 0) throws(Errno) -> Int64 {
        Int64(try systemCall { lseek(raw, off_t(offset), 4 /* SEEK_HOLE */) })
    }
}

package import Glibc
internal import LinuxSystem

/// The system calls that change an upload's file: they can fail, which the tests see to.
package struct FileCalls: Sendable {
    /// As `pwrite`: writes some of the bytes.
    package var write: @Sendable (_ raw: CInt, _ bytes: UnsafeRawBufferPointer, _ offset: off_t) -> Int
    /// As `ftruncate`.
    package var truncate: @Sendable (_ raw: CInt, _ size: off_t) -> CInt

    package init(
        write: @escaping @Sendable (CInt, UnsafeRawBufferPointer, off_t) -> Int = {
            guard !FaultPoint.writeFails else {
                errno = EIO
                return -1
            }
            return pwrite($0, $1.baseAddress, $1.count, $2)
        },
        truncate: @escaping @Sendable (CInt, off_t) -> CInt = { ftruncate($0, $1) }
    ) {
        self.write = write
        self.truncate = truncate
    }

    /// Writes all of the data, as far as it goes; the error is 0 if all was written.
    func writeAll(_ data: UnsafeRawBufferPointer, to raw: CInt, at start: UInt64) -> (count: Int, error: CInt) {
        var count = 0
        while count < data.count {
            guard let position = off_t(exactly: start + UInt64(count)) else { return (count, EFBIG) }
            let written = write(raw, UnsafeRawBufferPointer(rebasing: data[count...]), position)
            if written > 0 {
                count += written
            } else if written == 0 {
                return (count, EIO)
            } else if errno != EINTR {
                return (count, errno)
            }
        }
        return (count, 0)
    }
}

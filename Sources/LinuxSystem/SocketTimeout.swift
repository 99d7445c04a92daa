import CLinux
import Glibc

package enum SocketTimeout {
    /// Lets reads and writes of a socket fail after some seconds without progress (socket(7), SO_RCVTIMEO and SO_SNDTIMEO).
    ///
    /// A socket that can't have one keeps waiting: nothing is lost by it.
    package static func set(_ raw: CInt, seconds: Int) {
        var limit = timeval(tv_sec: seconds, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(raw, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
        setsockopt(raw, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
    }
}

import CLibSSH

/// A call of libssh that failed while the session was being set up.
struct SSHError: Error, CustomStringConvertible {
    var call: String
    var detail: String

    init(_ call: String, _ handle: OpaquePointer? = nil) {
        self.call = call
        detail = handle.flatMap { ssh_get_error(UnsafeMutableRawPointer($0)) }.map { String(cString: $0) } ?? ""
    }

    var description: String { "\(call): \(detail)" }
}

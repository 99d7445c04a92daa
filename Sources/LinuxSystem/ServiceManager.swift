import Glibc

/// Talking to systemd: sockets it opened (sd_listen_fds(3)), states (sd_notify(3)) and the watchdog
/// (sd_watchdog_enabled(3)). Without systemd's variables nothing happens.
package enum ServiceManager {
    /// Looks an environment variable up; nil where it isn't set.
    package typealias Variables = (_ name: String) -> String?

    /// The sockets that the service manager passed, made close-on-exec; none unless `LISTEN_PID` is this process.
    ///
    /// - named: those with that `FileDescriptorName=`; nil for all that have none of `except`.
    package static func listenDescriptors(
        named name: String? = nil, except: [String] = [], variable: Variables = ServiceManager.variable
    ) -> [CInt] {
        let names = (variable("LISTEN_FDNAMES") ?? "").split(separator: ":", omittingEmptySubsequences: false)
        return passed(variable).filter { descriptor in
            let index = Int(descriptor) - 3
            let own = names.indices.contains(index) ? String(names[index]) : ""
            return name.map { $0 == own } ?? !except.contains(own)
        }
    }

    private static func passed(_ variable: Variables) -> [CInt] {
        guard let pid = variable("LISTEN_PID").flatMap({ Int64($0) }), pid == Int64(getpid()) else { return [] }
        guard let count = variable("LISTEN_FDS").flatMap({ Int64($0) }), (1...64).contains(count) else { return [] }
        let descriptors = (3..<3 + CInt(count)).filter { fcntl($0, F_GETFD) != -1 }
        for descriptor in descriptors {
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        }
        return descriptors
    }

    /// Tells the service manager of a state: lines like `READY=1` or `STATUS=…`. False if nobody was told.
    @discardableResult
    package static func notify(_ state: String, variable: Variables = ServiceManager.variable) -> Bool {
        guard let path = variable("NOTIFY_SOCKET") else { return false }
        return send(Array(state.utf8), to: Array(path.utf8))
    }

    /// Whether a service manager wants to be told of states.
    package static var isListening: Bool { variable("NOTIFY_SOCKET") != nil }

    /// How often the service manager expects `WATCHDOG=1` at the latest; nil if it doesn't.
    package static func watchdogInterval(variable: Variables = ServiceManager.variable) -> Duration? {
        guard let microseconds = variable("WATCHDOG_USEC").flatMap({ Int64($0) }), microseconds > 0 else { return nil }
        if let pid = variable("WATCHDOG_PID").flatMap({ Int64($0) }), pid != Int64(getpid()) { return nil }
        return .microseconds(microseconds)
    }

    private static func send(_ bytes: [UInt8], to path: [UInt8]) -> Bool {
        var address = sockaddr_un()
        let room = MemoryLayout.size(ofValue: address.sun_path)
        // A path, or an abstract name, whose @ stands for a NUL byte.
        guard let first = path.first, first == UInt8(ascii: "/") || first == UInt8(ascii: "@"), path.count < room
        else { return false }
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { target in
            target.copyBytes(from: path)
            if first == UInt8(ascii: "@") { target[0] = 0 }
        }
        let length = MemoryLayout<sa_family_t>.size + path.count
        let socket = Glibc.socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue) | CInt(0x80000) /* SOCK_CLOEXEC */, 0)
        guard socket != -1 else { return false }
        defer { close(socket) }
        let sent = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                sendto(socket, bytes, bytes.count, CInt(MSG_NOSIGNAL), address, socklen_t(length))
            }
        }
        return sent == bytes.count
    }

    /// One of this process.
    package static func variable(_ name: String) -> String? {
        // Nothing in this project changes the environment, so reading it needs no lock.
        guard let value = getenv(name), value.pointee != 0 else { return nil }
        return String(cString: value)
    }
}

import Glibc
import LinuxSystem
import Testing

/// With variables of their own: the environment belongs to the whole process, where other tests read it meanwhile.
struct ServiceManagerTests {
    @Test(arguments: [false, true])
    func `a state is sent to the socket of the service manager`(abstract: Bool) throws {
        let test = try TestFolder()
        let path = abstract ? "@collecteur-\(getpid())" : test.path + "/notify"
        let receiver = Descriptor(adopting: socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0))
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { target in
            target.copyBytes(from: path.utf8)
            if abstract { target[0] = 0 }
        }
        let length = socklen_t(2 + path.utf8.count)
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(receiver.raw, $0, length) }
        }
        try #require(bound == 0)
        #expect(ServiceManager.notify("READY=1\nSTATUS=prêt") { ["NOTIFY_SOCKET": path][$0] })
        var buffer = [UInt8](repeating: 0, count: 100)
        let count = recv(receiver.raw, &buffer, buffer.count, CInt(MSG_DONTWAIT))
        #expect(String(decoding: buffer.prefix(max(0, count)), as: UTF8.self) == "READY=1\nSTATUS=prêt")
    }

    @Test(arguments: ["", "relative/path", "/nowhere/socket", "/" + String(repeating: "x", count: 200)])
    func `a socket that is not there is no error`(path: String) {
        #expect(!ServiceManager.notify("READY=1") { ["NOTIFY_SOCKET": path][$0] })
    }

    @Test func `without a service manager there is nothing`() {
        #expect(!ServiceManager.notify("READY=1"))
        #expect(ServiceManager.listenDescriptors() == [])
        #expect(ServiceManager.watchdogInterval() == nil)
    }

    @Test(
        arguments: [
            ("30000000", nil, .seconds(30)), ("30000000", "\(getpid())", .seconds(30)), ("30000000", "1", nil),
            ("0", nil, nil), ("many", nil, nil),
        ] as [(String, String?, Duration?)])
    func `the watchdog's interval is this process's`(microseconds: String, pid: String?, expected: Duration?) {
        let found = ServiceManager.watchdogInterval { ["WATCHDOG_USEC": microseconds, "WATCHDOG_PID": pid][$0] ?? nil }
        #expect(found == expected)
    }

    @Test(arguments: [("1", "1"), ("\(getpid())", "0"), ("\(getpid())", "-1"), ("\(getpid())", "999"), ("x", "1")])
    func `sockets meant for another process, or none, are not taken`(pid: String, count: String) {
        #expect(ServiceManager.listenDescriptors { ["LISTEN_PID": pid, "LISTEN_FDS": count][$0] } == [])
    }
}

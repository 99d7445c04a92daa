import Glibc
import LinuxSystem
import Testing

/// A folder for one test, removed with everything in it.
final class TestFolder: Sendable {
    let path: String
    let folder: Folder

    init() throws {
        var template = Array("/tmp/collecteur-test-XXXXXX".utf8CString)
        let made = try #require(mkdtemp(&template))
        path = String(cString: made)
        folder = try Folder(path: path)
    }

    deinit {
        Self.removeAll(folder, path)
    }

    func write(_ name: String, _ content: [UInt8] = []) throws {
        let file = try folder.open(Array(name.utf8), O_WRONLY | O_CREAT | O_TRUNC)
        try FileIO.write(file.raw, content)
    }

    func read(_ name: String) throws -> [UInt8] {
        let file = try folder.open(Array(name.utf8), O_RDONLY)
        return try FileIO.readAll(file.raw, limit: 1 << 30)
    }

    func names() throws -> [String] {
        try folder.list().map { String(decoding: $0, as: UTF8.self) }.sorted()
    }

    private static func removeAll(_ folder: Folder, _ path: String) {
        for name in (try? folder.list()) ?? [] {
            if let inner = try? folder.subfolder(name) {
                removeAll(inner, "\(path)/\(String(decoding: name, as: UTF8.self))")
            } else {
                try? folder.remove(name)
            }
        }
        rmdir(path)
    }
}

extension [UInt8] {
    init(_ text: String) {
        self = Array(text.utf8)
    }
}

/// Waits until a condition holds, two minutes at most.
func eventually(_ condition: () throws -> Bool) rethrows -> Bool {
    let deadline = MonotonicClock.now() + .seconds(120)
    while MonotonicClock.now() < deadline {
        if try condition() { return true }
        usleep(1000)
    }
    return try condition()
}

/// A pipe, both ends close-on-exec.
func makePipe() throws -> (reading: SharedDescriptor, writing: SharedDescriptor) {
    var ends: [CInt] = [0, 0]
    try #require(pipe(&ends) == 0)
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (SharedDescriptor(Descriptor(adopting: ends[0])), SharedDescriptor(Descriptor(adopting: ends[1])))
}

/// A TCP connection over loopback, both ends.
func connectedSockets() throws -> (SharedDescriptor, SharedDescriptor) {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(listener) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    let connected = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
            bind(listener, address, length) == 0 && listen(listener, 1) == 0
                && getsockname(listener, address, &length) == 0 && connect(client, address, length) == 0
        }
    }
    try #require(connected)
    let server = accept(listener, nil, nil)
    try #require(server != -1)
    return (SharedDescriptor(Descriptor(adopting: client)), SharedDescriptor(Descriptor(adopting: server)))
}

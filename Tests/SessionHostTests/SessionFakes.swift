import Foundation
import LinuxSystem
import SFTPCodec
import SessionProtocol
import Synchronization

@testable import SessionHost

/// The client's end of a connection. Waiting for it blocks a thread of its own, not one of Swift's pool: the service needs these.
final class Client: Sendable {
    private let raw: CInt
    private let end = Mutex<ContinuousClock.Instant?>(nil)

    init(raw: CInt) {
        self.raw = raw
        var patience = timeval(tv_sec: 120, tv_usec: 0)
        setsockopt(raw, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { Foundation.close(raw) }

    /// Everything up to the connection's end; nil if that doesn't come in time.
    func readToEnd() async -> String? { await elsewhere { $0.receiveToEnd() } }

    /// One line; nil at the end, or if none comes in time.
    func readLine() async -> String? { await elsewhere { $0.receiveLine() } }

    private func elsewhere(_ body: @escaping @Sendable (Client) -> String?) async -> String? {
        await withCheckedContinuation { continuation in
            Foundation.Thread.detachNewThread { continuation.resume(returning: body(self)) }
        }
    }

    private func receiveToEnd() -> String? {
        var all: [UInt8] = []
        while true {
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = recv(raw, &buffer, buffer.count, 0)
            if count == 0 || (count < 0 && errno == ECONNRESET) {
                end.withLock { $0 = .now }
                return String(decoding: all, as: UTF8.self)
            }
            guard count > 0 else { return nil }
            all += buffer.prefix(count)
        }
    }

    private func receiveLine() -> String? {
        var line: [UInt8] = []
        while true {
            var byte: UInt8 = 0
            guard recv(raw, &byte, 1, 0) == 1 else { return nil }
            if byte == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
            line.append(byte)
        }
    }

    /// When ``readToEnd()`` saw the end, however late the test came to know of it.
    var endedAt: ContinuousClock.Instant? { end.withLock { $0 } }

    func write(_ text: String) {
        let bytes = Array(text.utf8)
        _ = send(raw, bytes, bytes.count, CInt(MSG_NOSIGNAL))
    }
}

/// Files that answer every request alike, and tell the test what they were asked.
final class FakeFiles: SessionFiles {
    final class Journal: Sendable {
        struct Entry: Sendable {
            var requests: [Request] = []
            var notices: [Notice] = []
            var uploads = false
            var ended = false
        }

        private let entries = Mutex<[UInt64: Entry]>([:])

        func open(_ id: UInt64) -> FakeFiles {
            entries.withLock { $0[id] = Entry() }
            return FakeFiles(id: id, journal: self)
        }

        subscript(id: UInt64) -> Entry? { entries.withLock { $0[id] } }

        var all: [Entry] { entries.withLock { Array($0.values) } }

        func update(_ id: UInt64, _ body: (inout Entry) -> Void) {
            entries.withLock { entries in
                guard var entry = entries[id] else { return }
                body(&entry)
                entries[id] = entry
            }
        }
    }

    private let id: UInt64
    private let journal: Journal

    fileprivate init(id: UInt64, journal: Journal) {
        self.id = id
        self.journal = journal
    }

    func handle(_ request: Request) -> (Reply, SharedDescriptor?) {
        journal.update(id) { $0.requests.append(request) }
        return (.status(.permissionDenied, text: String(repeating: "x", count: 1000)), nil)
    }

    func note(_ notice: Notice) { journal.update(id) { $0.notices.append(notice) } }
    var uploads: Int { journal[id]?.uploads ?? false ? 1 : 0 }
    func end() { journal.update(id) { $0.ended = true } }
}

/// The lines of a log.
final class Lines: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }
    func add(_ line: String) { lines.withLock { $0.append(line) } }
}

import Foundation
import Glibc
import LinuxSystem
import SFTPCodec
import SFTPService
import SessionProtocol
import Synchronization

/// A daemon that says what the test tells it to, and keeps what it is asked and told.
final class FakeDaemon: DaemonConnection {
    let uploads = OpenUploads()
    var asked: [Request] = []
    var told: [Notice] = []
    /// What any request but an OPEN is answered.
    var reply = Reply.status(.ok, text: "")
    /// What the next OPEN is answered.
    var opening: (Reply, SharedDescriptor?) = (.status(.failure, text: ""), nil)

    func ask(_ request: Request) throws(DaemonLost) -> (reply: Reply, descriptor: SharedDescriptor?) {
        asked.append(request)
        if case .open = request { return opening }
        return (reply, nil)
    }

    func tell(_ notice: Notice) { told.append(notice) }

    /// The account of the CLOSE that was asked last.
    var account: UploadAccount? {
        for request in asked.reversed() { if case .close(_, let account) = request { return account } }
        return nil
    }
}

/// Which calls fail, and how.
final class Faults: Sendable {
    struct State {
        /// Writes until one fails; nil for never.
        var goodWrites: Int?
        /// Bytes that the failing write still writes.
        var lastBytes = 0
        var error: CInt = ENOSPC
        /// How many writes fail; afterwards they are well again.
        var failures = Int.max
        var truncate: CInt?
    }
    let state = Mutex(State())

    var calls: FileCalls {
        FileCalls(
            write: { [self] raw, bytes, offset in
                let (error, count) = state.withLock { state -> (CInt, Int) in
                    guard let good = state.goodWrites, state.failures > 0 else { return (0, bytes.count) }
                    if good > 0 {
                        state.goodWrites = good - 1
                        return (0, bytes.count)
                    }
                    if state.lastBytes > 0 {
                        defer { state.lastBytes = 0 }
                        return (0, min(state.lastBytes, bytes.count))
                    }
                    state.failures -= 1
                    return (state.error, 0)
                }
                guard error == 0 else {
                    errno = error
                    return -1
                }
                return pwrite(raw, bytes.baseAddress, count, offset)
            },
            truncate: { [self] raw, size in
                if let error = state.withLock({ $0.truncate }) {
                    errno = error
                    return -1
                }
                return ftruncate(raw, size)
            })
    }
}

/// A client of one session, packet by packet, with one upload open on a real file.
final class ServiceFixture {
    let daemon = FakeDaemon()
    let faults = Faults()
    let server: SFTPServer
    let file: SharedDescriptor
    private var lastID: UInt32 = 0
    static let handle: UInt32 = 7

    init(
        _ beginning: UploadContent.Beginning = .new, content: String = "", limit: UInt64 = 1000,
        flags: OpenFlags = [.write, .create], stated: UInt64? = nil
    ) throws {
        server = SFTPServer(daemon: daemon, calls: faults.calls)
        let path = FileManager.default.temporaryDirectory.appending(path: "collecteur-\(UUID().uuidString)").path
        let raw = Glibc.open(path, O_RDWR | O_CREAT | O_EXCL, 0o600)
        file = SharedDescriptor(Descriptor(adopting: raw))
        unlink(path)
        try FileIO.write(file.raw, Array(content.utf8))
        let opened = OpenedUpload(
            beginning: beginning, size: UInt64(content.utf8.count), limit: limit, limitText: "trop")
        daemon.opening = (.openedToWrite(handle: Self.handle, opened), file)
        var body = Self.string("/x") + Self.number(flags.rawValue)
        body += stated.map { Self.number(UInt32(1)) + Self.number($0) } ?? Self.number(UInt32(0))
        guard ask(3, body).type == 102 else { throw Unexpected() }
    }

    struct Unexpected: Error {}

    struct Answer: Equatable {
        var type: UInt8
        var code: UInt32
        var text: String
        var isOK: Bool { type == 101 && code == 0 }
    }

    static func number<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }
    static func string(_ text: [UInt8]) -> [UInt8] { number(UInt32(text.count)) + text }
    static func string(_ text: String) -> [UInt8] { string(Array(text.utf8)) }
    private static var handleBytes: [UInt8] { string(number(handle)) }

    /// One request and its answer.
    func ask(_ type: UInt8, _ body: [UInt8]) -> Answer {
        lastID += 1
        let packet = [type] + Self.number(lastID) + body
        packet.withUnsafeBytes { bytes in
            do { try server.handle(bytes) } catch {}
        }
        let answer = server.output.bytes
        server.output.removeFirst(answer.count)
        guard answer.count >= 13 else { return Answer(type: 0, code: 0, text: "") }
        func number(at index: Int) -> UInt32 { answer[index..<index + 4].reduce(0) { $0 << 8 | UInt32($1) } }
        let type = answer[4]
        guard type == 101 else { return Answer(type: type, code: 0, text: "") }
        let length = Int(number(at: 13))
        return Answer(
            type: type, code: number(at: 9), text: String(decoding: answer[17..<17 + length], as: UTF8.self))
    }

    func write(_ text: String, at offset: UInt64) -> Answer {
        ask(6, Self.handleBytes + Self.number(offset) + Self.string(text))
    }
    func close() -> UploadAccount? {
        _ = ask(4, Self.handleBytes)
        return daemon.account
    }
    func setSize(_ size: UInt64) -> Answer {
        ask(10, Self.handleBytes + Self.number(UInt32(1)) + Self.number(size))
    }
    func setSizeByPath(_ size: UInt64) -> Answer {
        ask(9, Self.string("/x") + Self.number(UInt32(1)) + Self.number(size))
    }
    func synchronise() -> Answer { ask(200, Self.string("fsync@openssh.com") + Self.handleBytes) }

    var content: String {
        get throws { String(decoding: try FileIO.readAll(file.raw, limit: 1 << 20), as: UTF8.self) }
    }
    /// What the drop box would make of the account.
    func verdict(_ account: UploadAccount?, _ beginning: UploadContent.Beginning = .new) throws
        -> UploadContent.Verdict?
    {
        guard let account else { return nil }
        var content = UploadContent(beginning, limit: 1000)
        content.take(account)
        return content.verdict(fileSize: UInt64(try fileStatus(of: file.raw).size))
    }
}

import Foundation
import Glibc
import LinuxSystem
import Logging
import Qualiopi
import SFTPCodec
import SessionProtocol
import Store
import Synchronization
import SystemPackage
import Testing

@testable import Daemon

/// A drop box of its own for one test: real folders, a real database, two depositors, and clocks that the test moves.
final class DropBoxFixture: Sendable {
    static let code = "E34350633300032"
    static let otherCode = "E35600000000048"
    static let login = "archer_yopmail.com"
    /// Of the same depositor.
    static let colleague = "bis_yopmail.com"
    /// Of the other depositor.
    static let stranger = "autre_yopmail.com"
    static let drop = "/\(code)/QUALIOPI/FICHIER_QUALIOPI"

    let state: StateDirectory
    let store: Store
    let box: DropBox
    let clock: CivilClock
    /// What is added to the real time, in milliseconds.
    private let shift: Shift
    let told = Told()

    final class Shift: Sendable {
        let civil = Mutex<Int64>(0)
        let monotonic = Mutex<UInt64>(1_000_000)
    }

    /// What the drop box has told.
    final class Told: Sendable {
        let published = Mutex<[String]>([])
        let oversize = Mutex<[Deposit]>([])
    }

    init(_ change: (inout Settings) -> Void = { _ in }) throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "collecteur-\(UUID().uuidString)").path
        state = StateDirectory(path: path)
        try state.prepare()
        store = try Store(path: state.database)
        let now = Timestamp(milliseconds: WallClock.nowMilliseconds())
        let day = CivilDate(daysSinceEpoch: 20_000)
        for code in [Self.code, Self.otherCode] {
            let siret = try #require(SIRET(String(code.dropFirst())))
            _ = try store.addDepositor(siret: siret, name: code, now: now, on: day)
        }
        for (login, code) in [
            (Self.login, Self.code), (Self.colleague, Self.code), (Self.stranger, Self.otherCode),
        ] {
            let email = login.replacing("_", with: "@")
            _ = try store.addUser(email: email, depositors: [code])
            _ = try store.createAccount(email: email, hash: "*", now: now)
        }
        let shift = Shift()
        self.shift = shift
        clock = CivilClock(zone: "Europe/Paris") {
            Timestamp(milliseconds: WallClock.nowMilliseconds() + shift.civil.withLock { $0 })
        }
        var settings = Settings()
        change(&settings)
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        box = try DropBox(
            state: state, store: store, settings: settings, clock: clock, logger: quiet,
            monotonic: { shift.monotonic.withLock { $0 } })
        try box.prepareFolders()
        box.onPublish { [told] code in told.published.withLock { $0.append(code) } }
        box.onOversize { [told] deposit in told.oversize.withLock { $0.append(deposit) } }
    }

    deinit { try? FileManager.default.removeItem(atPath: state.path) }

    /// Another drop box on the same folders and database: a daemon that was started again.
    func restarted() throws -> DropBox {
        try DropBox(
            state: state, store: store, settings: Settings(), clock: clock, logger: box.logger,
            monotonic: { self.shift.monotonic.withLock { $0 } })
    }

    func client(_ login: String = DropBoxFixture.login, of box: DropBox? = nil) throws -> DropBoxClient {
        let account = try #require(try store.credentials(login: login))
        return DropBoxClient((box ?? self.box).session(account: account, sessionID: 7, address: "192.0.2.1"))
    }

    func pass(seconds: Double) {
        shift.civil.withLock { $0 += Int64(seconds * 1000) }
        shift.monotonic.withLock { $0 += UInt64(seconds * 1000) }
    }

    // MARK: What is on disk

    func dropFolder(_ code: String = code) throws -> Folder { try Folder(path: state.dropFolder(of: code)) }
    func staging(_ code: String = code) throws -> Folder { try Folder(path: state.stagingFolder(of: code)) }

    /// Names of the drop folder and of the staging folder.
    var names: (drop: [String], staging: [String]) {
        get throws { (try sorted(dropFolder()), try sorted(staging())) }
    }

    private func sorted(_ folder: Folder) throws -> [String] {
        try folder.list().map { String(decoding: $0, as: UTF8.self) }.sorted()
    }

    func content(_ folder: Folder, _ name: String) throws -> String {
        let file = SharedDescriptor(try folder.open(Array(name.utf8), O_RDONLY))
        defer { withExtendedLifetime(file) {} }
        return String(decoding: try FileIO.readAll(file.raw, limit: 1 << 24), as: UTF8.self)
    }

    /// By hand, as an operator would.
    func put(_ folder: Folder, _ name: String, _ content: String) throws {
        let file = SharedDescriptor(try folder.open(Array(name.utf8), O_WRONLY | O_CREAT | O_TRUNC))
        try FileIO.write(file.raw, Array(content.utf8))
        withExtendedLifetime(file) {}
    }

    func pending(_ name: String) throws -> PendingFile {
        try #require(try box.pendingFiles(code: Self.code).first { $0.name == Array(name.utf8) })
    }

    @discardableResult
    func claim(_ name: String) throws -> Deposit {
        guard case .claimed(let deposit) = try box.claim(code: Self.code, file: pending(name)) else {
            throw UnexpectedAnswer(what: "\(name) was not claimed")
        }
        return deposit
    }
}

struct UnexpectedAnswer: Error { var what: String }

/// A session and its client in one: it writes through the descriptor that it gets, and says so at CLOSE.
final class DropBoxClient {
    struct Open {
        var handle: UInt32
        var size: UInt64
        var limit: UInt64
        var append: Bool
        var descriptor: SharedDescriptor
    }

    struct Answer: Equatable {
        var code: StatusCode
        var text: String
    }

    let session: DropBoxSession

    init(_ session: DropBoxSession) { self.session = session }

    static func path(_ name: String) -> [UInt8] {
        Array((name.hasPrefix("/") ? name : "\(DropBoxFixture.drop)/\(name)").utf8)
    }

    func ask(_ request: Request) -> Answer {
        switch session.handle(request).0 {
        case .status(let code, let text): Answer(code: code, text: text)
        case .attributes, .opened, .folder, .entries, .fileSystem: Answer(code: .ok, text: "")
        case .authenticated, .denied: Answer(code: .badMessage, text: "")
        }
    }

    func open(_ name: String, _ flags: OpenFlags = .put, stated: UInt64? = nil) throws -> Open {
        let (reply, descriptor) = session.handle(.open(path: Self.path(name), flags: flags, statedSize: stated))
        guard case .opened(let handle, _, let size, let append, let limit, _) = reply else {
            throw UnexpectedAnswer(what: "\(reply)")
        }
        return Open(
            handle: handle, size: size, limit: limit, append: append, descriptor: try #require(descriptor))
    }

    /// The answer to an OPEN; what it opened is given up.
    func opening(_ name: String, _ flags: OpenFlags = .put) -> Answer {
        ask(.open(path: Self.path(name), flags: flags, statedSize: nil))
    }

    func write(_ file: Open, _ text: String, at offset: Int64 = 0) throws {
        try FileIO.write(file.descriptor.raw, Array(text.utf8), offset: offset)
    }

    func close(_ file: consuming Open, contiguous: UInt64? = nil, end: UInt64, stated: UInt64? = nil) -> Answer {
        let handle = file.handle
        _ = consume file
        return ask(
            .close(
                handle: handle, upload: UploadEnd(contiguous: contiguous ?? end, end: end, statedSize: stated)))
    }

    /// A whole upload.
    @discardableResult
    func put(_ name: String, _ text: String, _ flags: OpenFlags = .put) throws -> Answer {
        let file = try open(name, flags)
        try write(file, text)
        return close(file, end: UInt64(text.utf8.count))
    }

    func status(_ name: String) -> EntryAttributes? {
        guard case .attributes(let attributes) = session.handle(.status(path: Self.path(name))).0 else { return nil }
        return attributes
    }

    func statusCode(_ name: String) -> StatusCode { ask(.status(path: Self.path(name))).code }
    func remove(_ name: String) -> StatusCode { ask(.remove(path: Self.path(name))).code }

    func rename(_ from: String, _ to: String, overwrite: Bool = false) -> StatusCode {
        ask(.rename(from: Self.path(from), to: Self.path(to), overwrite: overwrite)).code
    }

    func set(_ name: String, size: UInt64? = nil, modified: UInt32? = nil) -> StatusCode {
        ask(.setAttributes(path: Self.path(name), size: size, modified: modified)).code
    }

    func list(_ path: String = DropBoxFixture.drop) throws -> [String] {
        guard case .folder(let handle) = session.handle(.openFolder(path: Array(path.utf8))).0 else {
            throw UnexpectedAnswer(what: "\(path) can't be listed")
        }
        var names: [String] = []
        while true {
            guard case .entries(let entries, let end) = session.handle(.readFolder(handle: handle)).0 else {
                throw UnexpectedAnswer(what: "\(path) can't be read")
            }
            #expect(entries.count <= 100)
            names += entries.map { String(decoding: $0.name, as: UTF8.self) }
            if end { break }
        }
        #expect(ask(.close(handle: handle, upload: nil)).code == .ok)
        return names
    }

    func read(_ name: String) throws -> String {
        let file = try open(name, .read)
        defer { withExtendedLifetime(file.descriptor) {} }
        return String(decoding: try FileIO.readAll(file.descriptor.raw, limit: 1 << 24), as: UTF8.self)
    }
}

extension OpenFlags {
    /// What most clients send to upload a file.
    static let put: OpenFlags = [.write, .create, .truncate]
}

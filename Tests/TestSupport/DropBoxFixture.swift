import AccountStore
import DepositorStore
import LoginStore
package import PublicationStore
package import ServiceConfiguration
package import DropBox
internal import Foundation
internal import Glibc
package import LinuxSystem
internal import Logging
internal import Qualiopi
package import SFTPCodec
package import SessionProtocol
package import Store
package import Synchronization
internal import SystemPackage
internal import Testing

/// A drop box of its own for one test: real folders, a real database, two depositors, and clocks that the test moves.
package final class DropBoxFixture: Sendable {
    package static let code = "E34350633300032"
    package static let otherCode = "E35600000000048"
    package static let login = "archer_yopmail.com"
    /// Of the same depositor.
    package static let colleague = "bis_yopmail.com"
    /// Of the other depositor.
    package static let stranger = "autre_yopmail.com"
    package static let drop = "/\(code)/QUALIOPI/FICHIER_QUALIOPI"

    package let state: StateDirectory
    package let store: Store
    package let box: DropBox
    package let settings: SettingsInForce
    package let clock: CivilClock
    /// What is added to the real time, in milliseconds.
    private let shift: Shift
    package let told = Told()

    final class Shift: Sendable {
        let civil = Mutex<Int64>(0)
        let monotonic = Mutex<UInt64>(1_000_000)
        let free = Mutex<Int64>(1 << 40)
    }

    /// Bytes free on the disk, as the drop box sees it.
    package var free: Int64 {
        get { shift.free.withLock { $0 } }
        set { shift.free.withLock { $0 = newValue } }
    }

    /// What the drop box has told.
    package final class Told: Sendable {
        package let published = Mutex<[String]>([])
        package let oversize = Mutex<[Deposit]>([])
        package let claimed = Mutex<[Deposit]>([])
    }

    package init(_ change: (inout Settings) -> Void = { _ in }) throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "collecteur-\(UUID().uuidString)").path
        state = StateDirectory(path: path)
        try state.prepare()
        store = try Store(path: state.database)
        let now = Timestamp(milliseconds: WallClock.nowMilliseconds())
        let day = CivilDate(daysSinceEpoch: 20_000)
        for code in [Self.code, Self.otherCode] {
            let siret = try #require(SIRET(String(code.dropFirst())))
            _ = try store.depositorRegister.addDepositor(siret: siret, name: code, by: .test, now: now, on: day)
        }
        for (login, code) in [
            (Self.login, Self.code), (Self.colleague, Self.code), (Self.stranger, Self.otherCode),
        ] {
            let email = login.replacing("_", with: "@")
            _ = try store.accounts.addUser(email: email, depositors: [code], by: .test, at: now)
            _ = try store.accounts.createAccount(email: email, hash: "*", by: .test, at: now)
        }
        let shift = Shift()
        self.shift = shift
        clock = CivilClock(zone: "Europe/Paris") {
            Timestamp(milliseconds: WallClock.nowMilliseconds() + shift.civil.withLock { $0 })
        }
        var settings = Settings()
        change(&settings)
        self.settings = SettingsInForce(settings)
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        box = try DropBox(
            state: state, depositors: store.depositors, publications: store.publications, settings: self.settings,
            clock: clock, logger: quiet,
            monotonic: { shift.monotonic.withLock { $0 } }, freeBytes: { shift.free.withLock { $0 } })
        try box.prepareFolders()
        box.onPublish { [told] code in told.published.withLock { $0.append(code) } }
        box.onEarlyClaim { [told] deposit in told.claimed.withLock { $0.append(deposit) } }
        box.onOversize { [told] deposit in told.oversize.withLock { $0.append(deposit) } }
    }

    deinit { try? FileManager.default.removeItem(atPath: state.path) }

    /// Another drop box on the same folders and database: a daemon that was started again.
    package func restarted() throws -> DropBox {
        try DropBox(
            state: state, depositors: store.depositors, publications: store.publications,
            settings: SettingsInForce(Settings()),
            clock: clock, logger: box.logger,
            monotonic: { self.shift.monotonic.withLock { $0 } })
    }

    package func client(_ login: String = DropBoxFixture.login, of box: DropBox? = nil) throws -> DropBoxClient {
        let account = try #require(try store.logins.credentials(login: login))
        return DropBoxClient((box ?? self.box).session(account: account, sessionID: 7, address: "192.0.2.1"))
    }

    package func pass(seconds: Double) {
        shift.civil.withLock { $0 += Int64(seconds * 1000) }
        if seconds > 0 { shift.monotonic.withLock { $0 += UInt64(seconds * 1000) } }
    }

    // MARK: What is on disk

    package func dropFolder(_ code: String = code) throws -> Folder { try Folder(path: state.dropFolder(of: code)) }
    package func staging(_ code: String = code) throws -> Folder { try Folder(path: state.stagingFolder(of: code)) }

    /// Names of the drop folder and of the staging folder.
    package var names: (drop: [String], staging: [String]) {
        get throws { (try sorted(dropFolder()), try sorted(staging())) }
    }

    private func sorted(_ folder: Folder) throws -> [String] {
        try folder.list().map { String(decoding: $0, as: UTF8.self) }.sorted()
    }

    package func content(_ folder: Folder, _ name: String) throws -> String {
        let file = SharedDescriptor(try folder.open(Array(name.utf8), O_RDONLY))
        defer { withExtendedLifetime(file) {} }
        return String(decoding: try FileIO.readAll(file.raw, limit: 1 << 24), as: UTF8.self)
    }

    /// By hand, as an operator would.
    package func put(_ folder: Folder, _ name: String, _ content: String) throws {
        let file = SharedDescriptor(try folder.open(Array(name.utf8), O_WRONLY | O_CREAT | O_TRUNC))
        try FileIO.write(file.raw, Array(content.utf8))
        withExtendedLifetime(file) {}
    }

    package func pending(_ name: String) throws -> PendingFile {
        try #require(try box.claims.pending(code: Self.code).first { $0.name == Array(name.utf8) })
    }

    @discardableResult
    package func claim(_ name: String) throws -> Deposit {
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            switch try box.claims.claim(code: Self.code, file: pending(name), isPaced: false) {
            case .claimed(let deposit): return deposit
            // Another test's child that has not become its program yet has copies of all descriptors.
            case .busy where ContinuousClock.now < deadline: usleep(1_000)
            case .busy, .paced, .gone: throw UnexpectedAnswer(what: "\(name) was not claimed")
            }
        }
    }
}

package struct UnexpectedAnswer: Error {
    package let what: String

    package init(what: String) { self.what = what }
}

/// A session and its client in one: it writes through the descriptor that it gets, and says so at CLOSE.
package final class DropBoxClient {
    package struct Open {
        package var handle: UInt32
        package var size: UInt64
        package var content: UploadContent
        package var appends: Bool
        package var descriptor: SharedDescriptor
    }

    package struct Answer: Equatable {
        package var code: StatusCode
        package var text: String

        package init(code: StatusCode, text: String) {
            self.code = code
            self.text = text
        }
    }

    package let session: DropBoxSession

    package init(_ session: DropBoxSession) { self.session = session }

    package static func path(_ name: String) -> [UInt8] {
        Array((name.hasPrefix("/") ? name : "\(DropBoxFixture.drop)/\(name)").utf8)
    }

    package func ask(_ request: Request) -> Answer {
        switch session.handle(request).0 {
        case .status(let code, let text): Answer(code: code, text: text)
        case .attributes, .openedToRead, .openedToWrite, .ownUpload, .folder, .entries, .fileSystem:
            Answer(code: .ok, text: "")
        case .authenticated, .denied, .signed, .verified: Answer(code: .badMessage, text: "")
        }
    }

    package func open(_ name: String, _ flags: OpenFlags = .put, stated: UInt64? = nil) throws -> Open {
        let (reply, descriptor) = session.handle(.open(path: Self.path(name), flags: flags, statedSize: stated))
        if case .openedToRead(let handle) = reply, let descriptor {
            return Open(
                handle: handle, size: 0, content: UploadContent(.new, limit: 0), appends: false,
                descriptor: descriptor)
        }
        guard case .openedToWrite(let handle, let opened) = reply else {
            throw UnexpectedAnswer(what: "\(reply)")
        }
        let content = UploadContent(
            opened.beginning, size: opened.size, mustReach: opened.mustReach, limit: opened.limit, statedSize: stated)
        return Open(
            handle: handle, size: opened.size, content: content, appends: flags.contains(.append),
            descriptor: try #require(descriptor))
    }

    /// The answer to an OPEN; what it opened is given up.
    package func opening(_ name: String, _ flags: OpenFlags = .put) -> Answer {
        ask(.open(path: Self.path(name), flags: flags, statedSize: nil))
    }

    package func write(_ file: Open, _ text: String, at offset: Int64 = 0) throws {
        try FileIO.write(file.descriptor.raw, Array(text.utf8), offset: offset)
    }

    /// - end: what the session says it has written, which may not be what is in the file.
    package func close(
        _ file: consuming Open, contiguous: UInt64? = nil, end: UInt64, stated: UInt64? = nil,
        damage: UploadDamage? = nil, isWritten: Bool = true
    ) -> Answer {
        let handle = file.handle
        var account = file.content.account
        _ = consume file
        if isWritten { (account.reach, account.isChanged) = (end, true) }
        (account.contiguous, account.end) = (contiguous ?? end, end)
        account.promisedSize = stated.flatMap { $0 == 0 ? nil : $0 } ?? account.promisedSize
        account.damage = damage
        return ask(.close(handle: handle, upload: account))
    }

    /// A whole upload.
    @discardableResult
    package func put(_ name: String, _ text: String, _ flags: OpenFlags = .put) throws -> Answer {
        let file = try open(name, flags)
        try write(file, text)
        return close(file, end: UInt64(text.utf8.count))
    }

    package func status(_ name: String) -> EntryAttributes? {
        guard case .attributes(let attributes) = session.handle(.status(path: Self.path(name))).0 else { return nil }
        return attributes
    }

    package func statusCode(_ name: String) -> StatusCode { ask(.status(path: Self.path(name))).code }
    package func remove(_ name: String) -> StatusCode { ask(.remove(path: Self.path(name))).code }

    package func rename(_ from: String, _ to: String, overwrite: Bool = false) -> StatusCode {
        ask(.rename(from: Self.path(from), to: Self.path(to), overwrite: overwrite)).code
    }

    package func set(_ name: String, size: UInt64? = nil, modified: UInt32? = nil) -> StatusCode {
        ask(.setAttributes(path: Self.path(name), size: size, modified: modified)).code
    }

    package func list(_ path: String = DropBoxFixture.drop) throws -> [String] {
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

    package func read(_ name: String) throws -> String {
        let file = try open(name, .read)
        defer { withExtendedLifetime(file.descriptor) {} }
        return String(decoding: try FileIO.readAll(file.descriptor.raw, limit: 1 << 24), as: UTF8.self)
    }
}

extension OpenFlags {
    /// What most clients send to upload a file.
    package static let put: OpenFlags = [.write, .create, .truncate]
}

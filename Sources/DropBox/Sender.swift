internal import LinuxSystem
internal import Logging
internal import Synchronization

/// Whose session it is, and what its paths mean.
struct Sender: Sendable {
    let login: String
    /// Of the client.
    let address: String
    /// The depositors whose folders the account sees.
    let codes: [String]
    let sessionID: UInt64
    let pulse: Pulse
    /// Lines of the log about what it was refused, and about what it changed.
    let refusals = SessionLines(perMinute: 10)
    let changes = SessionLines(perMinute: 600)
    /// As reports name whoever sends.
    let author: String
    let channel: String

    /// - author: the login unless another is given.
    init(
        login: String, address: String, codes: [String], sessionID: UInt64, pulse: Pulse, author: String? = nil,
        channel: String = "sftp"
    ) {
        self.login = login
        self.address = address
        self.codes = codes
        self.sessionID = sessionID
        self.pulse = pulse
        self.author = author ?? login
        self.channel = channel
    }

    /// The last sign of life of a session, in milliseconds of the monotonic clock.
    final class Pulse: Sendable {
        private let clock: @Sendable () -> UInt64
        private let last: Mutex<UInt64>
        /// When the session logged in.
        let began: UInt64

        init(clock: @escaping @Sendable () -> UInt64) {
            self.clock = clock
            began = clock()
            last = Mutex(began)
        }

        /// A sign that came so many milliseconds ago.
        func beat(ago: UInt32 = 0) {
            let now = clock()
            last.withLock { $0 = max($0, now - min(now, UInt64(ago))) }
        }

        var age: UInt64 {
            let now = clock()
            return last.withLock { now > $0 ? now - $0 : 0 }
        }
    }

    /// What every event of the session says.
    var metadata: Logger.Metadata { ["session": "\(sessionID)", "login": "\(login)"] }

    func resolve(_ path: [UInt8]) -> VirtualPath { VirtualPath(path, codes: codes) }

    /// Writing is for the drop folders alone.
    var elsewhere: Refusal {
        Refusal.denied(DropBoxTexts.depositIn(codes.map(VirtualPath.folder(of:))))
    }

    /// The drop folder and the name that a writing request means.
    func target(_ path: [UInt8], in box: DropBox) throws(Refusal) -> (folder: DropFolder, name: [UInt8]) {
        switch resolve(path) {
        case .file(let code, let name): return (box.folder(code), name)
        case .root, .folder, .dropFolder: throw elsewhere
        case .nothing:
            // A name beside the folders of the account's own tree is told where to go; another depositor's does not
            // exist.
            let parts = path.split(separator: UInt8(ascii: "/"))
            let isOwn = parts.first.map { codes.contains(String(decoding: $0, as: UTF8.self)) } ?? false
            throw isOwn || parts.count <= 1 ? elsewhere : Refusal.absent
        }
    }
}

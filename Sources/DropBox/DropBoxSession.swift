package import LinuxSystem
internal import Logging
internal import Qualiopi
package import SessionProtocol
internal import SFTPCodec
internal import Store
internal import Synchronization
internal import SystemPackage

/// The files of one logged-in session: answers its requests within its account's folders.
///
/// Failures: whatever can't be done is answered; nothing here ends the session.
package final class DropBoxSession: SessionFiles {
    /// The last sign of life of a session, in milliseconds of the monotonic clock.
    final class Pulse: Sendable {
        private let clock: @Sendable () -> UInt64
        private let last: Mutex<UInt64>

        init(clock: @escaping @Sendable () -> UInt64) {
            self.clock = clock
            last = Mutex(clock())
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

    enum OpenHandle {
        case upload(Upload)
        case reading
        /// A folder's entries when it was opened, and how many were given.
        case listing([FolderEntry], given: Int)
    }

    static let maximumHandles = 64
    /// A partial whose session gave no sign of life for so long may be taken over by its account, in milliseconds.
    static let patience: UInt64 = 15_000

    let box: DropBox
    let login: String
    let address: String
    let codes: [String]
    let sessionID: UInt64
    let pulse: Pulse
    private let handles = Mutex<(open: [UInt32: OpenHandle], last: UInt32)>(([:], 0))

    init(box: DropBox, login: String, depositors codes: [String], sessionID: UInt64, address: String) {
        self.box = box
        self.sessionID = sessionID
        pulse = Pulse(clock: box.monotonic)
        self.login = login
        self.codes = codes
        self.address = address
    }

    package var hasUploads: Bool {
        handles.withLock { handles in
            handles.open.values.contains {
                if case .upload = $0 { true } else { false }
            }
        }
    }

    package func handle(_ request: Request) -> (Reply, SharedDescriptor?) {
        pulse.beat()
        do {
            if case .open(let path, let flags, _) = request {
                return flags.contains(.write) ? try openForWriting(path, flags) : try openForReading(path)
            }
            return (try answer(request), nil)
        } catch let refusal as Refusal {
            return (.status(refusal.code, text: refusal.text), nil)
        } catch {
            box.logger.error(
                "dropbox.failed",
                metadata: [
                    "session": "\(sessionID)", "login": "\(login)", "reason": "\(error)",
                ])
            return (.status(.failure, text: DropBoxTexts.unavailable), nil)
        }
    }

    package func note(_ notice: Notice) {
        switch notice {
        case .alive(let ago): pulse.beat(ago: ago)
        case .progress(let handle, let contiguous):
            pulse.beat()
            guard case .upload(let upload) = handleValue(handle) else { return }
            upload.state.withLock { $0.contiguous = contiguous }
        case .established, .ended, .copied, .ready: break
        }
    }

    package func end() {
        let open = handles.withLock { handles in
            defer { handles.open = [:] }
            return handles.open.values
        }
        for case .upload(let upload) in open { keepPartial(upload) }
    }

    /// A request that can't be granted, with what the client is told.
    struct Refusal: Error {
        var code: StatusCode
        var text: String

        init(_ code: StatusCode, _ text: String) {
            self.code = code
            self.text = text
        }

        static let absent = Refusal(.noSuchFile, DropBoxTexts.absent)
    }

    private func answer(_ request: Request) throws -> Reply {
        switch request {
        case .authenticatePassword, .authenticateKey, .sign, .verify, .open:
            throw Refusal(.failure, DropBoxTexts.unavailable)
        case .openFolder(let path): return try openFolder(path)
        case .readFolder(let handle): return try readFolder(handle)
        case .status(let path): return .attributes(try attributes(path))
        case .setAttributes(let path, let size, let modified): return try setAttributes(path, size, modified)
        case .setHandleTime(let handle, let modified):
            guard case .upload(let upload) = handleValue(handle) else {
                throw Refusal(.failure, DropBoxTexts.unknownHandle)
            }
            upload.state.withLock { $0.modified = modified }
            return .status(.ok, text: "")
        case .synchronise(let handle): return try synchronise(handle)
        case .close(let handle, let end): return try close(handle, end)
        case .rename(let from, let to, let overwrite): return try rename(from, to, overwrite: overwrite)
        case .remove(let path): return try remove(path)
        case .fileSystem(let path): return try fileSystem(path)
        case .refuseFolderChange(let path, let kind): throw refusal(path, kind)
        }
    }

    private func refusal(_ path: [UInt8], _ kind: FolderChangeKind) -> Refusal {
        let exists = (try? attributes(path)) != nil
        switch kind {
        case .readlink: return Refusal(.failure, DropBoxTexts.noLinks)
        case .mkdir where exists: return Refusal(.failure, DropBoxTexts.folderExists)
        case .rmdir where !exists: return .absent
        case .mkdir, .rmdir, .symlink, .link:
            box.logger.info(
                "folder.refused",
                metadata: [
                    "session": "\(sessionID)", "login": "\(login)", "kind": "\(kind)",
                    "path": "\(DisplayText.escape(path))",
                ])
            return elsewhere
        }
    }

    // MARK: Paths and handles

    func resolve(_ path: [UInt8]) -> VirtualPath { VirtualPath(path, codes: codes) }

    /// Writing is for the drop folders alone.
    var elsewhere: Refusal {
        Refusal(.permissionDenied, DropBoxTexts.depositIn(codes.map(VirtualPath.folder(of:))))
    }

    /// The drop folder and the name that a writing request means.
    func target(_ path: [UInt8]) throws -> (folder: DropFolder, name: [UInt8]) {
        switch resolve(path) {
        case .file(let code, let name): return (box.folder(code), name)
        case .root, .folder, .dropFolder: throw elsewhere
        case .nothing:
            // A name beside the folders of the account's own tree is told where to go; another depositor's does not
            // exist.
            let first = path.split(separator: UInt8(ascii: "/")).first.map { String(decoding: $0, as: UTF8.self) }
            let isOwn = codes.contains { $0 == first }
            let isTop = path.split(separator: UInt8(ascii: "/")).count <= 1
            throw isOwn || isTop ? elsewhere : Refusal.absent
        }
    }

    func handleValue(_ handle: UInt32) -> OpenHandle? { handles.withLock { $0.open[handle] } }

    func removeHandle(_ handle: UInt32) -> OpenHandle? { handles.withLock { $0.open.removeValue(forKey: handle) } }

    /// This session's handle of an upload.
    func handle(of upload: Upload) -> UInt32? {
        handles.withLock { handles in
            handles.open.first {
                if case .upload(let open) = $0.value { open === upload } else { false }
            }?.key
        }
    }

    func replaceHandle(_ handle: UInt32, _ value: OpenHandle) { handles.withLock { $0.open[handle] = value } }

    func checkHandleRoom() throws {
        guard handles.withLock({ $0.open.count }) < Self.maximumHandles else {
            throw Refusal(.failure, DropBoxTexts.tooManyHandles)
        }
    }

    func addHandle(_ value: OpenHandle) -> UInt32 {
        handles.withLock { handles in
            repeat { handles.last &+= 1 } while handles.open[handles.last] != nil
            handles.open[handles.last] = value
            return handles.last
        }
    }
}

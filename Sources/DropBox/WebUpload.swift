internal import DropFolders
package import LinuxSystem
internal import Glibc
package import PublicationStore
internal import Qualiopi
internal import ServiceConfiguration
internal import SFTPCodec
internal import SessionProtocol
import Store
internal import Synchronization

/// One upload by the page: a session of its own with one file, so that folders, limits, publication and claim are those of SFTP. Its name
/// is taken when it is published, not before: until then the file lies in staging under a reserved one.
///
/// Any thread may call it, one at a time. Whoever drops it must have published or discarded it.
package final class WebUpload: Sendable {
    package struct Refused: Error, Equatable {
        /// French, a sentence.
        package var text: String

        package init(text: String) { self.text = text }
    }

    package let depositor: String
    package let name: [UInt8]
    /// Bytes the file may have at the most.
    package let limit: UInt64
    /// What the upload will be known by, from its publication to its deposit and for ever: no other file ever has it.
    package let identity: [UInt8]
    private let device: UInt64
    private let inode: UInt64
    private let box: DropBox
    private let session: DropBoxSession
    private let handle: UInt32
    private let held: Mutex<SharedDescriptor?>

    /// Opens a new file.
    ///
    /// - email: who uploads; author: as the report names that person; isForDeposit: false for a file that is only controlled, or compared.
    /// - Throws: ``Refused``, or what the disk said.
    package init(
        in box: DropBox, depositor: String, name: [UInt8], email: String, author: String, address: String,
        session identifier: UInt64, isForDeposit: Bool = true
    ) throws {
        self.box = box
        self.depositor = depositor
        self.name = name
        if let objection = FileNames.objection(to: name) { throw Refused(text: WebUpload.french(objection)) }
        let deposits = box.settings.read { $0.deposits }
        if FileNames.isTemporary(name, suffixes: deposits.temporarySuffixes) {
            throw Refused(text: "Ce nom est celui d'un fichier provisoire : renommez le fichier.")
        }
        if FileNames.hasEnding(name, among: deposits.ignoredSuffixes) {
            throw Refused(
                text: "Ce nom est celui d'un fichier témoin, qui accompagne une liste : déposez la liste elle-même.")
        }
        session = DropBoxSession(
            box: box,
            sender: Sender(
                login: email, author: author, channel: "web", address: address, sessionID: identifier,
                clock: box.monotonic),
            codes: [depositor])
        let (reply, descriptor) = session.openDraft(depositor, name, isForDeposit: isForDeposit)
        guard case .openedToWrite(let handle, let opened) = reply, let descriptor else {
            throw Refused(text: WebUpload.text(of: reply))
        }
        let status: FileStatus
        do {
            status = try fileStatus(of: descriptor.raw)
        } catch {
            // Nobody else could.
            session.end()
            throw error
        }
        guard let identity = session.upload(handle)?.identity else {
            session.end()
            throw Refused(text: WebUpload.over)
        }
        self.identity = identity
        self.handle = handle
        limit = opened.limit
        device = status.device
        inode = status.inode
        held = Mutex(descriptor)
    }

    /// What the page writes to; nil once it is over.
    package var descriptor: SharedDescriptor? { held.withLock { $0 } }

    /// All that was written.
    package func read() throws -> [UInt8] {
        try check()
        guard let descriptor else { throw Refused(text: WebUpload.over) }
        return try FileIO.readAll(descriptor.raw, limit: Int(clamping: limit))
    }

    /// - Throws: ``Refused`` where the file is there no more.
    package func check() throws(Refused) {
        guard descriptor != nil else { throw Refused(text: WebUpload.over) }
        guard session.upload(handle)?.isOver == false else { throw Refused(text: WebUpload.lost) }
    }

    /// Says that the file is whole and may wait: from here on it takes no more room than its size.
    package func finish() { session.upload(handle)?.state.withLock { $0.isFinished = true } }

    /// Lets the whole file into the drop folder, synced, its sender's row first. Nobody else may hold the descriptor any more.
    ///
    /// - Throws: ``Refused``: nothing is kept of it. It is in the drop folder all the same where only the folder's sync failed.
    package func publish(bytes: UInt64) throws {
        var content = UploadContent(.new, limit: limit)
        content.wrote(0..<bytes)
        held.withLock { $0 = nil }
        let (reply, _) = session.handle(.close(handle: handle, upload: content.account))
        guard case .status(.ok, _) = reply else { throw Refused(text: WebUpload.text(of: reply)) }
    }

    /// Makes the published file a deposit without waiting for it to settle: nobody else writes it. Nil where an older file waits: the order
    /// of reception holds, and the watcher will see to both.
    package func claim() throws -> Deposit? {
        for _ in 1...Self.tries {
            let pending = try box.claims.pending(code: depositor)
            guard pending.count == 1, let file = pending.first, file.inode == inode, file.device == device else {
                return nil
            }
            switch try box.claims.claim(code: depositor, file: file, isPaced: false) {
            case .claimed(let deposit): return deposit
            case .gone, .paced: return nil
            // A program that is just being started has copies of all descriptors until it is the one that runs.
            case .busy: usleep(10_000)
            }
        }
        return nil
    }

    private static let tries = 50

    /// Gives the upload up: nothing of it is kept. What bears its name meanwhile is left alone, and so is the file once it is published.
    package func discard() {
        held.withLock { $0 = nil }
        _ = session.handle(.close(handle: handle, upload: nil))
    }

    /// Gives up an upload that is over its limit; past the cap a refused deposit is recorded, so that a report says why.
    ///
    /// - Returns: that deposit's number; nil if there is none, or an earlier one of the last hour says the same.
    package func overflow(bytes: UInt64) -> Int64? {
        let upload = session.upload(handle)
        var content = UploadContent(.new, limit: limit)
        content.wrote(0..<max(bytes, limit &+ 1))
        content.refuse(.overLimit)
        held.withLock { $0 = nil }
        _ = session.handle(.close(handle: handle, upload: content.account))
        return upload?.state.withLock { $0.refusedAs }
    }

    private static let lost = "Le serveur n'avait plus la place de garder ce fichier : déposez-le de nouveau plus tard."
    private static let over = "Cet envoi a pris fin."

    /// The French half of what SFTP clients are told.
    private static func text(of reply: SessionProtocol.Reply) -> String {
        guard case .status(_, let text) = reply else { return "Le service est indisponible : réessayez plus tard." }
        return french(text)
    }

    private static func french(_ both: String) -> String {
        both.split(separator: " / ").first.map(String.init) ?? both
    }
}

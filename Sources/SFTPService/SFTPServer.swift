import Glibc
package import SFTPCodec
import SessionProtocol

/// Answers the SFTP requests of one channel.
///
/// What is about names and folders is asked of the daemon; WRITE and READ go straight to the descriptor it has given. Requests are answered
/// in the order they came, so that a pipelined RENAME sees the CLOSE before it.
package final class SFTPServer {
    /// Handles of one channel; RLIMIT_NOFILE bounds those of the process.
    static let maximumHandles = 16

    let daemon: any DaemonConnection
    let calls: FileCalls
    package var output = ReplyEncoder()
    var handles: [UInt32: FileHandle] = [:]
    private var isInitialised = false
    /// Bytes of file content, for the log.
    package internal(set) var received: UInt64 = 0
    package internal(set) var sent: UInt64 = 0

    package init(daemon: any DaemonConnection, calls: FileCalls = FileCalls()) {
        self.daemon = daemon
        self.calls = calls
    }

    /// Answers one packet, which is without its length field.
    /// - Throws: If the daemon is gone.
    package func handle(_ packet: UnsafeRawBufferPointer) throws(DaemonLost) {
        switch PacketDecoder.decode(packet) {
        case .initialise:
            if isInitialised {
                output.status(0, .badMessage, Texts.secondInit)
            } else {
                isInitialised = true
                output.version()
            }
        case .request(let id, .write(let handle, let offset, let data)):
            write(id, handle, offset, UnsafeRawBufferPointer(rebasing: packet[data]))
        case .request(let id, let request):
            try answer(id, request)
        }
    }

    private func answer(_ id: UInt32, _ request: ClientRequest) throws(DaemonLost) {
        switch request {
        case .open(let path, let flags, let attributes): try open(id, path, flags, attributes)
        case .close(let handle): try close(id, handle)
        case .read(let handle, let offset, let length): read(id, handle, offset, length)
        case .write: output.status(id, .badMessage, Texts.malformed)
        case .status(let path), .linkStatus(let path):
            try relay(id, .status(path: ClientPath.normalise(path)))
        case .handleStatus(let handle): handleStatus(id, handle)
        case .setStatus(let path, let attributes): try setStatus(id, path, attributes)
        case .setHandleStatus(let handle, let attributes): try setHandleStatus(id, handle, attributes)
        case .openFolder(let path): try openFolder(id, path)
        case .readFolder(let handle): try readFolder(id, handle)
        case .remove(let path): try relay(id, .remove(path: ClientPath.normalise(path)))
        case .realPath(let path): realPath(id, path)
        case .rename(let from, let to):
            try relay(
                id, .rename(from: ClientPath.normalise(from), to: ClientPath.normalise(to), overwrite: false))
        case .posixRename(let from, let to):
            try relay(id, .rename(from: ClientPath.normalise(from), to: ClientPath.normalise(to), overwrite: true))
        case .makeFolder(let path): try refuse(id, path, .mkdir)
        case .removeFolder(let path): try refuse(id, path, .rmdir)
        case .readLink(let path): try refuse(id, path, .readlink)
        // OpenSSH sends the target first, whatever the draft says: the refusal is the same.
        case .symbolicLink(let path, _): try refuse(id, path, .symlink)
        case .fileSystem(let path): try relay(id, .fileSystem(path: ClientPath.normalise(path)))
        case .synchronise(let handle): try synchronise(id, handle)
        case .limits: output.limits(id, openHandles: UInt64(Self.maximumHandles))
        case .unknown: output.status(id, .operationUnsupported, Texts.unknown)
        case .malformed: output.status(id, .badMessage, Texts.malformed)
        }
    }

    private func refuse(
        _ id: UInt32, _ path: [UInt8], _ kind: FolderChangeKind
    ) throws(DaemonLost) {
        try relay(id, .refuseFolderChange(path: ClientPath.normalise(path), kind: kind))
    }

    private func realPath(_ id: UInt32, _ path: [UInt8]) {
        let absolute = ClientPath.normalise(path)
        guard absolute.count <= Bounds.path else { return output.status(id, .noSuchFile) }
        output.names(id, [NameEntry(name: absolute, longName: absolute, attributes: FileAttributes())])
    }

    /// Asks the daemon and answers what it says, where that needs nothing of this side.
    func relay(_ id: UInt32, _ request: Request) throws(DaemonLost) {
        answer(id, try daemon.ask(request).reply)
    }

    func answer(_ id: UInt32, _ reply: Reply) {
        switch reply {
        case .status(let code, let text): output.status(id, code, text)
        case .attributes(let attributes): output.attributes(id, attributes.onTheWire)
        case .fileSystem(let figures):
            output.extendedReply(
                id,
                [
                    figures.blockSize, figures.fragmentSize, figures.blocks, figures.freeBlocks,
                    figures.availableBlocks, figures.files, figures.freeFiles, figures.availableFiles,
                    figures.identifier, figures.flags, figures.maximumNameLength,
                ])
        case .authenticated, .denied, .openedToRead, .openedToWrite, .ownUpload, .folder, .entries,
            .signed, .verified:
            output.status(id, .failure, Texts.unavailable)
        }
    }

    func isFull(_ id: UInt32) -> Bool {
        guard handles.count >= Self.maximumHandles else { return false }
        output.status(id, .failure, Texts.tooManyHandles)
        return true
    }
}

extension EntryAttributes {
    /// Whose everything is, for mounts that map the account's own number: one that means nothing.
    private static let owner = FileAttributes.Owner(user: 1000, group: 1000)

    /// With the bits of the file's kind, which many clients rely upon.
    package var onTheWire: FileAttributes {
        FileAttributes(
            size: size, owner: Self.owner, permissions: (isFolder ? UInt32(S_IFDIR) : UInt32(S_IFREG)) | permissions,
            times: FileAttributes.Times(accessed: modified, modified: modified))
    }
}

import SFTPCodec
import WireCodec

enum ReplyTag: UInt8 {
    case authenticated = 1
    case denied
    case status
    case openedToRead
    case folder
    case entries
    case attributes
    case fileSystem
    case openedToWrite
    case ownUpload
    // Of the connection, not of its files.
    case signed = 32
    case verified
}

extension WireWriter {
    mutating func put(_ reply: Reply) throws(ProtocolError) {
        switch reply {
        case .authenticated(let login):
            put(ReplyTag.authenticated.rawValue)
            try put(login, "login", limit: Bounds.login)
        case .denied(let tryAgain):
            put(ReplyTag.denied.rawValue)
            put(tryAgain)
        case .status(let code, let text):
            put(ReplyTag.status.rawValue)
            put(code.rawValue)
            put(cutting: text, limit: Bounds.text)
        case .openedToRead(let handle):
            put(ReplyTag.openedToRead.rawValue)
            put(handle)
        case .openedToWrite(let handle, let upload):
            put(ReplyTag.openedToWrite.rawValue)
            put(handle)
            put(upload.beginning.rawValue)
            put(upload.size)
            put(upload.mustReach)
            put(upload.limit)
            put(cutting: upload.limitText, limit: Bounds.text)
        case .ownUpload(let handle):
            put(ReplyTag.ownUpload.rawValue)
            put(handle)
        case .folder(let handle):
            put(ReplyTag.folder.rawValue)
            put(handle)
        case .entries(let entries, let end):
            put(ReplyTag.entries.rawValue)
            try put(entries)
            put(end)
        case .attributes(let attributes):
            put(ReplyTag.attributes.rawValue)
            put(attributes)
        case .fileSystem(let figures):
            put(ReplyTag.fileSystem.rawValue)
            put(figures)
        case .signed(let signature):
            put(ReplyTag.signed.rawValue)
            try put(signature, "signature", limit: Bounds.signature)
        case .verified(let isGood):
            put(ReplyTag.verified.rawValue)
            put(isGood)
        }
    }

    private mutating func put(_ entries: [FolderEntry]) throws(ProtocolError) {
        guard entries.count <= Bounds.entries else { throw ProtocolError.tooLong("entries") }
        put(UInt8(truncatingIfNeeded: entries.count))
        for entry in entries {
            try put(entry.name, "name", limit: Bounds.name)
            put(entry.attributes)
        }
    }

    private mutating func put(_ attributes: EntryAttributes) {
        put(attributes.size)
        put(attributes.isFolder)
        put(attributes.permissions)
        put(attributes.modified)
    }

    private mutating func put(_ figures: FileSystemFigures) {
        for figure in [
            figures.blockSize, figures.fragmentSize, figures.blocks, figures.freeBlocks, figures.availableBlocks,
            figures.files, figures.freeFiles, figures.availableFiles, figures.identifier, figures.flags,
            figures.maximumNameLength,
        ] {
            put(figure)
        }
    }
}

extension WireReader {
    mutating func reply() throws(ProtocolError) -> Reply {
        let raw = try number(UInt8.self)
        guard let tag = ReplyTag(rawValue: raw) else { throw ProtocolError.unknownTag(raw) }
        return switch tag {
        case .authenticated:
            .authenticated(login: try bytes("login", limit: Bounds.login))
        case .denied:
            .denied(tryAgain: try flag("tryAgain"))
        case .status:
            .status(try value("code"), text: try text("text", limit: Bounds.text))
        case .openedToRead:
            .openedToRead(handle: try number())
        case .openedToWrite:
            .openedToWrite(
                handle: try number(),
                OpenedUpload(
                    beginning: try value("beginning"), size: try number(), mustReach: try number(),
                    limit: try number(), limitText: try text("limitText", limit: Bounds.text)))
        case .ownUpload:
            .ownUpload(handle: try number())
        case .folder:
            .folder(handle: try number())
        case .entries:
            .entries(try entries(), end: try flag("end"))
        case .attributes:
            .attributes(try attributes())
        case .fileSystem:
            .fileSystem(try figures())
        case .signed:
            .signed(try bytes("signature", limit: Bounds.signature))
        case .verified:
            .verified(try flag("verified"))
        }
    }

    private mutating func entries() throws(ProtocolError) -> [FolderEntry] {
        let count = Int(try number(UInt8.self))
        guard count <= Bounds.entries else { throw ProtocolError.tooLong("entries") }
        var entries: [FolderEntry] = []
        for _ in 0..<count {
            entries.append(FolderEntry(name: try bytes("name", limit: Bounds.name), attributes: try attributes()))
        }
        return entries
    }

    private mutating func attributes() throws(ProtocolError) -> EntryAttributes {
        EntryAttributes(
            size: try number(), isFolder: try flag("isFolder"), permissions: try number(), modified: try number())
    }

    private mutating func figures() throws(ProtocolError) -> FileSystemFigures {
        FileSystemFigures(
            blockSize: try number(), fragmentSize: try number(), blocks: try number(), freeBlocks: try number(),
            availableBlocks: try number(), files: try number(), freeFiles: try number(),
            availableFiles: try number(), identifier: try number(), flags: try number(),
            maximumNameLength: try number())
    }
}

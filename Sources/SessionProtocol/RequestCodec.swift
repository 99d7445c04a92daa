import SFTPCodec
import WireCodec

enum RequestTag: UInt8 {
    case authenticatePassword = 1
    case authenticateKey
    case open
    case openFolder
    case readFolder
    case status
    case setAttributes
    case setHandleTime
    case close
    case rename
    case remove
    case fileSystem
    case refuseFolderChange
    case synchronise
    // Of the connection, not of its files.
    case sign = 32
    case verify
    case refuseLogin
}

extension WireWriter {
    private mutating func begin(_ tag: RequestTag, _ id: UInt32) {
        put(tag.rawValue)
        put(id)
    }

    private mutating func put(path: [UInt8]) throws(ProtocolError) {
        try put(path, "path", limit: Bounds.path)
    }

    mutating func put(_ request: Request, id: UInt32) throws(ProtocolError) {
        switch request {
        case .authenticatePassword(let login, let password):
            begin(.authenticatePassword, id)
            try put(login, "login", limit: Bounds.login)
            try put(password, "password", limit: Bounds.password)
        case .authenticateKey(let login, let algorithm, let blob, let signed):
            begin(.authenticateKey, id)
            try put(login, "login", limit: Bounds.login)
            try put(algorithm, "algorithm", limit: Bounds.algorithm)
            try put(blob, "blob", limit: Bounds.keyBlob)
            put(signed)
        case .refuseLogin(let login, let algorithm, let reason):
            begin(.refuseLogin, id)
            try put(login, "login", limit: Bounds.login)
            try put(algorithm, "algorithm", limit: Bounds.algorithm)
            put(reason.rawValue)
        case .open(let path, let flags, let statedSize):
            begin(.open, id)
            try put(path: path)
            put(flags.rawValue)
            put(optional: statedSize)
        case .openFolder(let path):
            begin(.openFolder, id)
            try put(path: path)
        case .readFolder(let handle):
            begin(.readFolder, id)
            put(handle)
        case .status(let path):
            begin(.status, id)
            try put(path: path)
        case .setAttributes(let path, let size, let modified):
            begin(.setAttributes, id)
            try put(path: path)
            put(optional: size)
            put(optional: modified)
        case .setHandleTime(let handle, let modified):
            begin(.setHandleTime, id)
            put(handle)
            put(modified)
        case .synchronise(let handle):
            begin(.synchronise, id)
            put(handle)
        case .close(let handle, let upload):
            begin(.close, id)
            put(handle)
            put(upload)
        case .rename(let from, let to, let overwrite):
            begin(.rename, id)
            try put(path: from)
            try put(path: to)
            put(overwrite)
        case .remove(let path):
            begin(.remove, id)
            try put(path: path)
        case .fileSystem(let path):
            begin(.fileSystem, id)
            try put(path: path)
        case .refuseFolderChange(let path, let kind):
            begin(.refuseFolderChange, id)
            try put(path: path)
            put(kind.rawValue)
        case .sign(let key, let digest, let exchangeHash):
            begin(.sign, id)
            put(key.rawValue)
            put(digest.rawValue)
            try put(exchangeHash, "exchangeHash", limit: Bounds.exchangeHash)
        case .verify(let digest, let signature, let data):
            begin(.verify, id)
            put(digest.rawValue)
            try put(signature, "signature", limit: Bounds.signature)
            try put(data, "signedLogin", limit: Bounds.signedLogin)
        }
    }

    private mutating func put(_ upload: UploadAccount?) {
        put(upload != nil)
        guard let upload else { return }
        put(upload.contiguous)
        put(upload.end)
        put(upload.reach)
        put(upload.mustReach)
        put(upload.isChanged)
        put(upload.isFresh)
        put(optional: upload.promisedSize)
        put(upload.damage?.rawValue ?? 0)
        put(upload.isOverLimit)
    }
}

extension WireReader {
    private mutating func path() throws(ProtocolError) -> [UInt8] {
        try bytes("path", limit: Bounds.path)
    }

    mutating func request(_ tag: RequestTag) throws(ProtocolError) -> Request {
        switch tag {
        case .authenticatePassword:
            .authenticatePassword(
                login: try bytes("login", limit: Bounds.login),
                password: try bytes("password", limit: Bounds.password))
        case .authenticateKey:
            .authenticateKey(
                login: try bytes("login", limit: Bounds.login),
                algorithm: try bytes("algorithm", limit: Bounds.algorithm),
                blob: try bytes("blob", limit: Bounds.keyBlob),
                signed: try flag("signed"))
        case .refuseLogin:
            .refuseLogin(
                login: try bytes("login", limit: Bounds.login),
                algorithm: try bytes("algorithm", limit: Bounds.algorithm), reason: try value("reason"))
        case .open:
            .open(path: try path(), flags: try openFlags(), statedSize: try optional("statedSize"))
        case .openFolder:
            .openFolder(path: try path())
        case .readFolder:
            .readFolder(handle: try number())
        case .status:
            .status(path: try path())
        case .setAttributes:
            .setAttributes(path: try path(), size: try optional("size"), modified: try optional("modified"))
        case .setHandleTime:
            .setHandleTime(handle: try number(), modified: try number())
        case .synchronise:
            .synchronise(handle: try number())
        case .close:
            .close(handle: try number(), upload: try account())
        case .rename:
            .rename(from: try path(), to: try path(), overwrite: try flag("overwrite"))
        case .remove:
            .remove(path: try path())
        case .fileSystem:
            .fileSystem(path: try path())
        case .refuseFolderChange:
            .refuseFolderChange(path: try path(), kind: try value("kind"))
        case .sign:
            .sign(
                key: try value("key"), digest: try value("digest"),
                exchangeHash: try bytes("exchangeHash", limit: Bounds.exchangeHash))
        case .verify:
            .verify(
                digest: try value("digest"), signature: try bytes("signature", limit: Bounds.signature),
                data: try bytes("signedLogin", limit: Bounds.signedLogin))
        }
    }

    /// The six flags of draft-ietf-secsh-filexfer-02 section 6.3: what the client sent besides is not passed on.
    private mutating func openFlags() throws(ProtocolError) -> OpenFlags {
        let bits = try number(UInt32.self)
        guard bits & ~0x3F == 0 else { throw ProtocolError.invalid("flags") }
        return OpenFlags(rawValue: bits)
    }

    private mutating func account() throws(ProtocolError) -> UploadAccount? {
        guard try flag("upload") else { return nil }
        let upload = UploadAccount(
            contiguous: try number(), end: try number(), reach: try number(), mustReach: try number(),
            isChanged: try flag("isChanged"), isFresh: try flag("isFresh"), promisedSize: try optional("promisedSize"),
            damage: try damage(), isOverLimit: try flag("isOverLimit"))
        guard upload.contiguous <= upload.end, upload.reach <= upload.end else {
            throw ProtocolError.invalid("contiguous")
        }
        return upload
    }

    private mutating func damage() throws(ProtocolError) -> UploadDamage? {
        let raw = try number(UInt8.self)
        guard raw != 0 else { return nil }
        guard let damage = UploadDamage(rawValue: raw) else { throw ProtocolError.invalid("damage") }
        return damage
    }
}

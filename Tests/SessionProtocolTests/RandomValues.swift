import SFTPCodec
import SeededNumbers
import SessionProtocol

/// Random values of every message, each within the bounds. Seeded, so that a failure can be repeated.
struct RandomValues {
    private var random: SeededGenerator

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
    }

    mutating func next() -> UInt64 { random.next() }

    mutating func below(_ limit: Int) -> Int {
        Int(next() % UInt64(limit))
    }

    mutating func bytes(_ limit: Int) -> [UInt8] {
        // Mostly short, sometimes the very longest.
        let count = below(4) == 0 ? limit : below(min(limit, 20) + 1)
        return (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
    }

    mutating func text(_ limit: Int) -> String {
        let letters: [Character] = ["a", "é", "€", "🙂", "\n", "\0"]
        let count = below(limit / 4 + 1)
        return String((0..<count).map { _ in letters[below(letters.count)] })
    }

    mutating func flag() -> Bool { next() & 1 == 0 }

    mutating func number() -> UInt64 {
        [0, 1, UInt64.max, next(), next() >> 40][below(5)]
    }

    mutating func number32() -> UInt32 { UInt32(truncatingIfNeeded: number()) }

    mutating func count() -> Int { Int(truncatingIfNeeded: number() >> 1) }

    mutating func optional() -> UInt64? { flag() ? number() : nil }

    mutating func optional32() -> UInt32? { flag() ? number32() : nil }

    mutating func one<Value>(of values: [Value]) -> Value { values[below(values.count)] }

    mutating func path() -> [UInt8] { bytes(Bounds.path) }

    mutating func account() -> UploadAccount? {
        guard flag() else { return nil }
        let (some, other) = (number(), number())
        return UploadAccount(
            contiguous: min(some, other), end: max(some, other), reach: min(number(), max(some, other)),
            mustReach: number(), isChanged: flag(), isFresh: flag(), promisedSize: optional(),
            damage: flag() ? one(of: UploadDamage.allCases) : nil, isOverLimit: flag())
    }

    mutating func request() -> Request {
        switch below(17) {
        case 0: .authenticatePassword(login: bytes(Bounds.login), password: bytes(Bounds.password))
        case 1:
            .authenticateKey(
                login: bytes(Bounds.login), algorithm: bytes(Bounds.algorithm), blob: bytes(Bounds.keyBlob),
                signed: flag())
        case 2: .open(path: path(), flags: OpenFlags(rawValue: number32() & 0x3F), statedSize: optional())
        case 3: .openFolder(path: path())
        case 4: .readFolder(handle: number32())
        case 5: .status(path: path())
        case 6: .setAttributes(path: path(), size: optional(), modified: optional32())
        case 7: .setHandleTime(handle: number32(), modified: number32())
        case 8: .close(handle: number32(), upload: account())
        case 9: .rename(from: path(), to: path(), overwrite: flag())
        case 10: .remove(path: path())
        case 11: .fileSystem(path: path())
        case 12: .synchronise(handle: number32())
        case 13: .refuseFolderChange(path: path(), kind: one(of: FolderChangeKind.allCases))
        case 14:
            .sign(
                key: one(of: SignatureKind.allCases), digest: one(of: SignatureDigest.allCases),
                exchangeHash: bytes(Bounds.exchangeHash))
        case 15:
            .refuseLogin(
                login: bytes(Bounds.login), algorithm: bytes(Bounds.algorithm), reason: one(of: LoginRefusal.allCases))
        default:
            .verify(
                digest: one(of: SignatureDigest.allCases), signature: bytes(Bounds.signature),
                data: bytes(Bounds.signedLogin))
        }
    }

    mutating func notice() -> Notice {
        switch below(6) {
        case 0:
            .established(
                clientBanner: bytes(Bounds.banner), keyExchange: bytes(Bounds.algorithm),
                cipher: bytes(Bounds.algorithm), mac: bytes(Bounds.algorithm), hostKey: bytes(Bounds.algorithm))
        case 1: .alive(ago: number32())
        case 2: .progress(handle: number32(), contiguous: optional())
        case 3: .copied(pid: number32())
        case 4: .ready(gcmFault: bytes(Bounds.text))
        default:
            .ended(
                reason: one(of: EndReason.allCases), detail: bytes(Bounds.text), received: number(), sent: number())
        }
    }

    mutating func message() -> SessionMessage {
        flag() ? .request(id: number32(), request()) : .notice(notice())
    }

    mutating func attributes() -> EntryAttributes {
        EntryAttributes(size: number(), isFolder: flag(), permissions: number32(), modified: number32())
    }

    mutating func reply() -> Reply {
        switch below(12) {
        case 0: return .authenticated(login: bytes(Bounds.login))
        case 1: return .denied(tryAgain: flag())
        case 2: return .status(one(of: StatusCode.allCases), text: text(Bounds.text))
        case 3:
            return .openedToWrite(
                handle: number32(),
                OpenedUpload(
                    beginning: one(of: UploadContent.Beginning.allCases), size: number(), mustReach: number(),
                    limit: number(), limitText: text(Bounds.text)))
        case 4: return .folder(handle: number32())
        case 5:
            var entries: [FolderEntry] = []
            for _ in 0..<below(Bounds.entries + 1) {
                entries.append(FolderEntry(name: bytes(Bounds.name), attributes: attributes()))
            }
            return .entries(entries, end: flag())
        case 6: return .attributes(attributes())
        case 7: return .openedToRead(handle: number32())
        case 8: return .ownUpload(handle: number32())
        case 9: return .signed(bytes(Bounds.signature))
        case 10: return .verified(flag())
        default:
            return .fileSystem(
                FileSystemFigures(
                    blockSize: number(), fragmentSize: number(), blocks: number(), freeBlocks: number(),
                    availableBlocks: number(), files: number(), freeFiles: number(), availableFiles: number(),
                    identifier: number(), flags: number(), maximumNameLength: number()))
        }
    }

    mutating func signedLogin() -> SignedLogin {
        SignedLogin(
            sessionID: bytes(Bounds.exchangeHash), login: bytes(Bounds.login), algorithm: bytes(Bounds.algorithm),
            blob: bytes(Bounds.keyBlob))
    }

    mutating func setup() -> SessionSetup {
        var hostKeys: [[UInt8]] = []
        for _ in 0..<below(Bounds.hostKeys + 1) { hostKeys.append(bytes(Bounds.hostKey)) }
        return SessionSetup(
            hostKeys: hostKeys,
            algorithms: Algorithms(
                kex: text(Bounds.algorithmList), hostKeys: text(Bounds.algorithmList),
                ciphers: text(Bounds.algorithmList), macs: text(Bounds.algorithmList),
                publicKeys: text(Bounds.algorithmList)),
            minimumRSABits: count(), banner: text(Bounds.banner))
    }

    mutating func welcome() -> Welcome {
        Welcome(
            sessionID: number(), loginGraceMilliseconds: count(),
            idleTimeoutMilliseconds: count(), maximumAuthenticationTries: count(), maximumKeyProbes: count(),
            uploadCap: number(), rekeyBytes: number())
    }

    mutating func order() -> Order {
        switch below(8) {
        case 0: .welcome(welcome())
        case 1: .end(reason: text(Bounds.text))
        case 2: .setup(setup())
        case 3: .copy
        default: .reply(id: number32(), reply())
        }
    }
}

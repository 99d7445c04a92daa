import SFTPCodec
import WireCodec

enum OrderTag: UInt8 {
    case welcome = 1
    case reply
    case end
    case setup
    case copy
}

extension WireWriter {
    mutating func put(_ order: Order) throws(ProtocolError) {
        switch order {
        case .setup(let setup):
            put(OrderTag.setup.rawValue)
            try put(setup)
        case .copy:
            put(OrderTag.copy.rawValue)
        case .welcome(let welcome):
            put(OrderTag.welcome.rawValue)
            try put(welcome)
        case .reply(let id, let reply):
            put(OrderTag.reply.rawValue)
            put(id)
            try put(reply)
        case .end(let reason):
            put(OrderTag.end.rawValue)
            put(cutting: reason, limit: Bounds.text)
        }
    }

    private mutating func put(_ setup: SessionSetup) throws(ProtocolError) {
        guard setup.hostKeys.count <= Bounds.hostKeys else { throw ProtocolError.tooLong("hostKeys") }
        put(UInt8(truncatingIfNeeded: setup.hostKeys.count))
        for key in setup.hostKeys {
            try put(key, "hostKey", limit: Bounds.hostKey)
        }
        let algorithms = setup.algorithms
        for list in [
            algorithms.kex, algorithms.hostKeys, algorithms.ciphers, algorithms.macs, algorithms.publicKeys,
        ] {
            try put(Array(list.utf8), "algorithms", limit: Bounds.algorithmList)
        }
        try put(setup.minimumRSABits, "minimumRSABits")
        try put(Array(setup.banner.utf8), "banner", limit: Bounds.banner)
    }

    private mutating func put(_ welcome: Welcome) throws(ProtocolError) {
        put(welcome.sessionID)
        try put(welcome.loginGraceMilliseconds, "loginGrace")
        try put(welcome.idleTimeoutMilliseconds, "idleTimeout")
        try put(welcome.maximumAuthenticationTries, "maximumAuthenticationTries")
        try put(welcome.maximumKeyProbes, "maximumKeyProbes")
        put(welcome.uploadCap)
        put(welcome.rekeyBytes)
    }
}

extension WireReader {
    mutating func order() throws(ProtocolError) -> Order {
        let raw = try number(UInt8.self)
        guard let tag = OrderTag(rawValue: raw) else { throw ProtocolError.unknownTag(raw) }
        return switch tag {
        case .setup: .setup(try setup())
        case .copy: .copy
        case .welcome: .welcome(try welcome())
        case .reply: .reply(id: try number(), try reply())
        case .end: .end(reason: try text("reason", limit: Bounds.text))
        }
    }

    private mutating func setup() throws(ProtocolError) -> SessionSetup {
        let keys = Int(try number(UInt8.self))
        guard keys <= Bounds.hostKeys else { throw ProtocolError.tooLong("hostKeys") }
        var hostKeys: [[UInt8]] = []
        for _ in 0..<keys {
            hostKeys.append(try bytes("hostKey", limit: Bounds.hostKey))
        }
        return SessionSetup(
            hostKeys: hostKeys,
            algorithms: Algorithms(
                kex: try text("algorithms", limit: Bounds.algorithmList),
                hostKeys: try text("algorithms", limit: Bounds.algorithmList),
                ciphers: try text("algorithms", limit: Bounds.algorithmList),
                macs: try text("algorithms", limit: Bounds.algorithmList),
                publicKeys: try text("algorithms", limit: Bounds.algorithmList)),
            minimumRSABits: try count("minimumRSABits"), banner: try text("banner", limit: Bounds.banner))
    }

    private mutating func welcome() throws(ProtocolError) -> Welcome {
        Welcome(
            sessionID: try number(), loginGraceMilliseconds: try count("loginGrace"),
            idleTimeoutMilliseconds: try count("idleTimeout"),
            maximumAuthenticationTries: try count("maximumAuthenticationTries"),
            maximumKeyProbes: try count("maximumKeyProbes"), uploadCap: try number(), rekeyBytes: try number())
    }
}

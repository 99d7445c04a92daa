import SFTPCodec

enum OrderTag: UInt8 {
    case welcome = 1
    case reply
    case end
}

extension WireWriter {
    mutating func put(_ order: Order) throws(ProtocolError) {
        switch order {
        case .welcome(let welcome):
            put(OrderTag.welcome.rawValue)
            try put(welcome)
        case .reply(let id, let reply):
            put(OrderTag.reply.rawValue)
            put(id)
            try put(reply)
        case .end(let reason):
            put(OrderTag.end.rawValue)
            put(cutting: reason)
        }
    }

    private mutating func put(_ welcome: Welcome) throws(ProtocolError) {
        put(welcome.sessionID)
        guard welcome.hostKeys.count <= Bounds.hostKeys else { throw ProtocolError.tooLong("hostKeys") }
        put(UInt8(truncatingIfNeeded: welcome.hostKeys.count))
        for key in welcome.hostKeys {
            try put(key, "hostKey", limit: Bounds.hostKey)
        }
        let algorithms = welcome.algorithms
        for list in [
            algorithms.kex, algorithms.hostKeys, algorithms.ciphers, algorithms.macs, algorithms.publicKeys,
        ] {
            try put(Array(list.utf8), "algorithms", limit: Bounds.algorithmList)
        }
        try put(welcome.minimumRSABits, "minimumRSABits")
        try put(Array(welcome.banner.utf8), "banner", limit: Bounds.banner)
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
        case .welcome: .welcome(try welcome())
        case .reply: .reply(id: try number(), try reply())
        case .end: .end(reason: try text("reason"))
        }
    }

    private mutating func welcome() throws(ProtocolError) -> Welcome {
        let sessionID: UInt64 = try number()
        let keys = Int(try number(UInt8.self))
        guard keys <= Bounds.hostKeys else { throw ProtocolError.tooLong("hostKeys") }
        var hostKeys: [[UInt8]] = []
        for _ in 0..<keys {
            hostKeys.append(try bytes("hostKey", limit: Bounds.hostKey))
        }
        return Welcome(
            sessionID: sessionID, hostKeys: hostKeys,
            algorithms: Algorithms(
                kex: try text("algorithms", limit: Bounds.algorithmList),
                hostKeys: try text("algorithms", limit: Bounds.algorithmList),
                ciphers: try text("algorithms", limit: Bounds.algorithmList),
                macs: try text("algorithms", limit: Bounds.algorithmList),
                publicKeys: try text("algorithms", limit: Bounds.algorithmList)),
            minimumRSABits: try count("minimumRSABits"), banner: try text("banner", limit: Bounds.banner),
            loginGraceMilliseconds: try count("loginGrace"), idleTimeoutMilliseconds: try count("idleTimeout"),
            maximumAuthenticationTries: try count("maximumAuthenticationTries"),
            maximumKeyProbes: try count("maximumKeyProbes"), uploadCap: try number(), rekeyBytes: try number())
    }
}

package import WireCodec

/// What a client signs to log in by key: RFC 4252 section 7, from the session id to the key.
///
/// libssh puts it together in the session and has it verified; the daemon takes it apart again, so that a signature can't
/// stand for another login, another key, or another connection.
package struct SignedLogin: Equatable, Sendable {
    package var sessionID: [UInt8]
    package var login: [UInt8]
    package var algorithm: [UInt8]
    package var blob: [UInt8]

    package init(sessionID: [UInt8], login: [UInt8], algorithm: [UInt8], blob: [UInt8]) {
        self.sessionID = sessionID
        self.login = login
        self.algorithm = algorithm
        self.blob = blob
    }

    /// - Throws: If the bytes are anything but a `publickey` request for `ssh-connection` that is signed.
    package init(_ data: [UInt8]) throws(ProtocolError) {
        var reader = WireReader(data)
        sessionID = try reader.bytes("session id", limit: Bounds.exchangeHash)
        guard try reader.number(UInt8.self) == Self.request else { throw .invalid("request") }
        login = try reader.bytes("login", limit: Bounds.login)
        guard try reader.bytes("service", limit: 64) == Self.service else { throw .invalid("service") }
        guard try reader.bytes("method", limit: 64) == Self.method else { throw .invalid("method") }
        guard try reader.flag("signed") else { throw .invalid("signed") }
        algorithm = try reader.bytes("algorithm", limit: Bounds.algorithm)
        blob = try reader.bytes("blob", limit: Bounds.keyBlob)
        try reader.finish()
    }

    /// The bytes that are signed.
    package func encoded() throws(ProtocolError) -> [UInt8] {
        var writer = WireWriter()
        try writer.put(sessionID, "session id", limit: Bounds.exchangeHash)
        writer.put(Self.request)
        try writer.put(login, "login", limit: Bounds.login)
        try writer.put(Self.service, "service", limit: 64)
        try writer.put(Self.method, "method", limit: 64)
        writer.put(true)
        try writer.put(algorithm, "algorithm", limit: Bounds.algorithm)
        try writer.put(blob, "blob", limit: Bounds.keyBlob)
        return writer.bytes
    }

    /// SSH_MSG_USERAUTH_REQUEST.
    private static let request: UInt8 = 50
    private static let service = Array("ssh-connection".utf8)
    private static let method = Array("publickey".utf8)
}

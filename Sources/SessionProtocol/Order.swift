/// One message from the daemon to a session, or to the template that sessions are copied from.
package enum Order: Equatable, Sendable {
    /// The first message to a template, and only that.
    case setup(SessionSetup)
    /// To a template: makes a session, with the control socket that comes with the message.
    case copy
    /// The first message to a session, and only that. The client's socket comes with it.
    case welcome(Welcome)
    case reply(id: UInt32, Reply)
    /// The session ends; reason: what the client is told.
    case end(reason: String)
}

/// What all sessions that are copied from one template have in common.
package struct SessionSetup: Equatable, Sendable {
    /// The bytes of OpenSSH private key files with true public halves: those that sign are the daemon's alone.
    package var hostKeys: [[UInt8]]
    package var algorithms: Algorithms
    /// Smaller RSA keys are refused.
    package var minimumRSABits: Int
    /// The software part of the server's identification string.
    package var banner: String

    package init(hostKeys: [[UInt8]], algorithms: Algorithms, minimumRSABits: Int, banner: String) {
        self.hostKeys = hostKeys
        self.algorithms = algorithms
        self.minimumRSABits = minimumRSABits
        self.banner = banner
    }
}

/// What one session has to know.
package struct Welcome: Equatable, Sendable {
    package var sessionID: UInt64
    package var loginGraceMilliseconds: Int
    package var idleTimeoutMilliseconds: Int
    package var maximumAuthenticationTries: Int
    /// Keys that a client may ask about without signing.
    package var maximumKeyProbes: Int
    /// Bytes of the largest upload.
    package var uploadCap: UInt64
    /// Bytes after which the server asks for new keys.
    package var rekeyBytes: UInt64

    package init(
        sessionID: UInt64, loginGraceMilliseconds: Int, idleTimeoutMilliseconds: Int, maximumAuthenticationTries: Int,
        maximumKeyProbes: Int, uploadCap: UInt64, rekeyBytes: UInt64
    ) {
        self.sessionID = sessionID
        self.loginGraceMilliseconds = loginGraceMilliseconds
        self.idleTimeoutMilliseconds = idleTimeoutMilliseconds
        self.maximumAuthenticationTries = maximumAuthenticationTries
        self.maximumKeyProbes = maximumKeyProbes
        self.uploadCap = uploadCap
        self.rekeyBytes = rekeyBytes
    }
}

/// What is offered in the key exchange: comma-separated names in order of preference, as libssh takes them.
package struct Algorithms: Equatable, Sendable {
    package var kex: String
    package var hostKeys: String
    package var ciphers: String
    package var macs: String
    /// Of the keys that clients log in with.
    package var publicKeys: String

    package init(kex: String, hostKeys: String, ciphers: String, macs: String, publicKeys: String) {
        self.kex = kex
        self.hostKeys = hostKeys
        self.ciphers = ciphers
        self.macs = macs
        self.publicKeys = publicKeys
    }
}

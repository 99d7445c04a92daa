package import WireCodec

/// What a client compares with the server's key.
package struct HostKeyRow: WireRecord {
    /// Such as `ssh-ed25519`.
    package var type = ""
    /// `SHA256:…`
    package var fingerprint = ""
    /// In base64, as `known_hosts` has it.
    package var key = ""

    package init() {}

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.text(&type, "type", limit: PortalBounds.code)
        try coder.text(&fingerprint, "fingerprint", limit: PortalBounds.name)
        try coder.text(&key, "key", limit: PortalBounds.publicKey)
    }
}

/// A public key that opens the SFTP account.
package struct KeyRow: WireRecord {
    package var fingerprint = ""
    package var algorithm = ""
    /// What its owner calls it; may be empty.
    package var name = ""
    package var added = ShownMoment()

    package init() {}

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.text(&fingerprint, "fingerprint", limit: PortalBounds.name)
        try coder.text(&algorithm, "algorithm", limit: PortalBounds.code)
        try coder.text(&name, "name", limit: PortalBounds.name)
        try coder.record(&added)
    }
}

/// What became of a login of the SFTP account.
package enum LoginOutcome: UInt8, CaseIterable, Sendable {
    case accepted = 1
    case wrongPassword
    case unknownKey
    case badSignature
    case keyAlgorithm
    case keyTooShort
    case keyMalformed
    case passwordChange
    case malformed
    case locked
    case noDepositor
    case tooManySessions
    /// Its failures have had its address banned.
    case banned
    case otherwiseRefused
}

package struct LoginRow: WireRecord {
    package var at = ShownMoment()
    package var outcome = LoginOutcome.otherwiseRefused
    package var byKey = false
    package var address = ""
    /// What the client calls itself, or the kind of a refused key; may be empty.
    package var detail = ""

    package init() {}

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.record(&at)
        try coder.choice(&outcome, "outcome")
        try coder.flag(&byKey, "byKey")
        try coder.text(&address, "address", limit: PortalBounds.address)
        try coder.text(&detail, "detail", limit: PortalBounds.agent)
    }
}

/// An address from which nobody can log in by SFTP at the moment.
package struct BanRow: WireRecord {
    package var address = ""
    /// Until it may try again.
    package var seconds: UInt32 = 0

    package init() {}

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.text(&address, "address", limit: PortalBounds.address)
        try coder.number(&seconds)
    }
}

/// « Ajouter une clé publique ».
package struct NewKey: WireRecord {
    /// The portal's password; empty where it isn't asked for.
    package var current: [UInt8] = []
    package var name = ""
    /// What was pasted.
    package var text = ""

    package init() {}

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.bytes(&current, "current", limit: PortalBounds.password)
        try coder.text(&name, "name", limit: PortalBounds.name)
        try coder.text(&text, "text", limit: PortalBounds.publicKey)
    }
}

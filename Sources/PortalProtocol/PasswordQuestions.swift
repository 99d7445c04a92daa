package import WireCodec

package struct NewPassword: WireRecord {
    package var token: [UInt8] = []
    package var password: [UInt8] = []

    package init() {}

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.bytes(&token, "token", limit: PortalBounds.token)
        try coder.bytes(&password, "password", limit: PortalBounds.password)
    }
}

package struct PasswordChange: WireRecord {
    package var current: [UInt8] = []
    package var password: [UInt8] = []
    package var agent = ""

    package init() {}

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.bytes(&current, "current", limit: PortalBounds.password)
        try coder.bytes(&password, "password", limit: PortalBounds.password)
        try coder.text(&agent, "agent", limit: PortalBounds.agent)
    }
}

package struct SFTPPassword: WireRecord {
    /// The portal's own; empty where it isn't asked for.
    package var current: [UInt8] = []
    package var password: [UInt8] = []

    package init() {}

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.bytes(&current, "current", limit: PortalBounds.password)
        try coder.bytes(&password, "password", limit: PortalBounds.password)
    }
}

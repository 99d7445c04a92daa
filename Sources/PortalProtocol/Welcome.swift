package import WireCodec

/// The daemon's first message: what the portal has to know of the settings. A new one replaces it after a reload.
///
/// Its first field is the build's version, whose place and form never change: a portal of another build reads it, says so, and ends.
package struct PortalWelcome: WireRecord {
    package var version = ""
    /// The host, with its port where it isn't the scheme's, that requests must name.
    package var host = ""
    /// `https://host`, as browsers write it in `Origin`.
    package var origin = ""
    package var isSecure = false
    /// Blocks whose `X-Forwarded-For` is believed.
    package var trustedProxies: [String] = []
    package var maxConnections: UInt32 = 0
    /// Bytes of the largest upload.
    package var uploadCap: UInt64 = 0
    /// The manual's bounds on a file: bytes, of which it must have fewer, and characters of its name.
    package var maxFileBytes: UInt64 = 0
    package var maxFileNameLength: UInt16 = 0
    package var sessionIdleMinutes: UInt32 = 0
    package var texts = PortalTexts()
    /// The message comes with the operator's stylesheet, of so many bytes.
    package var stylesheetBytes: UInt32 = 0

    package init() {}

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.text(&version, "version", limit: PortalBounds.version)
        try coder.text(&host, "host", limit: PortalBounds.name)
        try coder.text(&origin, "origin", limit: PortalBounds.name)
        try coder.flag(&isSecure, "isSecure")
        try coder.texts(
            &trustedProxies, "trustedProxies", each: PortalBounds.address, limit: PortalBounds.proxies)
        try coder.number(&maxConnections)
        try coder.number(&uploadCap)
        try coder.number(&maxFileBytes)
        try coder.number(&maxFileNameLength)
        try coder.number(&sessionIdleMinutes)
        try coder.record(&texts)
        try coder.number(&stylesheetBytes)
    }
}

/// What the operator says of the service. Empty where it isn't filled in.
package struct PortalTexts: WireRecord {
    /// The service's name.
    package var name = ""
    /// The address people write to for help.
    package var assistance = ""
    package var publisher = ""
    package var publisherAddress = ""
    package var publisherPhone = ""
    package var director = ""
    package var host = ""
    /// The data protection officer.
    package var dpo = ""
    /// As a human audit found.
    package var accessibility = Accessibility.non

    package init() {}

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.text(&name, "name", limit: PortalBounds.name)
        try coder.text(&assistance, "assistance", limit: PortalBounds.name)
        try coder.text(&publisher, "publisher", limit: PortalBounds.name)
        try coder.text(&publisherAddress, "publisherAddress", limit: PortalBounds.text)
        try coder.text(&publisherPhone, "publisherPhone", limit: PortalBounds.name)
        try coder.text(&director, "director", limit: PortalBounds.name)
        try coder.text(&host, "host", limit: PortalBounds.text)
        try coder.text(&dpo, "dpo", limit: PortalBounds.name)
        try coder.choice(&accessibility, "accessibility")
    }
}

/// The three words of the law (RGAA 4.1, obligations).
package enum Accessibility: UInt8, CaseIterable, Sendable {
    case non = 1
    case partiellement
    case totalement
}

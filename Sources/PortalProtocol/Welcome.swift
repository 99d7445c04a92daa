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
    package var retention = Retention()
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
        try coder.record(&retention)
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
    /// Of the declaration of accessibility: `portal.declaration`.
    package var plan = ""
    package var audit = ""
    package var exceptions = ""
    package var declared = ""
    package var securityContact = ""

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
        try coder.text(&plan, "plan", limit: PortalBounds.text)
        try coder.text(&audit, "audit", limit: PortalBounds.text)
        try coder.text(&exceptions, "exceptions", limit: PortalBounds.text)
        try coder.text(&declared, "declared", limit: PortalBounds.name)
        try coder.text(&securityContact, "securityContact", limit: PortalBounds.name)
    }
}

/// How long the daemon keeps what is somebody's, for the page that says so.
package struct Retention: WireRecord, Equatable {
    package var sessionHours: UInt32 = 0
    package var resetMinutes: UInt32 = 0
    package var activationHours: UInt32 = 0
    package var invitationDays: UInt32 = 0
    package var partialHours: UInt32 = 0
    package var reportDays: UInt32 = 0
    /// Also of mails that were sent or given up.
    package var archiveDays: UInt32 = 0
    /// The newest events of a person that are kept.
    package var events: UInt32 = 0

    package init() {}

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.number(&sessionHours)
        try coder.number(&resetMinutes)
        try coder.number(&activationHours)
        try coder.number(&invitationDays)
        try coder.number(&partialHours)
        try coder.number(&reportDays)
        try coder.number(&archiveDays)
        try coder.number(&events)
    }
}

/// The three words of the law (RGAA 4.1, obligations).
package enum Accessibility: UInt8, CaseIterable, Sendable {
    case non = 1
    case partiellement
    case totalement
}

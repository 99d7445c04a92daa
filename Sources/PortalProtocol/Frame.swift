package import WireCodec

/// What every page of somebody who is logged in shows around its content.
package struct Frame: WireRecord {
    /// « Prénom NOM », or the e-mail where no name is known.
    package var person = ""
    package var email = ""
    /// The establishments whose deposits this person sees.
    package var establishments: [Establishment] = []
    /// How many more there are, for which there was no room.
    package var moreEstablishments: UInt32 = 0
    /// Until the session ends for want of a request, and until it ends whatever is done.
    package var idleSeconds: UInt32 = 0
    package var absoluteSeconds: UInt32 = 0

    package init() {}

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.text(&person, "person", limit: PortalBounds.name)
        try coder.text(&email, "email", limit: PortalBounds.email)
        try coder.list(&establishments, "establishments", limit: PortalBounds.establishments)
        try coder.number(&moreEstablishments)
        try coder.number(&idleSeconds)
        try coder.number(&absoluteSeconds)
    }
}

package struct Establishment: WireRecord {
    package var code = ""
    package var name = ""
    package var siret = ""
    package var isTest = false
    package var isSuspended = false

    package init() {}

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.text(&code, "code", limit: PortalBounds.code)
        try coder.text(&name, "name", limit: PortalBounds.name)
        try coder.text(&siret, "siret", limit: PortalBounds.code)
        try coder.flag(&isTest, "isTest")
        try coder.flag(&isSuspended, "isSuspended")
    }
}

package import WireCodec

/// A session of the portal, as its owner sees it.
package struct SessionRow: WireRecord {
    package var id: UInt64 = 0
    package var begun = ShownMoment()
    package var seen = ShownMoment()
    package var address = ""
    package var agent = ""
    /// Seconds since it began.
    package var age: UInt32 = 0
    package var isThis = false

    package init() {}

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.number(&id)
        try coder.record(&begun)
        try coder.record(&seen)
        try coder.text(&address, "address", limit: PortalBounds.address)
        try coder.text(&agent, "agent", limit: PortalBounds.agent)
        try coder.number(&age)
        try coder.flag(&isThis, "isThis")
    }
}

/// « Mon compte de dépôt SFTP » (manual, 4.2.1).
package struct SFTPAccess: WireRecord {
    package var host = ""
    package var port: UInt16 = 0
    /// What it is, or will be.
    package var login = ""
    package var isOpen = false
    /// The login to the portal is too old for a new password without the portal's.
    package var asksPassword = false
    package var isLocked = false
    package var hostKeys: [HostKeyRow] = []
    package var keys: [KeyRow] = []
    /// The last logins, the newest first, refused ones too.
    package var logins: [LoginRow] = []
    /// Addresses of those that are banned at the moment.
    package var bans: [BanRow] = []

    package init() {}

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.text(&host, "host", limit: PortalBounds.name)
        try coder.number(&port)
        try coder.text(&login, "login", limit: PortalBounds.email)
        try coder.flag(&isOpen, "isOpen")
        try coder.flag(&asksPassword, "asksPassword")
        try coder.flag(&isLocked, "isLocked")
        try coder.list(&hostKeys, "hostKeys", limit: PortalBounds.hostKeys)
        try coder.list(&keys, "keys", limit: PortalBounds.keys)
        try coder.list(&logins, "logins", limit: PortalBounds.logins)
        try coder.list(&bans, "bans", limit: PortalBounds.logins)
    }
}

/// Where an establishment is; its name and SIRET are in the frame.
package struct PostalAddress: WireRecord {
    package var depositor = ""
    package var street = ""
    package var postalCode = ""
    package var city = ""

    package init() {}

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.text(&depositor, "depositor", limit: PortalBounds.code)
        try coder.text(&street, "street", limit: PortalBounds.name)
        try coder.text(&postalCode, "postalCode", limit: PortalBounds.number)
        try coder.text(&city, "city", limit: PortalBounds.name)
    }
}

/// « Mes Informations ».
package struct InformationPage: WireRecord {
    package var addresses: [PostalAddress] = []
    package var sftp = SFTPAccess()
    package var isMuted = false
    package var sessions: [SessionRow] = []
    /// Who has access to this person's establishments, and how many more there are.
    package var colleagues: [ColleagueRow] = []
    package var moreColleagues: UInt32 = 0

    package init() {}

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.list(&addresses, "addresses", limit: PortalBounds.establishments)
        try coder.record(&sftp)
        try coder.flag(&isMuted, "isMuted")
        try coder.list(&sessions, "sessions", limit: PortalBounds.sessions)
        try coder.list(&colleagues, "colleagues", limit: PortalBounds.colleagues)
        try coder.number(&moreColleagues)
    }
}

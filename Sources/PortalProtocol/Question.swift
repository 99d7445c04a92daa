package import WireCodec

/// What the portal asks the daemon: one page is one question.
///
/// Each but those before login is answered for the person whose session the visitor's token is, and about that person's establishments
/// alone.
package enum Question: Equatable, Sendable {
    /// The first word of a portal: the build it comes from. Its form never changes.
    case hello(version: String)
    /// Whether the daemon answers. Without an identifier, thus without an answer, a sign of life of the portal's.
    case ping
    /// Nothing but the frame.
    case frame
    case login(Credentials)
    case logout
    /// Counts as a sign of life of the session.
    case extend
    case home
    case deposits(DepositsQuery)
    case report(ReportSubject)
    case findings(FindingsQuery)
    /// The state of a deposit, for the page that waits.
    case state(deposit: UInt64)
    case download(DownloadQuery)
    case depositForm
    case beginUpload(UploadBegin)
    case endUpload(UploadEnd)
    /// Nobody will end this upload.
    case dropUpload(UploadDrop)
    case formOutcome(key: [UInt8])
    /// `shown`: ``FormOutcome/shown`` of the page on which the person agreed; empty where the page did not say.
    case confirm(key: [UInt8], shown: [UInt8])
    case giveUp(key: [UInt8])
    case periods(PeriodsQuery)
    case organisations(OrganisationsQuery)
    case organisation(nda: String)
    case information
    case setMuted(Bool)
    /// Ends one of the person's own sessions.
    case endSession(id: UInt64)
    /// Ends the person's sessions but this one.
    case endOtherSessions
    /// « Mot de passe oublié »: the answer is the same whether the address is known or not.
    case askReset(email: String)
    /// Whether the link would still do, without using it.
    case checkReset(token: [UInt8])
    case reset(NewPassword)
    case changePassword(PasswordChange)
    /// « OBTENIR UN ACCES SFTP » and « REINITIALISER LE MOT DE PASSE »: opens the person's SFTP account, or gives it another password.
    case setSFTPPassword(SFTPPassword)
    /// Lets the person's SFTP account be opened with a public key.
    case addKey(NewKey)
    case removeKey(fingerprint: String)
    /// Something that the daemon's log should have.
    case note(Note)
    /// « CRÉER MON COMPTE »: the answer is the same whether the address is known or not.
    case register(Registration)
    /// Whose account the link would activate, without using it.
    case checkActivation(token: [UInt8])
    /// « ACTIVER MON COMPTE ».
    case activate(Activation)
    /// SIRET and activation code make the person one of the establishment's.
    case join(JoinRequest)
}

/// Who asks.
package struct Visitor: WireRecord {
    /// A numeric address; empty where it isn't known.
    package var address = ""
    /// The session's token; empty before login.
    package var token: [UInt8] = []

    package init() {}

    package init(address: String, token: [UInt8]) {
        self.address = address
        self.token = token
    }

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.text(&address, "address", limit: PortalBounds.address)
        try coder.bytes(&token, "token", limit: PortalBounds.token)
    }
}

package struct Credentials: WireRecord {
    package var email = ""
    package var password: [UInt8] = []
    /// What the browser calls itself, for the list of sessions.
    package var agent = ""

    package init() {}

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.text(&email, "email", limit: PortalBounds.email)
        try coder.bytes(&password, "password", limit: PortalBounds.password)
        try coder.text(&agent, "agent", limit: PortalBounds.agent)
    }
}

package struct DepositsQuery: WireRecord {
    /// 0 for every state, else a ``ShownState``.
    package var state: UInt8 = 0
    package var since: ShownDay?
    /// Only deposits received before this one; 0 for the newest.
    package var before: UInt64 = 0

    package init() {}

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.number(&state)
        try coder.optional(&since, "since")
        try coder.number(&before)
    }
}

/// What a report is about: a deposit, or a form's file that is no deposit.
package struct ReportSubject: WireRecord {
    /// 0 where `key` says it.
    package var deposit: UInt64 = 0
    package var key: [UInt8] = []

    package init() {}

    package init(deposit: UInt64) {
        self.deposit = deposit
    }

    package init(key: [UInt8]) {
        self.key = key
    }

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.number(&deposit)
        try coder.bytes(&key, "key", limit: PortalBounds.key)
    }
}

/// The manual's two views of the findings.
package enum FindingsView: UInt8, CaseIterable, Sendable {
    /// By line, in the file's order.
    case lines = 1
    /// Blocking ones first, then by field, in the order in which the fields first have one.
    case fields
}

package struct FindingsQuery: WireRecord {
    package var subject = ReportSubject()
    package var view = FindingsView.lines
    /// Only this rule; empty for all.
    package var rule = ""
    /// From 1.
    package var page: UInt32 = 1

    package init() {}

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.record(&subject)
        try coder.choice(&view, "view")
        try coder.text(&rule, "rule", limit: PortalBounds.code)
        try coder.number(&page)
    }
}

package enum DownloadKind: UInt8, CaseIterable, Sendable {
    case text = 1
    case json
    /// The whole file, the messages in a ninth column.
    case annotated
    case file
}

package struct DownloadQuery: WireRecord {
    package var subject = ReportSubject()
    package var kind = DownloadKind.text

    package init() {}

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.record(&subject)
        try coder.choice(&kind, "kind")
    }
}

package struct PeriodsQuery: WireRecord {
    /// Empty for the first establishment.
    package var depositor = ""
    /// Only periods that begin before this day.
    package var before: ShownDay?

    package init() {}

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.text(&depositor, "depositor", limit: PortalBounds.code)
        try coder.optional(&before, "before")
    }
}

package struct OrganisationsQuery: WireRecord {
    /// The beginning of an NDA or a SIREN; empty for all.
    package var search = ""
    /// From 1.
    package var page: UInt32 = 1

    package init() {}

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.text(&search, "search", limit: PortalBounds.search)
        try coder.number(&page)
    }
}

package enum NoteKind: UInt8, CaseIterable, Sendable {
    /// A request for another host than the portal's.
    case foreignHost = 1
    /// A POST that no page of the portal sent.
    case foreignOrigin
    case tooManyConnections
    /// What is not HTTP, or over a limit of it.
    case badRequest
    /// A connection that took too long.
    case deadline
    /// Something failed in the portal itself.
    case failure
}

package struct Note: WireRecord {
    package var kind = NoteKind.failure
    package var detail = ""
    /// How often since the last note of this kind.
    package var times: UInt32 = 1

    package init() {}

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.choice(&kind, "kind")
        try coder.text(&detail, "detail", limit: PortalBounds.name)
        try coder.number(&times)
    }
}

package import WireCodec

/// The daemon's answer to a ``Question``.
package enum Answer: Equatable, Sendable {
    case done
    /// The session is over or never was: the page asks to log in and leads back.
    case loginNeeded
    /// No such thing among this person's.
    case notFound
    /// A rule says no; French, for the person.
    case refused(text: String)
    /// Too much of it: not before so many seconds.
    case later(seconds: UInt32)
    /// The daemon can't at the moment; French, for the person.
    case unavailable(text: String)
    /// What is sent in the cookie from now on.
    case session(token: [UInt8])
    case page(Frame, Page)
    /// Comes with the descriptor of what is sent, to be read from its beginning.
    case download(Download)
    case upload(UploadOpened)
    case state(ShownState)
    case outcome(Frame, FormOutcome)
    /// Fields are to be corrected; nothing was done.
    case problems([FieldProblem])
    case registrant(Registrant)
}

/// What a page shows within its frame.
package enum Page: Equatable, Sendable {
    /// Nothing that the daemon knows of.
    case bare
    case home(HomePage)
    case deposits(DepositsPage)
    case report(ReportPage)
    case findings(FindingsPage)
    case depositForm(DepositForm)
    case periods(PeriodsPage)
    case organisations(OrganisationsPage)
    case organisation(OrganisationPage)
    case information(InformationPage)
}

package struct Download: WireRecord {
    /// As the browser is to save it.
    package var name = ""
    package var size: UInt64 = 0

    package init() {}

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.text(&name, "name", limit: PortalBounds.shownFileName)
        try coder.number(&size)
    }
}

/// One message from the portal to the daemon.
package struct PortalRequest: Equatable, Sendable {
    /// Repeated in the reply.
    package var id: UInt32
    package var visitor: Visitor
    package var question: Question

    package init(id: UInt32, visitor: Visitor, question: Question) {
        self.id = id
        self.visitor = visitor
        self.question = question
    }
}

/// One message from the daemon to the portal.
package enum PortalOrder: Equatable, Sendable {
    /// The first message, before the portal has said anything, and again after a reload.
    case welcome(PortalWelcome)
    case answer(id: UInt32, Answer)
    /// Takes no more connections, lets what runs finish, and ends.
    case drain
}

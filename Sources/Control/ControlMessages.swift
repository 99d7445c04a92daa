/// What a command asks of a running daemon over the control socket: one line of JSON.
package struct ControlRequest: Codable, Sendable, Equatable {
    package enum Kind: String, Codable, Sendable {
        /// Something in the database has changed, and there is a row that says what: look at it now instead of within
        /// a second.
        case changed
        /// Send the live figures.
        case status
    }

    package let request: Kind
    /// With ``Kind/changed``: what the caller has changed, in the words of the row.
    package let reason: String?
    package let subject: String?

    package init(_ request: Kind, reason: String? = nil, subject: String? = nil) {
        self.request = request
        self.reason = reason
        self.subject = subject
    }
}

/// The daemon's answer, one line of JSON.
package struct ControlReply: Codable, Sendable, Equatable {
    /// With a change that ends sessions: how many live ones were told to end.
    package var sessionsEnded: Int?
    /// With a status request.
    package var status: LiveStatus?
    /// Why the request could not be served.
    package var error: String?

    package init(sessionsEnded: Int? = nil, status: LiveStatus? = nil, error: String? = nil) {
        self.sessionsEnded = sessionsEnded
        self.status = status
        self.error = error
    }
}

/// The figures only the running daemon knows.
package struct LiveStatus: Codable, Sendable, Equatable {
    package var version = Version.current
    package var processID: Int32 = 0
    /// Seconds since the start.
    package var uptimeSeconds: Double = 0
    /// Where it listens, `0.0.0.0:2222`.
    package var listening: [String] = []
    /// Connections, logged in or not.
    package var sessions = 0
    package var unauthenticated = 0
    /// Files being received.
    package var uploads = 0
    /// Settled or settling files that are not claimed yet.
    package var waiting = 0
    /// Deposits being validated or integrated.
    package var processing = 0
    package var bannedAddresses = 0
    /// Why no session can begin.
    package var sessionFault: String?
    /// Why AES-GCM is not offered.
    package var gcmFault: String?

    package init() {}
}

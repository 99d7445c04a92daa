/// What a command asks of a running daemon over the control socket: one line of JSON.
package struct ControlRequest: Codable, Sendable, Equatable {
    package enum Kind: String, Codable, Sendable {
        /// Something in the database has changed, and there is a row that says what: look at it now instead of within
        /// a second.
        case changed
        /// Send the live figures.
        case status
        /// Send the bans in force.
        case bans
        /// End the bans of the address that is the subject.
        case liftBans
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
    /// With a request for the bans.
    package var bans: [Ban]?
    /// With a request to lift some, or a change that does: how many.
    package var lifted: Int?
    /// Why the request could not be served.
    package var error: String?

    /// An address, or a prefix, whose logins are refused.
    package struct Ban: Codable, Sendable, Equatable {
        package var address: String
        /// Seconds until it ends.
        package var seconds: Int

        package init(address: String, seconds: Int) {
            self.address = address
            self.seconds = seconds
        }
    }

    package init(
        sessionsEnded: Int? = nil, status: LiveStatus? = nil, bans: [Ban]? = nil, lifted: Int? = nil,
        error: String? = nil
    ) {
        self.sessionsEnded = sessionsEnded
        self.status = status
        self.bans = bans
        self.lifted = lifted
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
    /// Where the portal listens; empty without one.
    package var portal: [String] = []
    /// Connections, logged in or not.
    package var sessions = 0
    package var unauthenticated = 0
    /// Files being received, over SFTP and by the page.
    package var uploads = 0
    /// Settled or settling files that are not claimed yet.
    package var waiting = 0
    /// Deposits being validated or integrated.
    package var processing = 0
    package var bannedAddresses = 0
    /// Some of them.
    package var banned: [String] = []
    /// Why connections over SFTP are not served.
    package var sessionFault: String?
    /// Accounts of which a login was denied lately because they have as many sessions as they may.
    package var deniedAccounts: [String]?
    /// A connection was refused lately because there are as many sessions as there may be.
    package var refusesSessions: Bool?
    /// Why AES-GCM is not offered.
    package var gcmFault: String?
    /// Why people don't get to the portal; nil if they do, or there is none.
    package var portalFault: String?
    /// Files that can't be claimed, one a depositor: each with its name, the code and the reason.
    package var unclaimed: [String]?

    package init() {}
}

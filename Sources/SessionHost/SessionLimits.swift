internal import ServiceConfiguration
internal import SessionProtocol

/// What of the settings concerns sessions, in the units used here. New sessions use the newest.
struct SessionLimits: Sendable {
    var throttle: Throttle.Limits
    var bans: Bans.Limits
    var connections: AddressBuckets.Rate
    var machine: SessionMachine.Limits
    var loginGraceMilliseconds: Int
    var idleTimeoutMilliseconds: Int
    var uploadCap: UInt64
    var rekeyBytes: UInt64

    /// How many keys a client may offer on one connection. Source: clients.md point 22.
    static let maximumProbes = 20

    init(_ settings: borrowing Settings) {
        let sftp = settings.sftp
        throttle = Throttle.Limits(
            maxSessions: sftp.maxSessions, maxUnauthenticated: sftp.maxUnauthenticated,
            maxUnauthenticatedPerAddress: sftp.maxUnauthenticatedPerAddress,
            maxSessionsPerAccount: sftp.maxSessionsPerAccount, maxSessionsPerAddress: sftp.maxSessionsPerAddress)
        bans = Bans.Limits(
            threshold: sftp.ban.threshold, windowMilliseconds: Int64(Self.milliseconds(sftp.ban.windowSeconds)),
            banMilliseconds: Int64(Self.milliseconds(sftp.ban.banSeconds)), exempt: sftp.ban.exempt)
        // A quarter of a minute's may come at once, as the pools of some clients do.
        connections = AddressBuckets.Rate(
            perSecond: Double(sftp.maxConnectionsPerMinute) / 60,
            burst: max(1, Double(sftp.maxConnectionsPerMinute) / 4))
        machine = SessionMachine.Limits(maximumTries: sftp.maxAuthTries, maximumProbes: Self.maximumProbes)
        loginGraceMilliseconds = Self.milliseconds(sftp.loginGraceSeconds)
        idleTimeoutMilliseconds = Self.milliseconds(sftp.idleTimeoutSeconds)
        uploadCap = UInt64(clamping: sftp.maxUploadBytes)
        rekeyBytes = UInt64(clamping: sftp.rekeyBytes)
    }

    /// A time of the settings. More than 24 days (what poll(2) takes) is as good as for ever.
    private static func milliseconds(_ seconds: Double) -> Int {
        Int(exactly: min(max(seconds, 0) * 1000, Double(Int32.max)).rounded()) ?? Int(Int32.max)
    }
}

/// How long the service waits for a session process before it kills it, in milliseconds.
struct SessionPatience: Sendable {
    /// For it to read its control socket.
    var withReader: Int64 = 10_000
    /// After the login grace, at which it should have ended itself; the same for the idle time.
    var graceOverrun: Int64 = 5_000
    var idleOverrun: Int64 = 60_000
}

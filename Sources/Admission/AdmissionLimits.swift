package import ServiceConfiguration

/// What of the settings says who may come, in the units used here.
package struct AdmissionLimits: Sendable {
    var throttle: Throttle.Limits
    var bans: Bans.Limits
    var connections: AddressBuckets.Rate

    package init(_ settings: borrowing Settings) {
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
    }

    /// A time of the settings. More than 24 days (what poll(2) takes) is as good as for ever.
    package static func milliseconds(_ seconds: Double) -> Int {
        Int(exactly: min(max(seconds, 0) * 1000, Double(Int32.max)).rounded()) ?? Int(Int32.max)
    }
}

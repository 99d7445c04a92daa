internal import Admission
internal import ServiceConfiguration
internal import SessionProtocol

/// What of the settings concerns sessions, in the units used here. New sessions use the newest.
struct SessionLimits: Sendable {
    var machine: SessionMachine.Limits
    var loginGraceMilliseconds: Int
    var idleTimeoutMilliseconds: Int
    var uploadCap: UInt64
    var rekeyBytes: UInt64

    /// How many keys a client may offer on one connection. Source: clients.md point 22.
    static let maximumProbes = 20

    init(_ settings: borrowing Settings) {
        let sftp = settings.sftp
        machine = SessionMachine.Limits(maximumTries: sftp.maxAuthTries, maximumProbes: Self.maximumProbes)
        loginGraceMilliseconds = AdmissionLimits.milliseconds(sftp.loginGraceSeconds)
        idleTimeoutMilliseconds = AdmissionLimits.milliseconds(sftp.idleTimeoutSeconds)
        uploadCap = UInt64(clamping: sftp.maxUploadBytes)
        rekeyBytes = UInt64(clamping: sftp.rekeyBytes)
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

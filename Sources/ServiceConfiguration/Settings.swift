package import LinuxSystem
package import Logging
package import Qualiopi

/// Everything an operator can set, with its defaults; one nested struct per section of the YAML file.
///
/// A value of this type is always within the ranges of ``SettingsTable``: ``SettingsReader`` is the only way in for
/// what somebody typed. `etc/collecteur.yaml` explains each setting to operators.
package struct Settings: Sendable, Equatable {
    /// The folder that holds everything the daemon keeps.
    package var stateDirectory = "/var/lib/collecteur"
    /// The IANA zone of the civil dates: "date du jour", periods, reports.
    package var timeZone = "Europe/Paris"
    /// The base of the links in mails, without a final `/`; empty when there is no portal.
    package var portalURL = ""
    package var sftp = SFTP()
    package var deposits = Deposits()
    package var qualiopi = Controls()
    package var period = Periods()
    package var mail = Mail()
    package var portal = Portal()
    package var metrics = Metrics()
    package var log = Log()

    package init() {}

    /// `sftp`: the listener, its limits and its bans.
    package struct SFTP: Sendable, Equatable {
        package var listen = [
            ListenAddress(host: "0.0.0.0", port: 2222), ListenAddress(host: "::", port: 2222),
        ]
        /// Paths of OpenSSH private key files; empty: the daemon makes its own in `<state>/host_keys`.
        package var hostKeys: [String] = []
        package var profile = AlgorithmProfile.default
        package var maxSessions = 1000
        package var maxUnauthenticated = 100
        package var maxUnauthenticatedPerAddress = 10
        /// Of one address.
        package var maxConnectionsPerMinute = 300
        package var maxSessionsPerAccount = 20
        package var maxSessionsPerAddress = 50
        package var loginGraceSeconds = 30.0
        package var idleTimeoutSeconds = 900.0
        package var maxAuthTries = 6
        /// Bytes of a connection after which the server asks for new keys. RFC 4253 section 9 recommends 1 GiB.
        package var rekeyBytes = 1_073_741_824
        /// Bytes; what lies past it is discarded and the deposit is refused for its size.
        package var maxUploadBytes = 67_108_864
        package var maxFolderFiles = 1000
        /// Bytes.
        package var maxFolderBytes = 1_073_741_824
        package var ban = Ban()
    }

    /// `sftp.ban`: per source address, after failed logins.
    package struct Ban: Sendable, Equatable {
        package var threshold = 15
        package var windowSeconds = 600.0
        package var banSeconds = 1800.0
        package var exempt: [AddressBlock] = []
    }

    /// The sets of SSH algorithms that the server offers.
    package enum AlgorithmProfile: String, Sendable, CaseIterable {
        case `default`, strict, legacy
    }

    /// `deposits`: from the drop folder to the archive.
    package struct Deposits: Sendable, Equatable {
        package var settleSeconds = 1.0
        package var takenViewSeconds = 300.0
        package var takenViewNewcomersSeconds = 10.0
        package var temporarySuffixes = [
            ".filepart", ".part", ".partial", ".tmp", ".temp", ".ffs_tmp", ".upload", ".uploading", ".lftp", ".lock",
            ".writing", ".new", ".inprogress", "~",
        ]
        /// Of trigger files, which are removed and never treated.
        package var ignoredSuffixes = [".fin", ".done", ".ok", ".ack", ".md5", ".sha256"]
        package var partialRetentionHours = 24
        package var reportFormats = [ReportFormat.text, .json]
        package var reportRetentionDays = 90
        package var archiveRetentionDays = 400
        package var maxDetailedFindings = 10_000
        package var technicalRetries = 5
        /// Of one depositor on one civil day.
        package var maxPerDay = 500
        /// Of one depositor's deposits on one civil day.
        package var maxBytesPerDay = 1_073_741_824
        /// Rows that one depositor's deposits may add to the list's history on one civil day.
        package var maxChangesPerDay = 1_000_000
        /// Of one depositor; what comes faster waits in the folder.
        package var maxPerMinute = 20
    }

    package enum ReportFormat: String, Sendable, CaseIterable {
        /// For people.
        case text
        /// For machines.
        case json

        /// Takes also `txt`, which `text` was called first.
        package init?(word: String) {
            self.init(rawValue: word == "txt" ? "text" : word)
        }

        /// The end of the report's name.
        package var fileExtension: String {
            switch self {
            case .text: "txt"
            case .json: "json"
            }
        }
    }

    /// `qualiopi`: the manual's limits and severities.
    package struct Controls: Sendable, Equatable {
        /// Characters, extension included.
        package var maxFileNameLength = 35
        /// Bytes; a file must be smaller.
        package var maxFileBytes = 10_485_760
        /// Only the rules the operator named; `nil` is `off`.
        package var severities: [Rule: Severity?] = [:]
    }

    /// `period`: how often a deposit is owed.
    package struct Periods: Sendable, Equatable {
        package var every = PeriodUnit.day
    }

    /// `mail`: where notifications go.
    package struct Mail: Sendable, Equatable {
        package var transport = MailTransport.spool
        /// `smtp://host:port` or `smtps://host:port`; empty with the spool.
        package var url = ""
        package var tls = MailSecurity.required
        package var from = Mailbox(name: "COLLECTEUR", address: "ne-pas-repondre@localhost")
        package var replyTo: Mailbox?
        package var username = ""
        /// The path of the file with the password, `$CREDENTIALS_DIRECTORY` already expanded; empty: none.
        package var passwordFile = ""
        /// Certificates to trust; empty: the system's.
        package var caFile = ""
        package var retryInitialSeconds = 60.0
        package var retryLongestSeconds = 3600.0
        package var retryHours = 120
        package var parallel = 4
        /// Mails about deposits to one recipient; more become one summary.
        package var maxPerHour = 20

        package init() {}
    }

    package enum MailTransport: String, Sendable, CaseIterable {
        case spool, smtp
    }

    package enum MailSecurity: String, Sendable, CaseIterable {
        case required, opportunistic, none
    }

    /// `portal`: the web half.
    package struct Portal: Sendable, Equatable {
        /// Empty: no portal, unless systemd passes a socket for it.
        package var listen: [ListenAddress] = []
        package var trustedProxies: [AddressBlock] = []
        package var sessionIdleMinutes = 30
        package var sessionHours = 20
        package var activationHours = 24
        package var resetMinutes = 60
        package var invitationDays = 30
        package var maxConnections = 1000
        package var name = "COLLECTEUR"
        /// `host:port` that people are told to connect to; empty: `portal_url`'s host and the port listened on.
        package var sftpAddress = ""
        package var assistance = ""
        /// A CSS file that is loaded after the program's own.
        package var stylesheet = ""
        package var publisher = Publisher()
        package var accessibility = Accessibility.non
        package var declaration = Declaration()
        /// Whom to tell of a weakness: an address of mail or of a page; empty: `assistance`.
        package var securityContact = ""
    }

    /// `portal.declaration`: what the declaration of accessibility says besides its state, which people found out.
    package struct Declaration: Sendable, Equatable {
        /// Where the « schéma pluriannuel » and the year's plan are.
        package var plan = ""
        /// Who audited, when, and which share of the criteria is met.
        package var audit = ""
        /// What is not accessible, what is exempt, and why.
        package var exceptions = ""
        /// When the declaration was made, and last renewed.
        package var date = ""
    }

    /// `portal.publisher`: what the law asks a site to say of whoever runs it.
    package struct Publisher: Sendable, Equatable {
        package var name = ""
        package var address = ""
        package var phone = ""
        package var director = ""
        package var host = ""
        package var dpo = ""
    }

    /// As a human audit found.
    package enum Accessibility: String, Sendable, CaseIterable {
        case non, partiellement, totalement
    }

    package struct Metrics: Sendable, Equatable {
        /// The Prometheus text file to rewrite every 15 s; empty: none.
        package var file = ""
    }

    package struct Log: Sendable, Equatable {
        package var level = Logger.Level.info
    }

    /// The validation policy these settings ask for.
    package var policy: Policy {
        var policy = Policy()
        policy.maxFileNameLength = qualiopi.maxFileNameLength
        policy.maxFileBytes = qualiopi.maxFileBytes
        policy.maxDetailedFindings = deposits.maxDetailedFindings
        for (rule, severity) in qualiopi.severities { policy.set(rule, severity) }
        return policy
    }
}

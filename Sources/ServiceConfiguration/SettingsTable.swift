internal import Logging
internal import Qualiopi
internal import Yams

/// One row per setting: its key and how it goes between YAML and ``Settings``.
///
/// The table is the only list of keys: reading, `config show` and the suggestions for misspelt keys all follow it.
struct SettingDefinition: Sendable {
    /// `section.key`, as in the documentation.
    let key: String
    /// Puts a node's value in place.
    let read: @Sendable (Node, inout Settings) throws(SettingFault) -> Void
    /// The value in force as YAML of one line.
    let show: @Sendable (Settings) -> String
    /// Whether a reload puts it in force, or only a restart.
    let applies: SettingApplication
    /// Puts the value of the first settings in the place of the second's.
    let copy: @Sendable (Settings, inout Settings) -> Void
}

/// When a changed setting is in force.
enum SettingApplication: Sendable, Equatable {
    /// At SIGHUP: who needs it reads it where it is used.
    case onReload
    /// At the next start: it decides what is built then.
    case onRestart
}

/// What is wrong with a node; the reader adds the file.
struct SettingFault: Error {
    let mark: Mark?
    let message: String
    /// Where it is, if that isn't where the mark is.
    var place: (line: Int, column: Int)?
}

enum SettingsTable {
    static let rows: [SettingDefinition] = [
        value("state_directory", \.stateDirectory, .stateDirectory, .onRestart),
        value("time_zone", \.timeZone, .timeZone, .onRestart),
        value("portal_url", \.portalURL, .portalURL),

        list("sftp.listen", \.sftp.listen, .listenAddress, orEmpty: false, .onRestart),
        list("sftp.host_keys", \.sftp.hostKeys, .stateDirectory),
        value("sftp.profile", \.sftp.profile, .word),
        value("sftp.max_sessions", \.sftp.maxSessions, .count),
        value("sftp.max_unauthenticated", \.sftp.maxUnauthenticated, .count),
        value("sftp.max_unauthenticated_per_address", \.sftp.maxUnauthenticatedPerAddress, .count),
        value("sftp.max_connections_per_minute", \.sftp.maxConnectionsPerMinute, .count),
        value("sftp.max_sessions_per_account", \.sftp.maxSessionsPerAccount, .count),
        value("sftp.max_sessions_per_address", \.sftp.maxSessionsPerAddress, .count),
        value("sftp.login_grace_seconds", \.sftp.loginGraceSeconds, .seconds),
        value("sftp.idle_timeout_seconds", \.sftp.idleTimeoutSeconds, .seconds),
        value("sftp.max_auth_tries", \.sftp.maxAuthTries, .count),
        value("sftp.rekey_bytes", \.sftp.rekeyBytes, .rekeyBytes),
        value("sftp.max_upload_bytes", \.sftp.maxUploadBytes, .bytes),
        value("sftp.max_folder_files", \.sftp.maxFolderFiles, .count),
        value("sftp.max_folder_bytes", \.sftp.maxFolderBytes, .bytes),
        value("sftp.ban.threshold", \.sftp.ban.threshold, .count),
        value("sftp.ban.window_seconds", \.sftp.ban.windowSeconds, .seconds),
        value("sftp.ban.ban_seconds", \.sftp.ban.banSeconds, .seconds),
        list("sftp.ban.exempt", \.sftp.ban.exempt, .addressBlock),

        value("deposits.settle_seconds", \.deposits.settleSeconds, .secondsOrNone),
        value("deposits.taken_view_seconds", \.deposits.takenViewSeconds, .secondsOrNone),
        value("deposits.taken_view_newcomers_seconds", \.deposits.takenViewNewcomersSeconds, .secondsOrNone),
        list("deposits.temporary_suffixes", \.deposits.temporarySuffixes, .suffix),
        list("deposits.ignored_suffixes", \.deposits.ignoredSuffixes, .suffix),
        value("deposits.partial_retention_hours", \.deposits.partialRetentionHours, .hours),
        list("deposits.report_formats", \.deposits.reportFormats, .reportFormat, orEmpty: false),
        value("deposits.report_retention_days", \.deposits.reportRetentionDays, .days),
        value("deposits.archive_retention_days", \.deposits.archiveRetentionDays, .days),
        value("deposits.max_detailed_findings", \.deposits.maxDetailedFindings, .count),
        value("deposits.technical_retries", \.deposits.technicalRetries, .count),
        value("deposits.max_per_day", \.deposits.maxPerDay, .count),
        value("deposits.max_bytes_per_day", \.deposits.maxBytesPerDay, .bytes),
        value("deposits.max_changes_per_day", \.deposits.maxChangesPerDay, .rows),
        value("deposits.max_per_minute", \.deposits.maxPerMinute, .count),

        value("qualiopi.max_file_name_length", \.qualiopi.maxFileNameLength, .count),
        value("qualiopi.max_file_bytes", \.qualiopi.maxFileBytes, .bytes),
        severities("qualiopi.severities"),

        value("period.every", \.period.every, .period),

        value("mail.transport", \.mail.transport, .word),
        value("mail.url", \.mail.url, .mailURL),
        value("mail.tls", \.mail.tls, .word),
        value("mail.from", \.mail.from, .mailbox),
        value("mail.reply_to", \.mail.replyTo, .optionalMailbox),
        value("mail.username", \.mail.username, .text),
        value("mail.password_file", \.mail.passwordFile, .credential),
        value("mail.ca_file", \.mail.caFile, .path),
        value("mail.retry_initial_seconds", \.mail.retryInitialSeconds, .seconds),
        value("mail.retry_longest_seconds", \.mail.retryLongestSeconds, .seconds),
        value("mail.retry_hours", \.mail.retryHours, .hours),
        value("mail.parallel", \.mail.parallel, .threads, .onRestart),
        value("mail.max_per_hour", \.mail.maxPerHour, .count),

        list("portal.listen", \.portal.listen, .listenAddress, .onRestart),
        list("portal.trusted_proxies", \.portal.trustedProxies, .addressBlock),
        value("portal.session_idle_minutes", \.portal.sessionIdleMinutes, .count),
        value("portal.session_hours", \.portal.sessionHours, .hours),
        value("portal.activation_hours", \.portal.activationHours, .hours),
        value("portal.reset_minutes", \.portal.resetMinutes, .count),
        value("portal.invitation_days", \.portal.invitationDays, .days),
        value("portal.max_connections", \.portal.maxConnections, .count, .onRestart),
        value("portal.name", \.portal.name, .text),
        value("portal.sftp_address", \.portal.sftpAddress, .text),
        value("portal.assistance", \.portal.assistance, .text),
        value("portal.stylesheet", \.portal.stylesheet, .path),
        value("portal.publisher.name", \.portal.publisher.name, .text),
        value("portal.publisher.address", \.portal.publisher.address, .text),
        value("portal.publisher.phone", \.portal.publisher.phone, .text),
        value("portal.publisher.director", \.portal.publisher.director, .text),
        value("portal.publisher.host", \.portal.publisher.host, .text),
        value("portal.publisher.dpo", \.portal.publisher.dpo, .text),
        value("portal.accessibility", \.portal.accessibility, .word),
        value("portal.declaration.plan", \.portal.declaration.plan, .text),
        value("portal.declaration.audit", \.portal.declaration.audit, .text),
        value("portal.declaration.exceptions", \.portal.declaration.exceptions, .text),
        value("portal.declaration.date", \.portal.declaration.date, .text),
        value("portal.security_contact", \.portal.securityContact, .text),

        value("metrics.file", \.metrics.file, .path),
        value("log.level", \.log.level, .word),
    ]

    /// What of new settings can be in force at once, over the old ones; and the keys of what waits for a restart.
    static func takingEffectNow(of new: Settings, over old: Settings) -> (settings: Settings, waiting: [String]) {
        var settings = new
        var waiting: [String] = []
        for row in rows where row.applies == .onRestart && row.show(new) != row.show(old) {
            row.copy(old, &settings)
            waiting.append(row.key)
        }
        return (settings, waiting)
    }

    private typealias Path<Value> = WritableKeyPath<Settings, Value> & Sendable

    private static func value<Value: Sendable>(
        _ key: String, _ path: any Path<Value>, _ kind: SettingKind<Value>,
        _ applies: SettingApplication = .onReload
    ) -> SettingDefinition {
        SettingDefinition(
            key: key,
            read: { (node, settings) throws(SettingFault) in settings[keyPath: path] = try scalar(node, key, kind) },
            show: { kind.show($0[keyPath: path]) }, applies: applies,
            copy: { $1[keyPath: path] = $0[keyPath: path] })
    }

    private static func list<Value: Sendable>(
        _ key: String, _ path: any Path<[Value]>, _ kind: SettingKind<Value>, orEmpty: Bool = true,
        _ applies: SettingApplication = .onReload
    ) -> SettingDefinition {
        SettingDefinition(
            key: key,
            read: { (node, settings) throws(SettingFault) in
                let nodes: [Node]
                switch node {
                case .sequence(let sequence): nodes = Array(sequence)
                case .scalar(let scalar) where scalar.string.isEmpty && scalar.style == .plain: nodes = []
                default: throw SettingFault(mark: node.mark, message: "\(key) must be a list, each \(kind.expectation)")
                }
                guard orEmpty || !nodes.isEmpty else {
                    throw SettingFault(mark: node.mark, message: "\(key) must not be empty")
                }
                var values: [Value] = []
                for node in nodes { values.append(try scalar(node, "each of \(key)", kind)) }
                settings[keyPath: path] = values
            },
            show: { settings in "[" + settings[keyPath: path].map(kind.show).joined(separator: ", ") + "]" },
            applies: applies, copy: { $1[keyPath: path] = $0[keyPath: path] })
    }

    private static func scalar<Value>(
        _ node: Node, _ name: String, _ kind: SettingKind<Value>
    ) throws(SettingFault) -> Value {
        guard case .scalar(let scalar) = node else {
            throw SettingFault(mark: node.mark, message: "\(name) must be \(kind.expectation)")
        }
        guard let value = kind.parse(scalar.string) else {
            let given = quoted(String(scalar.string.prefix(100)))
            throw SettingFault(mark: node.mark, message: "\(name) must be \(kind.expectation), not \(given)")
        }
        return value
    }

    /// The one setting that is a mapping: rule identifier to severity or `off`.
    private static func severities(_ key: String) -> SettingDefinition {
        let words = Severity.allCases.map(\.rawValue) + ["off"]
        return SettingDefinition(
            key: key,
            read: { (node, settings) throws(SettingFault) in
                if case .scalar(let scalar) = node, scalar.string.isEmpty, scalar.style == .plain { return }
                guard case .mapping(let pairs) = node else {
                    throw SettingFault(
                        mark: node.mark,
                        message: "\(key) must be a mapping from a rule's identifier to \(words.joined(separator: ", "))"
                    )
                }
                var severities: [Rule: Severity?] = [:]
                for (name, node) in pairs {
                    guard case .scalar(let identifier) = name, let rule = Rule(rawValue: identifier.string) else {
                        let given = name.scalar?.string ?? ""
                        let likely = Spelling.closest(to: given, among: Rule.allCases.map(\.rawValue))
                        throw SettingFault(
                            mark: name.mark,
                            message: "unknown rule \(quoted(given))" + (likely.map { "; did you mean \($0)?" } ?? ""))
                    }
                    guard case .scalar(let word) = node, words.contains(word.string) else {
                        throw SettingFault(
                            mark: node.mark,
                            message: "\(key).\(rule.rawValue) must be one of \(words.joined(separator: ", "))")
                    }
                    severities[rule] = .some(Severity(rawValue: word.string))
                }
                settings.qualiopi.severities = severities
            },
            show: { settings in
                let pairs = settings.qualiopi.severities.sorted { $0.key.rawValue < $1.key.rawValue }
                return "{" + pairs.map { "\($0.key.rawValue): \($0.value?.rawValue ?? "off")" }.joined(separator: ", ")
                    + "}"
            }, applies: .onReload, copy: { $1.qualiopi.severities = $0.qualiopi.severities })
    }
}

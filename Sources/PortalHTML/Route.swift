package import PortalProtocol
import WebParsing

/// The portal's addresses, which are a contract: mails and bookmarks lead to them. One type reads them and writes them.
package enum Route: Equatable, Sendable {
    case home
    case login
    case logout
    case extend
    case lostPassword
    case resetPassword(token: [UInt8])
    /// « SE CREER UN COMPTE », and what is said once it is sent.
    case register
    case registered
    /// « ACTIVER MON COMPTE », and what is said once it is done.
    case activate(token: [UInt8])
    case activated
    /// SIRET and activation code.
    case join
    case deposits
    case report(Subject, ReportView)
    /// The state of a deposit as JSON, for the page that waits.
    case state(deposit: UInt64)
    case deposit
    /// « Contrôler sans déposer ».
    case control
    case periods
    case organisations
    case organisation(nda: String)
    case information
    case notifications
    case sessions
    case changePassword
    /// « Création de compte SFTP » and its other password.
    case sftpAccount
    /// « Ajouter une clé publique ».
    case keys
    case siteMap
    case accessibility
    case legal
    case privacy
    case help
    case asset(name: String)
    case health
    case security

    /// What a report is about: a deposit, or the file of a form that isn't one.
    package enum Subject: Equatable, Sendable {
        case deposit(UInt64)
        case form([UInt8])

        package var question: ReportSubject {
            switch self {
            case .deposit(let id): ReportSubject(deposit: id)
            case .form(let key): ReportSubject(key: key)
            }
        }
    }

    package enum ReportView: String, CaseIterable, Sendable {
        case summary = ""
        case lines = "lignes"
        case fields = "champs"
        case text = "rapport.txt"
        case json = "rapport.json"
        case annotated = "fichier-annote.csv"
        case file = "fichier"

        /// What a browser saves, and stays where it is.
        package var isDownload: Bool {
            switch self {
            case .summary, .lines, .fields: false
            case .text, .json, .annotated, .file: true
            }
        }
    }

    /// Those of one word.
    private static let fixed: [(name: String, route: Route)] = [
        ("connexion", .login), ("deconnexion", .logout), ("session", .extend), ("mot-de-passe", .lostPassword),
        ("inscription", .register), ("acces", .join), ("depots", .deposits), ("deposer", .deposit),
        ("periodes", .periods), ("organismes", .organisations),
        ("informations", .information), ("plan-du-site", .siteMap), ("accessibilite", .accessibility),
        ("mentions-legales", .legal), ("donnees-personnelles", .privacy), ("aide", .help), ("sante", .health),
    ]

    /// Nil where there is no such address. The path is taken as it came: what is percent-encoded in it is no address of ours.
    package init?(path: Substring) {
        guard path.utf8.first == UInt8(ascii: "/"), path.utf8.count <= 300 else { return nil }
        let parts = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        guard let first = parts.first else { return nil }
        switch (first, parts.count) {
        case ("", 1):
            self = .home
        case (_, 1):
            guard let found = Route.fixed.first(where: { $0.name == first }) else { return nil }
            self = found.route
        case ("mot-de-passe", 2):
            guard let token = Base64.decode(parts[1], count: PortalBounds.token) else { return nil }
            self = .resetPassword(token: token)
        case ("inscription", 2):
            guard parts[1] == "envoyee" else { return nil }
            self = .registered
        case ("activation", 2):
            if parts[1] == "terminee" {
                self = .activated
                return
            }
            guard let token = Base64.decode(parts[1], count: PortalBounds.token) else { return nil }
            self = .activate(token: token)
        case ("depots", 2...3):
            guard let route = Route.report(deposit: parts) else { return nil }
            self = route
        case ("deposer", 2...3):
            guard let route = Route.report(form: parts) else { return nil }
            self = route
        case ("organismes", 2):
            guard parts[1].utf8.count == 11, parts[1].utf8.allSatisfy(Route.isLetterOrDigit) else { return nil }
            self = .organisation(nda: String(parts[1]))
        case ("informations", 2):
            switch parts[1] {
            case "notifications": self = .notifications
            case "sessions": self = .sessions
            case "mot-de-passe": self = .changePassword
            case "sftp": self = .sftpAccount
            case "cles": self = .keys
            default: return nil
            }
        case ("static", 2):
            guard !parts[1].isEmpty else { return nil }
            self = .asset(name: String(parts[1]))
        case (".well-known", 2):
            guard parts[1] == "security.txt" else { return nil }
            self = .security
        default:
            return nil
        }
    }

    private static func report(deposit parts: [Substring]) -> Route? {
        guard let id = identifier(parts[1]) else { return nil }
        guard parts.count == 3 else { return .report(.deposit(id), .summary) }
        if parts[2] == "etat" { return .state(deposit: id) }
        guard !parts[2].isEmpty, let view = ReportView(rawValue: String(parts[2])) else { return nil }
        return .report(.deposit(id), view)
    }

    private static func report(form parts: [Substring]) -> Route? {
        if parts.count == 2, parts[1] == "controle" { return .control }
        guard let key = Hexadecimal.decode(parts[1], count: PortalBounds.key) else { return nil }
        guard parts.count == 3 else { return .report(.form(key), .summary) }
        guard let view = ReportView(rawValue: String(parts[2])) else { return nil }
        switch view {
        case .lines, .fields, .text, .json: return .report(.form(key), view)
        case .summary, .annotated, .file: return nil
        }
    }

    /// A deposit's number in its one spelling.
    private static func identifier(_ text: Substring) -> UInt64? {
        guard let id = UInt64(text), id > 0, id <= UInt64(Int64.max), String(id) == text else { return nil }
        return id
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        default: false
        }
    }

    package var path: String {
        switch self {
        case .home: "/"
        case .resetPassword(let token): "/mot-de-passe/\(Base64.encode(token))"
        case .registered: "/inscription/envoyee"
        case .activate(let token): "/activation/\(Base64.encode(token))"
        case .activated: "/activation/terminee"
        case .report(let subject, let view): Route.path(of: subject) + (view == .summary ? "" : "/\(view.rawValue)")
        case .state(let deposit): "/depots/\(deposit)/etat"
        case .control: "/deposer/controle"
        case .organisation(let nda): "/organismes/\(percentEncoded(nda))"
        case .notifications: "/informations/notifications"
        case .sessions: "/informations/sessions"
        case .changePassword: "/informations/mot-de-passe"
        case .sftpAccount: "/informations/sftp"
        case .keys: "/informations/cles"
        case .asset(let name): "/static/\(percentEncoded(name))"
        case .security: "/.well-known/security.txt"
        case .login, .logout, .extend, .lostPassword, .register, .join, .deposits, .deposit, .periods, .organisations,
            .information,
            .siteMap, .accessibility, .legal, .privacy, .help, .health:
            "/" + (Route.fixed.first { $0.route == self }?.name ?? "")
        }
    }

    private static func path(of subject: Subject) -> String {
        switch subject {
        case .deposit(let id): "/depots/\(id)"
        case .form(let key): "/deposer/\(Hexadecimal.encode(key))"
        }
    }
}

package import PortalHTML
import PortalProtocol

extension Route {
    /// A route without what varies in it: one for each case, so that a page that is added has to say here how it is reached.
    package enum Kind: String, CaseIterable, Sendable {
        case home, login, logout, extend, lostPassword, resetPassword, deposits, report, state, deposit, control,
            periods
        case organisations, organisation, information, notifications, sessions, changePassword, sftpAccount, keys
        case register, registered, activate, activated, join
        case siteMap, accessibility, legal, privacy, help, asset, health, security
    }

    package var kind: Kind {
        switch self {
        case .home: .home
        case .login: .login
        case .logout: .logout
        case .extend: .extend
        case .lostPassword: .lostPassword
        case .resetPassword: .resetPassword
        case .register: .register
        case .registered: .registered
        case .activate: .activate
        case .activated: .activated
        case .join: .join
        case .deposits: .deposits
        case .report: .report
        case .state: .state
        case .deposit: .deposit
        case .control: .control
        case .periods: .periods
        case .organisations: .organisations
        case .organisation: .organisation
        case .information: .information
        case .notifications: .notifications
        case .sessions: .sessions
        case .changePassword: .changePassword
        case .sftpAccount: .sftpAccount
        case .keys: .keys
        case .siteMap: .siteMap
        case .accessibility: .accessibility
        case .legal: .legal
        case .privacy: .privacy
        case .help: .help
        case .asset: .asset
        case .health: .health
        case .security: .security
        }
    }
}

/// An address at which somebody looks.
package struct Visit: Equatable, Sendable {
    /// Whose session it is. What an account of each kind sees differs: nothing yet, one establishment, all there can be.
    package enum Person: String, CaseIterable, Sendable {
        case nobody, one, nine, new, unattached

        /// The session's token; nil before login.
        package var token: [UInt8]? {
            switch self {
            case .nobody: nil
            case .one: SampleBackend.one
            case .nine: SampleBackend.nine
            case .new: SampleBackend.new
            case .unattached: SampleBackend.unattached
            }
        }
    }

    package var route: Route
    /// With what follows its path.
    package var address: String
    package var person: Person

    package init(_ route: Route, _ person: Person, query: String = "") {
        self.route = route
        self.person = person
        address = route.path + (query.isEmpty ? "" : "?\(query)")
    }

    /// Of every route its addresses in all the states that a person can meet: empty, long, refused, gone. A route that only a POST knows has
    /// the address of that. None but for what is no page.
    package static func all(of kind: Route.Kind) -> [Visit] {
        switch kind {
        case .home: each(.home, [.nobody, .one, .nine, .new, .unattached])
        case .login: each(.login, [.nobody])
        case .lostPassword: each(.lostPassword, [.nobody, .one])
        case .resetPassword:
            each(.resetPassword(token: SampleBackend.resetToken), [.nobody])
                + each(.resetPassword(token: [UInt8](repeating: 3, count: PortalBounds.token)), [.nobody])
        case .register: each(.register, [.nobody])
        case .registered: each(.registered, [.nobody])
        case .activate:
            each(.activate(token: SampleBackend.resetToken), [.nobody])
                + each(.activate(token: [UInt8](repeating: 3, count: PortalBounds.token)), [.nobody])
        case .activated: each(.activated, [.nobody])
        case .join: each(.join, [.nobody, .one, .nine, .unattached])
        case .deposits:
            each(.deposits, [.one, .nine, .new]) + [
                Visit(.deposits, .one, query: "etat=echec&depuis=2026-11-01"),
                Visit(.deposits, .one, query: "avant=20"),
                Visit(.deposits, .new, query: "etat=echec"), Visit(.deposits, .one, query: "etat=zzz"),
                Visit(.deposits, .one, query: "depuis=hier"),
            ]
        case .report: reports
        case .deposit: each(.deposit, [.one, .nine, .unattached])
        case .periods: each(.periods, [.one, .nine, .new]) + [Visit(.periods, .one, query: "avant=2026-11-01")]
        case .organisations:
            each(.organisations, [.one, .nine, .new]) + [
                Visit(.organisations, .one, query: "recherche=1&page=2"),
                Visit(.organisations, .one, query: "recherche=zzz"),
            ]
        case .organisation: each(.organisation(nda: "11756206000"), [.one, .nine, .new])
        case .information: each(.information, [.one, .nine, .new, .unattached])
        case .changePassword: each(.changePassword, [.one])
        case .sftpAccount: each(.sftpAccount, [.one, .new])
        case .keys: each(.keys, [.one, .new])
        case .siteMap: each(.siteMap, [.nobody, .one])
        case .accessibility: each(.accessibility, [.nobody, .one])
        case .legal: each(.legal, [.nobody])
        case .privacy: each(.privacy, [.nobody])
        case .help: each(.help, [.nobody, .one])
        case .logout: each(.logout, [.one])
        case .extend: each(.extend, [.one])
        case .control: each(.control, [.one])
        case .notifications: each(.notifications, [.one, .nine])
        case .sessions: each(.sessions, [.one])
        case .state, .asset, .health, .security: []
        }
    }

    private static func each(_ route: Route, _ persons: [Person]) -> [Visit] { persons.map { Visit(route, $0) } }

    private static var reports: [Visit] {
        let deposits: [UInt64] = [9, 10, 11, 12, Samples.running, 500, 9422, 9429, 9503]
        let views: [(Route.ReportView, String)] = [
            (.lines, ""), (.lines, "page=3"), (.lines, "type=nda.inconnu"), (.lines, "type=zzz"), (.fields, ""),
        ]
        return deposits.map { Visit(.report(.deposit($0), .summary), .one) }
            + [Visit(.report(.deposit(12), .summary), .nine)]
            + views.map { Visit(.report(.deposit(12), $0), .one, query: $1) }
            + [Visit(.report(.deposit(11), .lines), .one), Visit(.report(.deposit(11), .fields), .one)]
            + Samples.forms.map { Visit(.report(.form($0.key), .summary), .one) }
            + [Visit(.report(.form([UInt8](repeating: 0xEE, count: PortalBounds.key)), .summary), .one)]
            + [Visit(.report(.form(Samples.forms[0].key), .lines), .one)]
    }
}

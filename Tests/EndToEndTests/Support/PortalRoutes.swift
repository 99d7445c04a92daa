import PortalHTML
import PortalSamples

/// What addresses name of one establishment's.
struct Belongings {
    var deposit: UInt64
    /// A form that waits for a word.
    var key: [UInt8]
    var nda: String

    /// The same address about these; nil where an address names nothing of an establishment's. A route that is added has to say here whether
    /// it does.
    func route(_ route: Route) -> Route? {
        switch route {
        case .report(.deposit, let view): .report(.deposit(deposit), view)
        case .report(.form, let view): .report(.form(key), view)
        case .state: .state(deposit: deposit)
        case .organisation: .organisation(nda: nda)
        case .home, .login, .logout, .extend, .lostPassword, .resetPassword, .deposits, .deposit, .control, .periods,
            .organisations,
            .information, .notifications, .sessions, .changePassword, .sftpAccount, .keys, .register, .registered,
            .activate, .activated, .join, .siteMap, .accessibility,
            .legal,
            .privacy,
            .help, .asset, .health, .security:
            nil
        }
    }

    /// Every page of the portal, those that name something about these.
    var paths: [String] {
        let visits = Route.Kind.allCases.flatMap(Visit.all).filter(\.route.isPage).map { visit -> String in
            guard let own = route(visit.route) else { return visit.address }
            return own.path + visit.address.drop { $0 != "?" }
        }
        return unique(visits + own.filter(\.isPage).map(\.path))
    }

    /// Those that name something.
    var own: [Route] {
        let visited = Route.Kind.allCases.flatMap(Visit.all).compactMap { route($0.route) }
        let views = Route.ReportView.allCases
        let all =
            visited + views.map { Route.report(.deposit(deposit), $0) }
            + [.state(deposit: deposit), .report(.form(key), .text), .report(.form(key), .json)]
        var seen: Set<String> = []
        return all.filter { seen.insert($0.path).inserted }
    }

    private func unique(_ paths: [String]) -> [String] {
        var seen: Set<String> = []
        return paths.filter { seen.insert($0).inserted }
    }
}

extension Route {
    /// Not what is downloaded: a browser that goes there stays where it is.
    fileprivate var isPage: Bool {
        switch self {
        case .report(_, let view): [.summary, .lines, .fields].contains(view)
        case .state, .asset, .health, .security, .logout, .extend, .control, .notifications, .sessions: false
        default: true
        }
    }
}

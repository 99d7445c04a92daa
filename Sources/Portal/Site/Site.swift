import HTTPTypes
package import HummingbirdCore
package import LinuxSystem
import NIOCore
package import PortalHTML
package import PortalPages
import PortalProtocol
import WebParsing

/// Requests in, answers out: what stands between the HTTP server and the daemon.
///
/// Checks every request and hands it to who answers it: ``ShownPages``, or ``SentForms``. Keeps nothing: each is asked for and rendered by itself.
package struct Site: Sendable {
    let settings: SiteSettings
    private let common: CommonAnswers
    private let pages: ShownPages
    private let forms: SentForms

    /// - downloads, notes: what outlives a change of the settings.
    package init(
        backend: any PortalBackend, settings: SiteSettings, downloads: Downloads = Downloads(),
        notes: NoteTally = NoteTally()
    ) {
        self.settings = settings
        common = CommonAnswers(backend: backend, settings: settings, notes: notes)
        pages = ShownPages(common: common, reports: ShownReports(common: common, downloads: downloads))
        forms = SentForms(common: common)
    }

    /// - peer: the connection's own address; nil for a socket file.
    /// - body: the request's, of which as much is read as the answer needs.
    package func respond(to request: Request, body: IncomingBody, peer: SourceAddress?) async -> Outgoing {
        var outgoing = await checked(request, body, peer: peer)
        SecurityHeaders.add(to: &outgoing.fields, isSecure: settings.welcome.isSecure)
        return outgoing
    }

    private func checked(_ request: Request, _ body: IncomingBody, peer: SourceAddress?) async -> Outgoing {
        let target = (request.head.path ?? "")[...]
        let path = target.prefix { $0 != "?" }
        let route = Route(path: path)
        let address = ClientAddress.of(request.headers, peer: peer, proxies: settings.proxies)
        let visitor = Visitor(address: address?.description ?? "", token: SessionCookie.token(request.headers))
        if route == .health { return await health(visitor) }
        switch HostCheck.verdict(request.head, host: settings.welcome.host, isSecure: settings.welcome.isSecure) {
        case .own:
            break
        case .noneOrTwo:
            return .closing(.page(ErrorPages.badRequest(common.anonymous), .badRequest))
        case .foreign:
            common.note(.foreignHost, request.head.authority ?? "", visitor)
            let page = ErrorPages.foreignHost(common.anonymous, own: settings.welcome.origin)
            return .closing(.page(page, .misdirectedRequest))
        }
        guard let route else {
            if let meant = meant(path), request.method == .get || request.method == .head {
                return .moved(meant.path + target.dropFirst(path.count))
            }
            return await common.notFound(visitor)
        }
        let exchange = Exchange(
            request: request, body: body, route: route, query: target.dropFirst(path.count + 1), visitor: visitor,
            settings: settings)
        let methods = route.methods
        switch request.method {
        case .get where methods.get, .head where methods.get:
            return await pages.show(exchange)
        case .post where methods.post:
            guard SameOrigin.allows(request.headers, origin: settings.welcome.origin) else {
                common.note(.foreignOrigin, route.path, visitor)
                return .closing(.page(ErrorPages.foreignOrigin(common.anonymous), .forbidden))
            }
            return await forms.act(exchange)
        default:
            let allowed = (methods.get ? ["GET", "HEAD"] : []) + (methods.post ? ["POST"] : [])
            var answer = Outgoing.page(ErrorPages.wrongMethod(common.anonymous), .methodNotAllowed)
            answer.fields[.allow] = allowed.joined(separator: ", ")
            return .closing(answer)
        }
    }

    /// The address that somebody meant who wrote a slash too many, or whose mail program took the sentence's full stop for a part of it.
    private func meant(_ path: Substring) -> Route? {
        let signs = "/.,;:)>]\"'»".unicodeScalars
        var rest = path.unicodeScalars[...]
        while let last = rest.last, signs.contains(last) { rest.removeLast() }
        guard rest.count < path.unicodeScalars.count, !rest.isEmpty else { return nil }
        return Route(path: Substring(rest)).flatMap { $0.methods.get ? $0 : nil }
    }

    /// What the server answers where no request could be read.
    func unreadable(isTooLong: Bool) -> Outgoing {
        var page =
            isTooLong
            ? Outgoing.page(ErrorPages.tooLong(common.anonymous), .requestHeaderFieldsTooLarge)
            : Outgoing.page(ErrorPages.badRequest(common.anonymous), .badRequest)
        SecurityHeaders.add(to: &page.fields, isSecure: settings.welcome.isSecure)
        return page
    }

    private func health(_ visitor: Visitor) async -> Outgoing {
        let reply = await common.backend.ask(.ping, from: Visitor(address: visitor.address, token: []))
        return reply.answer == .done ? .text("ok\n") : .text("daemon\n", .serviceUnavailable)
    }
}

extension Route {
    /// Which of the two a route knows. HEAD goes with GET.
    package var methods: (get: Bool, post: Bool) {
        switch self {
        case .login, .lostPassword, .resetPassword, .register, .activate, .join, .deposit, .changePassword,
            .sftpAccount,
            .keys, .notifications:
            (true, true)
        case .report(.form, .summary): (true, true)
        case .logout, .extend, .control, .sessions: (false, true)
        case .registered, .activated: (true, false)
        case .home, .deposits, .report, .state, .periods, .organisations, .organisation, .information, .siteMap,
            .accessibility, .legal, .privacy, .help, .asset, .health, .security:
            (true, false)
        }
    }
}

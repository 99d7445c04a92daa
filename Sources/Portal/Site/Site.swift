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
/// Keeps nothing: every request is checked, asked for and rendered by itself.
package struct Site: Sendable {
    let backend: any PortalBackend
    let settings: SiteSettings
    let downloads: Downloads
    let notes: NoteTally

    /// - downloads, notes: what outlives a change of the settings.
    package init(
        backend: any PortalBackend, settings: SiteSettings, downloads: Downloads = Downloads(),
        notes: NoteTally = NoteTally()
    ) {
        self.backend = backend
        self.settings = settings
        self.downloads = downloads
        self.notes = notes
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
            return closing(.page(ErrorPages.badRequest(anonymous), .badRequest))
        case .foreign:
            note(.foreignHost, request.head.authority ?? "", visitor)
            let page = ErrorPages.foreignHost(anonymous, own: settings.welcome.origin)
            return closing(.page(page, .misdirectedRequest))
        }
        guard let route else {
            if let meant = meant(path), request.method == .get || request.method == .head {
                return .moved(meant.path + target.dropFirst(path.count))
            }
            return await notFound(visitor)
        }
        let exchange = Exchange(
            request: request, body: body, route: route, query: target.dropFirst(path.count + 1), visitor: visitor,
            settings: settings)
        let methods = route.methods
        switch request.method {
        case .get where methods.get, .head where methods.get:
            return await show(exchange)
        case .post where methods.post:
            guard SameOrigin.allows(request.headers, origin: settings.welcome.origin) else {
                note(.foreignOrigin, route.path, visitor)
                return closing(.page(ErrorPages.foreignOrigin(anonymous), .forbidden))
            }
            return await act(exchange)
        default:
            let allowed = (methods.get ? ["GET", "HEAD"] : []) + (methods.post ? ["POST"] : [])
            var answer = Outgoing.page(ErrorPages.wrongMethod(anonymous), .methodNotAllowed)
            answer.fields[.allow] = allowed.joined(separator: ", ")
            return closing(answer)
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
            ? Outgoing.page(ErrorPages.tooLong(anonymous), .requestHeaderFieldsTooLarge)
            : Outgoing.page(ErrorPages.badRequest(anonymous), .badRequest)
        SecurityHeaders.add(to: &page.fields, isSecure: settings.welcome.isSecure)
        return page
    }

    private func note(_ kind: NoteKind, _ detail: String, _ visitor: Visitor) {
        guard let note = notes.take(kind, detail) else { return }
        backend.tell(.note(note), from: Visitor(address: visitor.address, token: []))
    }

    private func health(_ visitor: Visitor) async -> Outgoing {
        let reply = await backend.ask(.ping, from: Visitor(address: visitor.address, token: []))
        return reply.answer == .done ? .text("ok\n") : .text("daemon\n", .serviceUnavailable)
    }

    /// The layout for who isn't known to be logged in.
    var anonymous: Layout { Layout(settings: settings, frame: nil, current: nil) }

    func layout(_ frame: Frame, _ current: Route?) -> Layout {
        Layout(settings: settings, frame: frame, current: current)
    }

    /// What the client still sends isn't read as a request.
    func closing(_ outgoing: Outgoing) -> Outgoing {
        var outgoing = outgoing
        outgoing.closes = true
        return outgoing
    }

    /// With the menu for whoever is logged in.
    func notFound(_ visitor: Visitor) async -> Outgoing {
        .page(ErrorPages.notFound(await layout(for: visitor)), .notFound)
    }

    /// For the pages that are the same for everybody, but for the menu.
    func layout(for visitor: Visitor, current: Route? = nil) async -> Layout {
        guard !visitor.token.isEmpty, case .page(let frame, _) = await backend.ask(.frame, from: visitor).answer else {
            return anonymous
        }
        return layout(frame, current)
    }

    /// The login, which leads back.
    /// - error: What became of the form that was sent.
    func sessionOver(_ exchange: Exchange, _ error: HTML?) -> Outgoing {
        let login = LoginPages.login(anonymous, back: exchange.back, error: error)
        var page = error == nil ? Outgoing.page(login) : Outgoing.page(login, .forbidden)
        if !exchange.visitor.token.isEmpty { page.fields[.setCookie] = SessionCookie.clear }
        return page
    }

    /// An answer that isn't the one hoped for, as every page shows it.
    func other(_ answer: Answer, _ exchange: Exchange) async -> Outgoing {
        switch answer {
        case .loginNeeded:
            return sessionOver(
                exchange,
                exchange.isPost
                    ? "Votre session a pris fin : rien n'a été fait. Reconnectez-vous, puis recommencez." : nil)
        case .notFound:
            return await notFound(exchange.visitor)
        case .refused(let text):
            return .page(ErrorPages.refused(await layout(for: exchange.visitor), text), .unprocessableContent)
        case .later(let seconds):
            var page = Outgoing.page(
                ErrorPages.later(await layout(for: exchange.visitor), seconds: seconds), .tooManyRequests)
            page.fields[.retryAfter] = "\(seconds)"
            return page
        case .unavailable(let text):
            var page = Outgoing.page(ErrorPages.unavailable(anonymous, text), .serviceUnavailable)
            page.fields[.retryAfter] = "2"
            return page
        case .done, .session, .page, .download, .upload, .state, .outcome, .problems, .registrant:
            // An answer to another question: a fault of one of the two programs.
            note(.failure, "unexpected answer to \(exchange.route.path)", exchange.visitor)
            return .page(ErrorPages.unavailable(anonymous, ""), .internalServerError)
        }
    }
}

extension Exchange {
    /// Where a login leads back to: this page, if it can be asked for, or the one that its form stands on.
    var back: Address? {
        switch route {
        case .home, .login, .logout, .extend: return nil
        case .control: return Address(.deposit)
        case .sessions: return Address(.information)
        default: return Address(route, isPost ? [] : kept(queryFields ?? FormFields()))
        }
    }
}

/// The fields of an address that a login keeps.
func kept(_ fields: FormFields) -> [(name: StaticString, value: String)] {
    let names: [StaticString] = ["type", "plie", "page", "etat", "depuis", "avant", "deposant", "recherche"]
    return names.map { ($0, (try? fields.text("\($0)")) ?? "") }
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

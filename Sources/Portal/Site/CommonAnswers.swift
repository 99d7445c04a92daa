import HTTPTypes
import PortalHTML
import PortalPages
import PortalProtocol
import WebParsing

/// What every part of the site asks and answers alike: questions to the daemon, layouts, and all that is not what was hoped for.
struct CommonAnswers {
    let backend: any PortalBackend
    let settings: SiteSettings
    let notes: NoteTally

    /// What the daemon answers to the question of one request.
    func ask(_ question: Question, _ exchange: Exchange) async -> Answer {
        await backend.ask(question, from: exchange.visitor).answer
    }

    /// For a form of which there is nothing to say but that it is done.
    func done(_ question: Question, _ exchange: Exchange, then route: Route) async -> Outgoing {
        let answer = await ask(question, exchange)
        return answer == .done ? .seeOther(route) : await other(answer, exchange)
    }

    func note(_ kind: NoteKind, _ detail: String, _ visitor: Visitor) {
        guard let note = notes.take(kind, detail) else { return }
        backend.tell(.note(note), from: Visitor(address: visitor.address, token: []))
    }

    /// The layout for who isn't known to be logged in.
    var anonymous: Layout { Layout(settings: settings, frame: nil, current: nil) }

    func layout(_ frame: Frame, _ current: Route?) -> Layout {
        Layout(settings: settings, frame: frame, current: current)
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
        let login = LoginPages.login(anonymous, back: WayBack.of(exchange), error: error)
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

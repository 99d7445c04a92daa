import HTTPTypes
import PortalHTML
import PortalPages
import PortalProtocol
import WebParsing

/// The login and the logout, and the ways to a password of whoever has none at hand.
struct LoginForms {
    let common: CommonAnswers

    /// Who is logged out is told so; whose session couldn't be ended, because the disk is full say, must know that it lives.
    func logOut(_ exchange: Exchange) async -> Outgoing {
        switch await common.ask(.logout, exchange) {
        case .done, .loginNeeded: return Outgoing.seeOther(.login).withoutSession
        default:
            var page = Outgoing.page(
                ErrorPages.notLoggedOut(common.anonymous, idleMinutes: common.settings.welcome.sessionIdleMinutes),
                .serviceUnavailable)
            page.fields[.retryAfter] = "2"
            return page.withoutSession
        }
    }

    func login(_ exchange: Exchange, _ form: FormFields) async throws(FormFields.Fault) -> Outgoing {
        var credentials = Credentials()
        credentials.email = try form.text("email")
        credentials.password = form.bytes("mot_de_passe")
        credentials.agent = exchange.agent
        let back = try WayBack.read(form.text("retour"))
        let again = { (error: HTML, status: HTTPResponse.Status) in
            Outgoing.page(
                LoginPages.login(common.anonymous, back: back, error: error, email: credentials.email), status)
        }
        // What no account can have needs no asking, but the same answer.
        guard credentials.password.count <= PortalBounds.password, credentials.email.utf8.count <= PortalBounds.email
        else { return again(wrongLogin, .unprocessableContent) }
        let answer = await common.ask(.login(credentials), exchange)
        switch answer {
        case .session(let token):
            var answer = Outgoing.seeOther(back ?? Address(.home))
            answer.fields[.setCookie] = SessionCookie.set(token)
            return answer
        case .loginNeeded, .refused:
            return again(wrongLogin, .unprocessableContent)
        case .later(let seconds):
            var answer = again(
                "Trop d'essais. Réessayez dans \(French.wait(seconds)), ou choisissez un nouveau mot de passe avec « Mot de passe oublié ».",
                .tooManyRequests)
            answer.fields[.retryAfter] = "\(seconds)"
            return answer
        default:
            return await common.other(answer, exchange)
        }
    }

    private var wrongLogin: HTML { "L'email ou le mot de passe n'est pas le bon." }

    func askReset(_ exchange: Exchange, _ form: FormFields) async throws(FormFields.Fault) -> Outgoing {
        let email = try form.text("email")
        guard email.contains("@"), email.utf8.count <= PortalBounds.email else {
            return .page(
                LoginPages.lostPassword(
                    common.anonymous,
                    error: FormFault("Indiquez une adresse de la forme nom@exemple.fr.", field: "email"),
                    email: email),
                .unprocessableContent)
        }
        let answer = await common.ask(.askReset(email: email), exchange)
        return answer == .done
            ? .page(LoginPages.lostPasswordSent(common.anonymous)) : await common.other(answer, exchange)
    }

    func reset(_ exchange: Exchange, _ form: FormFields, _ token: [UInt8]) async -> Outgoing {
        let again = { (error: FormFault) in
            Outgoing.page(LoginPages.reset(common.anonymous, token: token, error: error), .unprocessableContent)
        }
        if let wrong = PasswordPair.fault(form) { return again(wrong) }
        var password = NewPassword()
        password.token = token
        password.password = form.bytes("mot_de_passe")
        let answer = await common.ask(.reset(password), exchange)
        switch answer {
        case .done: return .page(LoginPages.resetDone(common.anonymous)).withoutSession
        case .refused(let text): return again(PasswordPair.refusal(text))
        case .notFound: return .page(LoginPages.expiredLink(common.anonymous), .notFound)
        default: return await common.other(answer, exchange)
        }
    }
}

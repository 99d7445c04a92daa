import HTTPTypes
import PortalHTML
import PortalPages
import PortalProtocol
import WebParsing

/// The forms of people who come by themselves. The daemon judges every field; what was typed comes back but for the passwords.
extension Site {
    func register(_ exchange: Exchange, _ form: FormFields) async throws(FormFields.Fault) -> Outgoing {
        let text = { (field: FormField) throws(FormFields.Fault) in try form.text("\(field.key)") }
        var typed = Registration()
        typed.siret = try text(.siret)
        typed.company = try text(.company)
        typed.street = try text(.street)
        typed.postalCode = try text(.postalCode)
        typed.city = try text(.city)
        typed.email = try text(.email)
        typed.title = try text(.title)
        typed.lastName = try text(.lastName)
        typed.firstName = try text(.firstName)
        typed.phone = try text(.phone)
        // One byte more than the daemon takes: it says so.
        typed.password = Array(form.bytes("\(FormField.password.key)").prefix(PortalBounds.typedPassword))
        typed.confirmation = Array(form.bytes("\(FormField.confirmation.key)").prefix(PortalBounds.typedPassword))
        let answer = await backend.ask(.register(typed), from: exchange.visitor).answer
        switch answer {
        case .done: return .seeOther(.registered)
        case .problems(let problems):
            return .page(RegistrationPages.form(anonymous, typed, problems: problems), .unprocessableContent)
        case .later(let seconds):
            return later(seconds, RegistrationPages.form(anonymous, typed, problems: [], error: tooMany(seconds)))
        default: return await other(answer, exchange)
        }
    }

    func activate(_ exchange: Exchange, _ form: FormFields, _ token: [UInt8]) async -> Outgoing {
        var typed = Activation()
        typed.token = token
        typed.password = Array(form.bytes("\(FormField.password.key)").prefix(PortalBounds.typedPassword))
        let answer = await backend.ask(.activate(typed), from: exchange.visitor).answer
        let again = { (problems: [FieldProblem], error: HTML?) async -> HTML in
            let asked = await backend.ask(.checkActivation(token: token), from: exchange.visitor).answer
            guard case .registrant(let registrant) = asked else { return RegistrationPages.expired(anonymous) }
            return RegistrationPages.activation(anonymous, token, registrant, problems: problems, error: error)
        }
        switch answer {
        case .done: return .seeOther(.activated)
        case .problems(let problems): return .page(await again(problems, nil), .unprocessableContent)
        case .later(let seconds): return later(seconds, await again([], tooMany(seconds)))
        case .notFound: return .page(RegistrationPages.expired(anonymous), .notFound)
        default: return await other(answer, exchange)
        }
    }

    func join(_ exchange: Exchange, _ form: FormFields) async throws(FormFields.Fault) -> Outgoing {
        var typed = JoinRequest()
        typed.siret = try form.text("\(FormField.siret.key)")
        typed.code = try form.text("\(FormField.code.key)")
        let answer = await backend.ask(.join(typed), from: exchange.visitor).answer
        let again = { (problems: [FieldProblem], error: HTML?) async -> HTML? in
            let asked = await backend.ask(.frame, from: exchange.visitor).answer
            guard case .page(let frame, _) = asked else { return nil }
            return AccessPages.form(layout(frame, .join), frame, typed, problems: problems, error: error)
        }
        switch answer {
        case .done: return .seeOther(.home)
        case .problems(let problems):
            guard let page = await again(problems, nil) else { return await other(.loginNeeded, exchange) }
            return .page(page, .unprocessableContent)
        case .later(let seconds):
            guard let page = await again([], tooMany(seconds)) else { return await other(.loginNeeded, exchange) }
            return later(seconds, page)
        default: return await other(answer, exchange)
        }
    }

    private func tooMany(_ seconds: UInt32) -> HTML { "Trop d'essais. Réessayez dans \(French.wait(seconds))." }

    private func later(_ seconds: UInt32, _ page: HTML) -> Outgoing {
        var answer = Outgoing.page(page, .tooManyRequests)
        answer.fields[.retryAfter] = "\(seconds)"
        return answer
    }
}

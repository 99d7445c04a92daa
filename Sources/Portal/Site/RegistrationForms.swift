import HTTPTypes
import PortalHTML
import PortalPages
import PortalProtocol
import WebParsing

/// The forms of people who come by themselves. The daemon judges every field; what was typed comes back but for the passwords.
struct RegistrationForms {
    let common: CommonAnswers

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
        let answer = await common.ask(.register(typed), exchange)
        switch answer {
        case .done: return .seeOther(.registered)
        case .problems(let problems):
            return .page(RegistrationPages.form(common.anonymous, typed, problems: problems), .unprocessableContent)
        case .later(let seconds):
            return later(
                seconds, RegistrationPages.form(common.anonymous, typed, problems: [], error: tooMany(seconds)))
        default: return await common.other(answer, exchange)
        }
    }

    func activate(_ exchange: Exchange, _ form: FormFields, _ token: [UInt8]) async -> Outgoing {
        var typed = Activation()
        typed.token = token
        typed.password = Array(form.bytes("\(FormField.password.key)").prefix(PortalBounds.typedPassword))
        let answer = await common.ask(.activate(typed), exchange)
        let again = { (problems: [FieldProblem], error: HTML?) async -> HTML in
            let asked = await common.ask(.checkActivation(token: token), exchange)
            guard case .registrant(let registrant) = asked else { return RegistrationPages.expired(common.anonymous) }
            return RegistrationPages.activation(common.anonymous, token, registrant, problems: problems, error: error)
        }
        switch answer {
        case .done: return .seeOther(.activated)
        case .problems(let problems): return .page(await again(problems, nil), .unprocessableContent)
        case .later(let seconds): return later(seconds, await again([], tooMany(seconds)))
        case .notFound: return .page(RegistrationPages.expired(common.anonymous), .notFound)
        default: return await common.other(answer, exchange)
        }
    }

    func join(_ exchange: Exchange, _ form: FormFields) async throws(FormFields.Fault) -> Outgoing {
        var typed = JoinRequest()
        typed.siret = try form.text("\(FormField.siret.key)")
        typed.code = try form.text("\(FormField.code.key)")
        let answer = await common.ask(.join(typed), exchange)
        let again = { (problems: [FieldProblem], error: HTML?) async -> HTML? in
            let asked = await common.ask(.frame, exchange)
            guard case .page(let frame, _) = asked else { return nil }
            return AccessPages.form(common.layout(frame, .join), frame, typed, problems: problems, error: error)
        }
        switch answer {
        case .done: return .seeOther(.home)
        case .problems(let problems):
            guard let page = await again(problems, nil) else { return await common.other(.loginNeeded, exchange) }
            return .page(page, .unprocessableContent)
        case .later(let seconds):
            guard let page = await again([], tooMany(seconds)) else {
                return await common.other(.loginNeeded, exchange)
            }
            return later(seconds, page)
        default: return await common.other(answer, exchange)
        }
    }

    private func tooMany(_ seconds: UInt32) -> HTML { "Trop d'essais. Réessayez dans \(French.wait(seconds))." }

    private func later(_ seconds: UInt32, _ page: HTML) -> Outgoing {
        var answer = Outgoing.page(page, .tooManyRequests)
        answer.fields[.retryAfter] = "\(seconds)"
        return answer
    }
}

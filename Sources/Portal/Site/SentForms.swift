import HTTPTypes
import PortalHTML
import PortalPages
import PortalProtocol
import WebParsing

/// The POSTs: whatever changes something. Each is answered by 303, or by the form again with what is wrong.
struct SentForms {
    private let common: CommonAnswers
    private let logins: LoginForms
    private let registrations: RegistrationForms
    private let personal: PersonalForms
    private let deposits: DepositForms

    init(common: CommonAnswers) {
        self.common = common
        logins = LoginForms(common: common)
        registrations = RegistrationForms(common: common)
        personal = PersonalForms(common: common)
        deposits = DepositForms(common: common)
    }

    func act(_ exchange: Exchange) async -> Outgoing {
        if exchange.route == .deposit { return await deposits.upload(exchange, onlyControl: false) }
        if exchange.route == .control { return await deposits.upload(exchange, onlyControl: true) }
        let form: FormFields
        do {
            form = try await exchange.form()
        } catch {
            return .closing(
                error == .tooLarge
                    ? .page(ErrorPages.tooMuchText(common.anonymous), .contentTooLarge)
                    : .page(ErrorPages.badRequest(common.anonymous), .badRequest))
        }
        do {
            return try await act(exchange, form)
        } catch {
            return .page(ErrorPages.badRequest(common.anonymous), .badRequest)
        }
    }

    private func act(_ exchange: Exchange, _ form: FormFields) async throws(FormFields.Fault) -> Outgoing {
        switch exchange.route {
        case .login: return try await logins.login(exchange, form)
        case .logout:
            return await logins.logOut(exchange)
        case .extend:
            let answer = await common.ask(.extend, exchange)
            guard case .page = answer else { return await common.other(answer, exchange) }
            return .seeOther(.home)
        case .lostPassword: return try await logins.askReset(exchange, form)
        case .resetPassword(let token): return await logins.reset(exchange, form, token)
        case .register: return try await registrations.register(exchange, form)
        case .activate(let token): return await registrations.activate(exchange, form, token)
        case .join: return try await registrations.join(exchange, form)
        case .changePassword: return await personal.changePassword(exchange, form)
        case .sftpAccount: return await personal.setSFTPPassword(exchange, form)
        case .keys: return try await personal.changeKeys(exchange, form)
        case .notifications:
            return await common.done(.setMuted(!form.has("qualiopi")), exchange, then: .information)
        case .sessions:
            let which = try form.text("session")
            if which == "autres" { return await common.done(.endOtherSessions, exchange, then: .information) }
            guard let id = UInt64(which) else { return .page(ErrorPages.badRequest(common.anonymous), .badRequest) }
            return await common.done(.endSession(id: id), exchange, then: .information)
        case .report(.form(let key), .summary):
            return try await deposits.decide(exchange, form, key)
        default:
            return .page(ErrorPages.badRequest(common.anonymous), .badRequest)
        }
    }
}

import HTTPTypes
import PortalHTML
import PortalPages
import PortalProtocol
import WebParsing

/// The POSTs: whatever changes something, but for a file's upload. Each is answered by 303, or by the form again with what is wrong.
extension Site {
    func act(_ exchange: Exchange) async -> Outgoing {
        if exchange.route == .deposit { return await upload(exchange, onlyControl: false) }
        if exchange.route == .control { return await upload(exchange, onlyControl: true) }
        let form: FormFields
        do {
            form = try await exchange.form()
        } catch {
            return closing(
                .page(ErrorPages.badRequest(anonymous), error == .tooLarge ? .contentTooLarge : .badRequest))
        }
        do {
            return try await act(exchange, form)
        } catch {
            return .page(ErrorPages.badRequest(anonymous), .badRequest)
        }
    }

    private func act(_ exchange: Exchange, _ form: FormFields) async throws(FormFields.Fault) -> Outgoing {
        switch exchange.route {
        case .login: return try await login(exchange, form)
        case .logout:
            return withoutSession(await logOut(exchange))
        case .extend:
            let answer = await backend.ask(.extend, from: exchange.visitor).answer
            guard case .page = answer else { return await other(answer, exchange) }
            return .seeOther(.home)
        case .lostPassword: return try await askReset(exchange, form)
        case .resetPassword(let token): return await reset(exchange, form, token)
        case .register: return try await register(exchange, form)
        case .activate(let token): return await activate(exchange, form, token)
        case .join: return try await join(exchange, form)
        case .changePassword: return await changePassword(exchange, form)
        case .sftpAccount: return await setSFTPPassword(exchange, form)
        case .keys: return try await changeKeys(exchange, form)
        case .notifications:
            return await done(.setMuted(!form.has("qualiopi")), exchange, then: .information)
        case .sessions:
            let which = try form.text("session")
            if which == "autres" { return await done(.endOtherSessions, exchange, then: .information) }
            guard let id = UInt64(which) else { return .page(ErrorPages.badRequest(anonymous), .badRequest) }
            return await done(.endSession(id: id), exchange, then: .information)
        case .report(.form(let key), .summary):
            return try await decide(exchange, form, key)
        default:
            return .page(ErrorPages.badRequest(anonymous), .badRequest)
        }
    }

    private func done(_ question: Question, _ exchange: Exchange, then route: Route) async -> Outgoing {
        let answer = await backend.ask(question, from: exchange.visitor).answer
        return answer == .done ? .seeOther(route) : await other(answer, exchange)
    }

    /// Who is logged out is told so; whose session couldn't be ended, because the disk is full say, must know that it lives.
    private func logOut(_ exchange: Exchange) async -> Outgoing {
        switch await backend.ask(.logout, from: exchange.visitor).answer {
        case .done, .loginNeeded: return .seeOther(.login)
        default:
            var page = Outgoing.page(
                ErrorPages.notLoggedOut(anonymous, idleMinutes: settings.welcome.sessionIdleMinutes),
                .serviceUnavailable)
            page.fields[.retryAfter] = "2"
            return page
        }
    }

    private func withoutSession(_ outgoing: Outgoing) -> Outgoing {
        var outgoing = outgoing
        outgoing.fields[.setCookie] = SessionCookie.clear
        return outgoing
    }

    private func login(_ exchange: Exchange, _ form: FormFields) async throws(FormFields.Fault) -> Outgoing {
        var credentials = Credentials()
        credentials.email = try form.text("email")
        credentials.password = form.bytes("mot_de_passe")
        credentials.agent = exchange.agent
        let back = try Site.back(form.text("retour"))
        let again = { (error: HTML, status: HTTPResponse.Status) in
            Outgoing.page(
                LoginPages.login(anonymous, back: back, error: error, email: credentials.email), status)
        }
        // What no account can have needs no asking, but the same answer.
        guard credentials.password.count <= PortalBounds.password, credentials.email.utf8.count <= PortalBounds.email
        else { return again(wrongLogin, .unprocessableContent) }
        let answer = await backend.ask(.login(credentials), from: exchange.visitor).answer
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
            return await other(answer, exchange)
        }
    }

    private var wrongLogin: HTML { "L'email ou le mot de passe n'est pas le bon." }

    /// An address of ours, put together anew from what a form gave back; nil for anything else.
    static func back(_ text: String) -> Address? {
        let path = text.prefix { $0 != "?" }
        guard let route = Route(path: path), route.methods.get else { return nil }
        let query = (try? FormFields(text.dropFirst(path.count + 1).utf8)) ?? FormFields()
        return Address(route, kept(query))
    }

    private func askReset(_ exchange: Exchange, _ form: FormFields) async throws(FormFields.Fault) -> Outgoing {
        let email = try form.text("email")
        guard email.contains("@"), email.utf8.count <= PortalBounds.email else {
            return .page(
                LoginPages.lostPassword(
                    anonymous, error: FormFault("Indiquez une adresse de la forme nom@exemple.fr.", field: "email"),
                    email: email),
                .unprocessableContent)
        }
        let answer = await backend.ask(.askReset(email: email), from: exchange.visitor).answer
        return answer == .done ? .page(LoginPages.lostPasswordSent(anonymous)) : await other(answer, exchange)
    }

    /// Nil if both are the same and within the bound; else what is wrong.
    private func wrongPair(_ form: FormFields) -> FormFault? {
        let password = form.bytes("mot_de_passe")
        if password != form.bytes("confirmation") {
            return FormFault("Les deux mots de passe ne sont pas identiques.", field: "confirmation")
        }
        if password.count > PortalBounds.password {
            return FormFault("Le mot de passe a plus de \(PortalBounds.password) octets.", field: "mot_de_passe")
        }
        return nil
    }

    /// What the daemon said no to: the present password, the new one, or neither.
    private func refusal(_ text: String) -> FormFault {
        let field =
            text.hasSuffix("n'est pas le bon.") ? "actuel" : text.hasPrefix("Le mot de passe") ? "mot_de_passe" : nil
        return FormFault("\(text)", field: field)
    }

    private func reset(_ exchange: Exchange, _ form: FormFields, _ token: [UInt8]) async -> Outgoing {
        let again = { (error: FormFault) in
            Outgoing.page(LoginPages.reset(anonymous, token: token, error: error), .unprocessableContent)
        }
        if let wrong = wrongPair(form) { return again(wrong) }
        var password = NewPassword()
        password.token = token
        password.password = form.bytes("mot_de_passe")
        let answer = await backend.ask(.reset(password), from: exchange.visitor).answer
        switch answer {
        case .done: return withoutSession(.page(LoginPages.resetDone(anonymous)))
        case .refused(let text): return again(refusal(text))
        case .notFound: return .page(LoginPages.expiredLink(anonymous), .notFound)
        default: return await other(answer, exchange)
        }
    }

    private func changePassword(_ exchange: Exchange, _ form: FormFields) async -> Outgoing {
        let again = { (error: FormFault) async -> Outgoing in
            .page(
                LoginPages.change(await layout(for: exchange.visitor, current: .information), error: error),
                .unprocessableContent)
        }
        if let wrong = wrongPair(form) { return await again(wrong) }
        var change = PasswordChange()
        change.current = form.bytes("actuel")
        change.password = form.bytes("mot_de_passe")
        change.agent = exchange.agent
        guard change.current.count <= PortalBounds.password else {
            return await again(FormFault("Le mot de passe actuel n'est pas le bon.", field: "actuel"))
        }
        let answer = await backend.ask(.changePassword(change), from: exchange.visitor).answer
        switch answer {
        case .session(let token):
            var answer = Outgoing.seeOther(.information)
            answer.fields[.setCookie] = SessionCookie.set(token)
            return answer
        case .refused(let text): return await again(refusal(text))
        case .loginNeeded:
            // Of a form that is sent twice the first has ended the session of the second.
            return sessionOver(
                exchange,
                "Votre session a pris fin. Si votre mot de passe vient d'être changé, connectez-vous avec le nouveau ; sinon, reconnectez-vous, puis recommencez."
            )
        default: return await other(answer, exchange)
        }
    }

    private func setSFTPPassword(_ exchange: Exchange, _ form: FormFields) async -> Outgoing {
        let again = { (error: FormFault) async -> Outgoing in
            let answer = await backend.ask(.information, from: exchange.visitor).answer
            guard case .page(let frame, .information(let page)) = answer else { return await other(answer, exchange) }
            return .page(
                SFTPPages.password(layout(frame, .information), page.sftp, error: error),
                .unprocessableContent)
        }
        if let wrong = wrongPair(form) { return await again(wrong) }
        var wanted = SFTPPassword()
        wanted.current = form.bytes("actuel")
        wanted.password = form.bytes("mot_de_passe")
        guard wanted.current.count <= PortalBounds.password else {
            return await again(FormFault("Le mot de passe du COLLECTEUR n'est pas le bon.", field: "actuel"))
        }
        let answer = await backend.ask(.setSFTPPassword(wanted), from: exchange.visitor).answer
        switch answer {
        case .done: return .seeOther(.information)
        case .refused(let text): return await again(refusal(text))
        default: return await other(answer, exchange)
        }
    }

    /// Adds a key, or removes the one that the table's button names.
    private func changeKeys(_ exchange: Exchange, _ form: FormFields) async throws(FormFields.Fault) -> Outgoing {
        let removed = try form.text("retirer")
        if !removed.isEmpty { return await done(.removeKey(fingerprint: removed), exchange, then: .information) }
        var key = NewKey()
        key.name = try form.text("nom_cle")
        // Of several lines: what is no key is told so, and not that a form makes no sense.
        key.text = String(decoding: form.bytes("cle"), as: UTF8.self)
        key.current = form.bytes("actuel")
        let name = key.name
        let again = { (error: FormFault) async -> Outgoing in
            let answer = await backend.ask(.information, from: exchange.visitor).answer
            guard case .page(let frame, .information(let page)) = answer else { return await other(answer, exchange) }
            return .page(
                SFTPPages.addKey(layout(frame, .information), page.sftp, error: error, name: name),
                .unprocessableContent)
        }
        // What is over a bound of the control socket would be cut on its way.
        guard key.current.count <= PortalBounds.password else {
            return await again(FormFault("\(PortalWords.wrongPassword)", field: "actuel"))
        }
        guard key.name.utf8.count <= PortalBounds.name else {
            return await again(FormFault("Le nom de la clé doit tenir en 100 caractères.", field: "nom_cle"))
        }
        guard key.text.utf8.count <= PortalBounds.publicKey else {
            return await again(
                FormFault(
                    "Ce texte est trop long pour une clé publique : collez la seule ligne du fichier .pub.",
                    field: "cle"))
        }
        let answer = await backend.ask(.addKey(key), from: exchange.visitor).answer
        switch answer {
        case .done: return .seeOther(.information)
        case .refused(let text):
            return await again(FormFault("\(text)", field: text == PortalWords.wrongPassword ? "actuel" : "cle"))
        default: return await other(answer, exchange)
        }
    }

    /// The word that a file waits for.
    private func decide(
        _ exchange: Exchange, _ form: FormFields, _ key: [UInt8]
    ) async throws(FormFields.Fault) -> Outgoing {
        let question: Question
        switch try form.text("action") {
        case "confirmer": question = .confirm(key: key)
        case "abandonner": question = .giveUp(key: key)
        default: return .page(ErrorPages.badRequest(anonymous), .badRequest)
        }
        let answer = await backend.ask(question, from: exchange.visitor).answer
        switch answer {
        case .outcome(_, let outcome): return .seeOther(Site.outcome(outcome, key: key))
        case .done: return .seeOther(.home)
        default: return await other(answer, exchange)
        }
    }

    static func outcome(_ outcome: FormOutcome, key: [UInt8]) -> Route {
        outcome.state == .deposited ? .report(.deposit(outcome.deposit), .summary) : .report(.form(key), .summary)
    }
}

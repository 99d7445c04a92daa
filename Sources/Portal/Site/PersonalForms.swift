import HTTPTypes
import PortalHTML
import PortalPages
import PortalProtocol
import WebParsing

/// What a person who is logged in changes of what opens the portal and the SFTP account.
struct PersonalForms {
    let common: CommonAnswers

    func changePassword(_ exchange: Exchange, _ form: FormFields) async -> Outgoing {
        let again = { (error: FormFault) async -> Outgoing in
            .page(
                LoginPages.change(await common.layout(for: exchange.visitor, current: .information), error: error),
                .unprocessableContent)
        }
        if let wrong = PasswordPair.fault(form) { return await again(wrong) }
        var change = PasswordChange()
        change.current = form.bytes("actuel")
        change.password = form.bytes("mot_de_passe")
        change.agent = exchange.agent
        guard change.current.count <= PortalBounds.password else {
            return await again(FormFault("Le mot de passe actuel n'est pas le bon.", field: "actuel"))
        }
        let answer = await common.ask(.changePassword(change), exchange)
        switch answer {
        case .session(let token):
            var answer = Outgoing.seeOther(.information)
            answer.fields[.setCookie] = SessionCookie.set(token)
            return answer
        case .refused(let text): return await again(PasswordPair.refusal(text))
        case .loginNeeded:
            // Of a form that is sent twice the first has ended the session of the second.
            return common.sessionOver(
                exchange,
                "Votre session a pris fin. Si votre mot de passe vient d'être changé, connectez-vous avec le nouveau ; sinon, reconnectez-vous, puis recommencez."
            )
        default: return await common.other(answer, exchange)
        }
    }

    func setSFTPPassword(_ exchange: Exchange, _ form: FormFields) async -> Outgoing {
        let again = { (error: FormFault) async -> Outgoing in
            let answer = await common.ask(.information, exchange)
            guard case .page(let frame, .information(let page)) = answer else {
                return await common.other(answer, exchange)
            }
            return .page(
                SFTPPages.password(common.layout(frame, .information), page.sftp, error: error),
                .unprocessableContent)
        }
        if let wrong = PasswordPair.fault(form) { return await again(wrong) }
        var wanted = SFTPPassword()
        wanted.current = form.bytes("actuel")
        wanted.password = form.bytes("mot_de_passe")
        guard wanted.current.count <= PortalBounds.password else {
            return await again(FormFault("Le mot de passe du COLLECTEUR n'est pas le bon.", field: "actuel"))
        }
        let answer = await common.ask(.setSFTPPassword(wanted), exchange)
        switch answer {
        case .done: return .seeOther(.information)
        case .refused(let text): return await again(PasswordPair.refusal(text))
        default: return await common.other(answer, exchange)
        }
    }

    /// Adds a key, or removes the one that the table's button names.
    func changeKeys(_ exchange: Exchange, _ form: FormFields) async throws(FormFields.Fault) -> Outgoing {
        let removed = try form.text("retirer")
        if !removed.isEmpty { return await common.done(.removeKey(fingerprint: removed), exchange, then: .information) }
        var key = NewKey()
        key.name = try form.text("nom_cle")
        // Of several lines: what is no key is told so, and not that a form makes no sense.
        key.text = String(decoding: form.bytes("cle"), as: UTF8.self)
        key.current = form.bytes("actuel")
        let name = key.name
        let again = { (error: FormFault) async -> Outgoing in
            let answer = await common.ask(.information, exchange)
            guard case .page(let frame, .information(let page)) = answer else {
                return await common.other(answer, exchange)
            }
            return .page(
                SFTPPages.addKey(common.layout(frame, .information), page.sftp, error: error, name: name),
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
        let answer = await common.ask(.addKey(key), exchange)
        switch answer {
        case .done: return .seeOther(.information)
        case .refused(let text):
            return await again(FormFault("\(text)", field: text == PortalWords.wrongPassword ? "actuel" : "cle"))
        default: return await common.other(answer, exchange)
        }
    }
}

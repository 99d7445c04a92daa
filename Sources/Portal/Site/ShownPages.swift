import HTTPTypes
import NIOCore
import PortalAssets
import PortalHTML
import PortalPages
import PortalProtocol
import WebParsing

/// The pages that are looked at: one question to the daemon each.
struct ShownPages {
    let common: CommonAnswers
    let reports: ShownReports

    func show(_ exchange: Exchange) async -> Outgoing {
        switch exchange.route {
        case .asset(let name): return asset(name)
        case .security: return await security(exchange)
        case .siteMap: return await standing(exchange, StandingPages.siteMap)
        case .help: return await standing(exchange, HelpPage.page)
        case .legal: return await standing(exchange, StandingPages.legal)
        case .privacy: return await standing(exchange, PrivacyPage.page)
        case .accessibility: return await standing(exchange, AccessibilityPage.page)
        case .login:
            // Whoever is logged in already is led on.
            let layout = await common.layout(for: exchange.visitor)
            return layout.frame == nil ? .page(LoginPages.login(layout, back: nil)) : .seeOther(.home)
        case .register:
            let layout = await common.layout(for: exchange.visitor)
            return layout.frame == nil
                ? .page(RegistrationPages.form(layout, Registration(), problems: [])) : .seeOther(.home)
        case .registered: return .page(RegistrationPages.sent(common.anonymous))
        case .activate(let token): return await activation(exchange, token)
        case .activated: return .page(RegistrationPages.activated(common.anonymous))
        case .lostPassword:
            return .page(LoginPages.lostPassword(await common.layout(for: exchange.visitor)))
        case .resetPassword(let token):
            return await resetForm(exchange, token)
        case .state(let deposit):
            return await state(exchange, deposit)
        case .report(let subject, let view):
            return await reports.report(exchange, subject, view)
        default:
            return await page(exchange)
        }
    }

    /// The pages of which question and rendering are all there is.
    private func page(_ exchange: Exchange) async -> Outgoing {
        guard let question = question(exchange) else { return await common.notFound(exchange.visitor) }
        let answer = await common.ask(question, exchange)
        guard case .page(let frame, let page) = answer else { return await common.other(answer, exchange) }
        let layout = common.layout(frame, exchange.route)
        switch (question, page) {
        case (.home, .home(let page)): return .page(HomePages.home(layout, frame, page))
        case (.deposits(let query), .deposits(let page)):
            return .page(HomePages.deposits(layout, frame, query, page, error: Self.unreadFilter(exchange)))
        case (.depositForm, .depositForm(let form)): return .page(UploadPages.form(layout, frame, form))
        case (.periods(let query), .periods(let page)):
            return .page(RegistryPages.periods(layout, frame, query, page))
        case (.organisations(let query), .organisations(let page)):
            return .page(RegistryPages.organisations(layout, frame, query, page))
        case (.organisation, .organisation(let page)):
            return .page(RegistryPages.organisation(common.layout(frame, .organisations), frame, page))
        case (.information, .information(let page)) where exchange.route == .sftpAccount:
            return .page(SFTPPages.password(common.layout(frame, .information), page.sftp))
        case (.information, .information(let page)) where exchange.route == .keys:
            return .page(SFTPPages.addKey(common.layout(frame, .information), page.sftp))
        case (.information, .information(let page)) where exchange.route == .notifications:
            return .page(InformationPages.notifications(common.layout(frame, .information), frame, page))
        case (.information, .information(let page)):
            return .page(InformationPages.information(layout, frame, page))
        case (.frame, .bare) where exchange.route == .join:
            return .page(AccessPages.form(layout, frame, JoinRequest(), problems: []))
        case (.frame, .bare): return .page(LoginPages.change(common.layout(frame, .information)))
        default: return await common.other(answer, exchange)
        }
    }

    /// What a person may have written into the filter of deposits, and is none.
    private static func unreadFilter(_ exchange: Exchange) -> FormFault? {
        guard let fields = exchange.queryFields else { return nil }
        // A value that isn't even text is shown as nothing.
        let (state, since) = ((try? fields.text("etat")) ?? " ", (try? fields.text("depuis")) ?? " ")
        if !state.isEmpty, ShownState(key: state).map({ !ShownState.ofDeposits.contains($0) }) ?? true {
            return FormFault(
                "Aucun dépôt n'a l'état « \(state) » : choisissez l'un de ceux de la liste. Les dépôts de tous les états sont affichés.",
                field: "etat")
        }
        if !since.isEmpty, ShownDay(iso: since) == nil {
            return FormFault(
                "La date « \(since) » n'en est pas une : écrivez-la sous la forme AAAA-MM-JJ. Les dépôts de toutes les dates sont affichés.",
                field: "depuis")
        }
        return nil
    }

    /// What a page asks the daemon, with what its address says besides.
    private func question(_ exchange: Exchange) -> Question? {
        guard let fields = exchange.queryFields else { return nil }
        let text = { (name: String) in (try? fields.text(name)) ?? "" }
        switch exchange.route {
        case .home: return .home
        case .deposits:
            var query = DepositsQuery()
            query.state =
                ShownState(key: text("etat")).flatMap { ShownState.ofDeposits.contains($0) ? $0 : nil }?.rawValue ?? 0
            query.since = ShownDay(iso: text("depuis"))
            guard let before = Exchange.number(text("avant"), else: 0) else { return nil }
            query.before = before
            return .deposits(query)
        case .deposit: return .depositForm
        case .periods:
            var query = PeriodsQuery()
            query.depositor = text("deposant")
            query.before = ShownDay(iso: text("avant"))
            guard query.before != nil || text("avant").isEmpty else { return nil }
            return .periods(query)
        case .organisations:
            var query = OrganisationsQuery()
            query.search = text("recherche")
            guard let page = Exchange.number(text("page"), else: 1) else { return nil }
            query.page = UInt32(clamping: page)
            return .organisations(query)
        case .organisation(let nda): return .organisation(nda: nda)
        case .information, .sftpAccount, .keys, .notifications: return .information
        case .changePassword, .join: return .frame
        default: return nil
        }
    }

    private func standing(_ exchange: Exchange, _ page: (Layout) -> HTML) async -> Outgoing {
        .page(page(await common.layout(for: exchange.visitor, current: exchange.route)))
    }

    private func asset(_ name: String) -> Outgoing {
        guard let asset = common.settings.assets[name] else { return .text("404\n", .notFound) }
        return Outgoing(
            .ok, [.contentType: asset.type, .cacheControl: "public, max-age=31536000, immutable"],
            body: .bytes(ByteBuffer(bytes: asset.bytes)))
    }

    /// RFC 9116: `Contact` and `Expires` are what it demands; the answer is made anew each time, and so is the date.
    private func security(_ exchange: Exchange) async -> Outgoing {
        let texts = common.settings.texts
        let contact = texts.securityContact.isEmpty ? texts.assistance : texts.securityContact
        guard !contact.isEmpty else { return await common.notFound(exchange.visitor) }
        let isAddress = ["https://", "mailto:", "tel:"].contains { contact.hasPrefix($0) }
        return .text(
            """
            Contact: \(isAddress ? contact : "mailto:\(percentEncodedMail(contact))")
            Expires: \(ResponseDate.iso(daysFromNow: 90))
            Preferred-Languages: fr, en
            Canonical: \(common.settings.welcome.origin)\(Route.security.path)

            """)
    }

    private func resetForm(_ exchange: Exchange, _ token: [UInt8]) async -> Outgoing {
        let answer = await common.ask(.checkReset(token: token), exchange)
        switch answer {
        case .done: return .page(LoginPages.reset(common.anonymous, token: token))
        case .notFound, .refused:
            return .page(LoginPages.expiredLink(common.anonymous), .notFound)
        default: return await common.other(answer, exchange)
        }
    }

    /// Looking at it uses nothing: mail scanners open links.
    private func activation(_ exchange: Exchange, _ token: [UInt8]) async -> Outgoing {
        let answer = await common.ask(.checkActivation(token: token), exchange)
        switch answer {
        case .registrant(let registrant):
            return .page(RegistrationPages.activation(common.anonymous, token, registrant))
        case .notFound: return .page(RegistrationPages.expired(common.anonymous), .notFound)
        default: return await common.other(answer, exchange)
        }
    }

    private func state(_ exchange: Exchange, _ deposit: UInt64) async -> Outgoing {
        let answer = await common.ask(.state(deposit: deposit), exchange)
        let json = "application/json"
        switch answer {
        case .state(let state): return .text("{\"etat\": \"\(state.key)\"}\n", type: json)
        case .loginNeeded: return .text("{\"etat\": null}\n", type: json, .forbidden)
        case .notFound: return .text("{\"etat\": null}\n", type: json, .notFound)
        case .later(let seconds):
            var answer = Outgoing.text("{\"etat\": null}\n", type: json, .tooManyRequests)
            answer.fields[.retryAfter] = "\(seconds)"
            return answer
        default: return .text("{\"etat\": null}\n", type: json, .serviceUnavailable)
        }
    }
}

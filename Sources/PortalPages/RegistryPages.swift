package import PortalHTML
package import PortalProtocol

/// The calendar of periods and the organisations in force.
package enum RegistryPages {
    package static func periods(_ layout: Layout, _ frame: Frame, _ query: PeriodsQuery, _ page: PeriodsPage) -> HTML {
        let chosen: [(name: StaticString, value: String)] = [("deposant", frame.hasSeveral ? page.depositor : "")]
        return layout.document(
            "Périodes de dépôt",
            """
            <h1>Périodes de dépôt</h1>
            \(establishmentsBeyond(frame))\
            \(if: frame.hasSeveral, chooser(frame, page.depositor))\
            \(if: page.periods.isEmpty, "<p>Aucune période n'est encore enregistrée.</p>\n")\
            \(if: !page.periods.isEmpty, table(frame, page))\
            \(if: query.before != nil || page.hasOlder, """
                <nav class="pages" aria-label="Pages"><ul>
                \(if: query.before != nil, "<li><a href=\"\(Address(.periods, chosen))\">Les plus récentes</a></li>")\
                \(if: page.hasOlder, "<li><a rel=\"next\" href=\"\(Address(.periods, chosen + [("avant", page.periods.last?.start.iso ?? "")]))\">Plus anciennes</a></li>")
                </ul></nav>

                """)\
            \(if: page.curve.count > 1, Curve.section(page.curve))
            """)
    }

    private static func chooser(_ frame: Frame, _ depositor: String) -> HTML {
        """
        <form class="filtre" method="get" action="\(Route.periods)">
        <p><label for="deposant">Déposant</label>
        <select id="deposant" name="deposant">
        \(each: frame.establishments, { one in
            "<option value=\"\(one.code)\"\(if: one.code == depositor, " selected")>\(one.name)</option>\n"
        })</select></p>
        <p><button class="secondaire">Afficher</button></p>
        </form>

        """
    }

    private static func table(_ frame: Frame, _ page: PeriodsPage) -> HTML {
        """
        <div class="defile" tabindex="0" role="region" aria-label="Périodes">
        <table><caption>\(frame.name(of: page.depositor)), de la période la plus récente à la plus ancienne</caption>
        <thead><tr><th scope="col">Période de dépôt</th><th scope="col">Etat</th><th scope="col">Dépôt</th></tr></thead>
        <tbody>
        \(each: page.periods, { row in
            """
            <tr><th scope="row">\(row.start == row.end ? row.start.dashed : period(row.start, row.end))</th><td>\(badge(row.state))</td>\
            <td>\(if: row.deposit != 0, "<a href=\"\(Route.report(.deposit(row.deposit), .summary))\"><bdi class=\"fichier\">\(row.file)</bdi><span class=\"invisible\"> du \(row.start.dashed)</span></a>")\
            \(if: row.deposit == 0, "–")</td></tr>

            """
        })</tbody></table>
        </div>

        """
    }

    package static func organisations(
        _ layout: Layout, _ frame: Frame, _ query: OrganisationsQuery, _ page: OrganisationsPage
    ) -> HTML {
        let title = page.pages > 1 ? "Organismes certifiés, page \(page.page)" : "Organismes certifiés"
        return layout.document(
            title,
            """
            <h1>Organismes certifiés</h1>
            <form class="filtre" method="get" action="\(Route.organisations)" role="search">
            <p><label for="recherche">NDA ou SIREN, ou leur début</label>
            <input id="recherche" name="recherche" type="search" autocomplete="off" value="\(query.search)"></p>
            <p><button class="secondaire">Rechercher</button></p>
            </form>
            <p role="status">\(French.count(page.matching, "organisme"))\(query.search.isEmpty ? " dans votre liste en vigueur." : " pour « \(query.search) ».")</p>
            \(if: !page.organisations.isEmpty, organisationTable(page.organisations, frame, caption: "Organismes certifiés"))\
            \(pager(page: page.page, pages: page.pages) { Address(.organisations, [("recherche", query.search), ("page", "\($0)")]) })
            """)
    }

    private static let categories: [StaticString] = [
        "Actions de formation", "Bilans de compétences", "VAE", "Apprentissage",
    ]

    private static func organisationTable(_ rows: [OrganisationRow], _ frame: Frame, caption: StaticString) -> HTML {
        """
        <div class="defile" tabindex="0" role="region" aria-label="\(caption.html)">
        <table><caption class="invisible">\(caption.html)</caption>
        <thead><tr><th scope="col">NDA</th><th scope="col">SIREN</th>\(each: categories, { "<th scope=\"col\">\($0.html)</th>" })\
        <th scope="col">Décision</th><th scope="col">Fin de validité</th>\(if: frame.hasSeveral, "<th scope=\"col\">Déposant</th>")</tr></thead>
        <tbody>
        \(each: rows, { row in
            """
            <tr><th scope="row"><a href="\(Route.organisation(nda: row.nda))">\(row.nda)</a></th><td>\(row.siren)</td>\
            \(each: 0..<4, { "<td>\(row.categories & 1 << UInt8($0) == 0 ? "NON" : "OUI")</td>" })\
            <td>\(row.decision.slashed)</td><td>\(row.end.slashed)</td>\(if: frame.hasSeveral, "<td><bdi>\(frame.name(of: row.depositor))</bdi></td>")</tr>

            """
        })</tbody></table>
        </div>

        """
    }

    package static func organisation(_ layout: Layout, _ frame: Frame, _ page: OrganisationPage) -> HTML {
        layout.document(
            "Organisme \(page.nda)",
            """
            <p class="retour"><a href="\(Route.organisations)">Organismes certifiés</a></p>
            <h1>Organisme \(page.nda)</h1>
            <h2>En vigueur</h2>
            \(if: page.current.isEmpty, "<p>Cet organisme n'est pas dans votre liste en vigueur.</p>\n")\
            \(if: !page.current.isEmpty, organisationTable(page.current, frame, caption: "En vigueur"))\
            <h2>Historique</h2>
            \(if: page.events.isEmpty, "<p>Aucun changement n'est enregistré.</p>\n")\
            \(if: !page.events.isEmpty, events(frame, page.events))\
            \(if: page.hasMore, "<p>Les changements plus anciens ne sont pas affichés.</p>")
            """)
    }

    private static func events(_ frame: Frame, _ events: [OrganisationEvent]) -> HTML {
        """
        <div class="defile" tabindex="0" role="region" aria-label="Historique">
        <table><caption class="invisible">Historique, du changement le plus récent au plus ancien</caption>
        <thead><tr><th scope="col">Date</th><th scope="col">Changement</th><th scope="col">Détail</th>\
        \(if: frame.hasSeveral, "<th scope=\"col\">Déposant</th>")<th scope="col">Dépôt</th></tr></thead>
        <tbody>
        \(each: events, { event in
            """
            <tr><th scope="row">\(event.at.dashed)</th><td>\(event.kind.word)</td><td>\(detail(event))</td>\
            \(if: frame.hasSeveral, "<td><bdi>\(frame.name(of: event.depositor))</bdi></td>")\
            <td>\(if: event.deposit != 0, "<a href=\"\(Route.report(.deposit(event.deposit), .summary))\">Dépôt \(event.deposit)</a>")</td></tr>

            """
        })</tbody></table>
        </div>

        """
    }

    /// What differs, in words.
    private static func detail(_ event: OrganisationEvent) -> HTML {
        guard let after = event.after ?? event.before else { return "–" }
        guard let before = event.before, event.after != nil else {
            return "SIREN \(after.siren), certifié jusqu'au \(after.end.slashed)"
        }
        var parts: [HTML] = []
        if before.siren != after.siren { parts.append("SIREN \(before.siren) → \(after.siren)") }
        for (index, name) in categories.enumerated() {
            let bit = UInt8(1) << UInt8(index)
            guard before.categories & bit != after.categories & bit else { continue }
            parts.append("\(name.html) : \(after.categories & bit == 0 ? "OUI → NON" : "NON → OUI")")
        }
        if before.decision != after.decision {
            parts.append("décision : \(before.decision.slashed) → \(after.decision.slashed)")
        }
        if before.end != after.end { parts.append("fin de validité : \(before.end.slashed) → \(after.end.slashed)") }
        return parts.isEmpty ? "–" : HTML(each: parts.enumerated()) { "\(if: $0.offset > 0, "<br>")\($0.element)" }
    }
}

extension EventKind {
    var word: String {
        switch self {
        case .added: "Ajout"
        case .changed: "Modification"
        case .withdrawn: "Retrait"
        }
    }
}

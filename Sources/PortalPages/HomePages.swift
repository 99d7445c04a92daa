package import PortalHTML
package import PortalProtocol

/// The day's state and the last deposits.
package enum HomePages {
    package static func home(_ layout: Layout, _ frame: Frame, _ page: HomePage) -> HTML {
        layout.document(
            "Accueil",
            """
            <h1>Accueil</h1>
            \(if: frame.establishments.isEmpty, AccessPages.invitation)\
            \(establishmentsBeyond(frame))\
            \(each: page.states, { day(frame, $0) })\
            \(if: !frame.establishments.isEmpty, "<p class=\"actions\"><a class=\"bouton\" href=\"\(Route.deposit)\">DEPOSER UN FICHIER</a></p>\n")\
            <h2>Derniers dépôts</h2>
            \(if: page.deposits.isEmpty, "<p>Aucun fichier n'a encore été déposé.</p>\n")\
            \(if: !page.deposits.isEmpty, depositTable(page.deposits, caption: "Derniers dépôts", showsDepositor: frame.hasSeveral))\
            \(if: !page.deposits.isEmpty, "<p><a href=\"\(Route.deposits)\">Tous les dépôts</a></p>")
            """)
    }

    private static func day(_ frame: Frame, _ day: DayState) -> HTML {
        let establishment = frame.establishments.first { $0.code == day.depositor }
        let isOneDay = day.start == day.end
        return """
            <section class="jour bord-\(day.state.key.html)">
            <h2><bdi>\(establishment?.name ?? day.depositor)</bdi></h2>
            <p>\(badge(day.state)) <span class="periode">\(isOneDay ? "Aujourd'hui, le \(day.start.dashed)" : "Période de dépôt : \(period(day.start, day.end))")</span></p>
            \(standing(day, isOneDay))\
            \(if: day.missedBefore, notice(.warning, "Non déposé : vous n'aviez pas déposé de fichier pour la période précédente."))\
            \(if: establishment?.isTest == true, "<p>Mode Test : les fichiers sont contrôlés, mais ne sont pas intégrés.</p>\n")\
            \(if: establishment?.isSuspended == true, notice(.warning, "Les dépôts de cet établissement sont suspendus. Contactez l'assistance."))\
            \(if: day.deposit != 0, "<p><a href=\"\(Route.report(.deposit(day.deposit), .summary))\">Consulter le rapport du dernier dépôt<span class=\"invisible\"> de \(establishment?.name ?? day.depositor)</span></a></p>\n")\
            </section>

            """
    }

    /// What the state means: for a deposit that is put off the manual's sentence of a transient state would be wrong.
    private static func standing(_ day: DayState, _ isOneDay: Bool) -> HTML {
        if let next = day.waits { return notice(.information, waiting(for: day.reason, until: next)) }
        let isLater = day.state == .waiting && !isOneDay
        return """
            <p>\(isLater ? "Vous n'avez pas encore déposé votre fichier pour cette période." : day.state.sentence)</p>

            """
    }

    package static func deposits(
        _ layout: Layout, _ frame: Frame, _ query: DepositsQuery, _ page: DepositsPage, error: FormFault? = nil
    ) -> HTML {
        let state = ShownState(rawValue: query.state)
        let since = query.since?.iso ?? ""
        let isFiltered = state != nil || query.since != nil
        let filter: [(name: StaticString, value: String)] = [
            ("etat", state.map { "\($0.key)" } ?? ""), ("depuis", since),
        ]
        return layout.document(
            error.title("Mes dépôts"),
            """
            <h1>Mes dépôts</h1>
            \(error.onTop)\
            <form class="filtre" method="get" action="\(Route.deposits)">
            <p><label for="etat">Etat</label>
            <select id="etat" name="etat"\(error.attributes(of: "etat"))><option value="">Tous</option>\
            \(each: ShownState.ofDeposits, { option($0, selected: $0 == state) })</select>\(error.message(beside: "etat"))</p>
            <p><label for="depuis">Déposés depuis le</label>
            <input id="depuis" name="depuis" type="date" value="\(since)"\(error.attributes(of: "depuis"))>\(error.message(beside: "depuis"))</p>
            <p><button class="secondaire">Filtrer</button></p>
            </form>
            \(if: page.deposits.isEmpty, "<p>\(isFiltered || query.before != 0 ? "Aucun dépôt ne correspond." : "Aucun fichier n'a encore été déposé.")</p>\n")\
            \(if: !page.deposits.isEmpty, depositTable(page.deposits, caption: "Dépôts, du plus récent au plus ancien", showsDepositor: frame.hasSeveral))\
            \(if: query.before != 0 || page.hasOlder, """
                <nav class="pages" aria-label="Pages"><ul>
                \(if: query.before != 0, "<li><a href=\"\(Address(.deposits, filter))\">Les plus récents</a></li>")\
                \(if: page.hasOlder, "<li><a rel=\"next\" href=\"\(Address(.deposits, filter + [("avant", "\(page.deposits.last?.id ?? 0)")]))\">Plus anciens</a></li>")
                </ul></nav>
                """)
            """)
    }

    private static func option(_ state: ShownState, selected: Bool) -> HTML {
        "<option value=\"\(state.key.html)\"\(if: selected, " selected")>\(state.word)</option>"
    }
}

package import PortalHTML
package import PortalProtocol

/// The report (manual, 4.1.2): the cause first, then the two views. Of a deposit, or of a file that was only looked at.
package enum ReportPages {
    package static func summary(_ layout: Layout, _ frame: Frame, _ subject: Route.Subject, _ page: ReportPage) -> HTML
    {
        let row = page.heading.row
        return layout.document(
            title(page.heading, "Rapport"),
            """
            \(heading(frame, subject, page.heading))
            \(if: row.state == .running, running(page.heading))\
            \(if: row.state != .running, finished(subject, page))\
            <p class="actions"><a class="bouton" href="\(Route.deposits)">FERMER</a></p>
            """)
    }

    private static func running(_ heading: ReportHeading) -> HTML {
        """
        <div id="attente" data-etat="\(Route.state(deposit: heading.row.id))">
        \(progress(heading))
        <p><a class="bouton secondaire" href="\(Route.report(.deposit(heading.row.id), .summary))">Actualiser</a></p>
        </div>

        """
    }

    /// Nothing moves where a deposit is put off, maybe until the next day.
    private static func progress(_ heading: ReportHeading) -> HTML {
        guard let next = heading.row.waits else {
            return """
                <p role="status">\(ShownState.running.sentence)</p>
                <p><progress aria-label="Analyse du fichier"></progress></p>
                """
        }
        return notice(.information, waiting(for: heading.reason, until: next))
    }

    private static func finished(_ subject: Route.Subject, _ page: ReportPage) -> HTML {
        """
        \(validation(page.heading))
        \(synthesis(subject, page.rules))\
        \(if: page.heading.cause != .technical, tabs(subject, page.heading, current: .summary))\
        \(with: page.movements, { movements(page.heading, $0) })\
        \(downloads(subject, page.heading))
        """
    }

    package static func title(_ heading: ReportHeading, _ what: String) -> String {
        heading.row.id == 0
            ? "\(what) du contrôle de \(heading.row.file)" : "\(what) du dépôt \(heading.row.id), \(heading.row.file)"
    }

    /// The file, its state, date and author, as on the manual's screen.
    package static func heading(_ frame: Frame, _ subject: Route.Subject, _ heading: ReportHeading) -> HTML {
        let row = heading.row
        return """
            <p class="retour"><a href="\(row.id == 0 ? Route.deposit : Route.deposits)">\(row.id == 0 ? "Déposer un fichier" : "Mes dépôts")</a></p>
            <div class="titre"><h1><bdi class="fichier">\(row.file)</bdi></h1> <p>Etat : \(badge(row.state))</p></div>
            <dl class="faits">
            <div><dt>Date</dt><dd>\(row.received.slashed)</dd></div>
            \(if: row.id != 0, "<div><dt>Auteur</dt><dd><bdi>\(row.author)</bdi></dd></div>")
            <div><dt>Déposant</dt><dd><bdi>\(row.depositorName)</bdi> (\(row.depositor))</dd></div>
            <div><dt>Mode</dt><dd>\(row.isTest ? "Test" : "Réel")</dd></div>
            \(if: row.id != 0, "<div><dt>Période de dépôt</dt><dd>\(period(row.periodStart, row.periodEnd))</dd></div>")
            \(with: row.processed, { "<div><dt>Date de traitement</dt><dd>\($0.slashed)</dd></div>" })
            <div><dt>Taille</dt><dd>\(French.size(heading.size))</dd></div>
            \(if: !heading.reference.isEmpty, "<div><dt>Liste OF</dt><dd>\(heading.reference)</dd></div>")
            </dl>
            """
    }

    /// « Rapport de validation » and its sentence.
    package static func validation(_ heading: ReportHeading) -> HTML {
        let (blocking, alerts) = (heading.blocking, heading.alerts)
        // « 0 fichiers valides » is the manual's (4.1.2).
        let valid = heading.row.state == .failure ? "0 fichiers valides" : "1 fichier valide"
        return """
            <h2>Rapport de validation</h2>
            <p>\(French.count(blocking, "erreur bloquante a été trouvée", "erreurs bloquantes ont été trouvées")) (\(valid) sur 1).</p>
            <p>Fichier : <bdi class="fichier"><strong>\(heading.row.file)</strong></bdi></p>
            \(if: alerts > 0, "<p>\(French.count(alerts, "alerte a été trouvée", "alertes ont été trouvées")).</p>\n")\
            \(if: heading.cause == .technical, notice(.error, "\(heading.reason)"))\
            <p>\(heading.row.id == 0 ? heading.row.state.prospect : heading.row.state.sentence)</p>
            \(if: heading.row.isTest && heading.row.state != .failure, "<p>Mode Test : \(heading.row.id == 0 ? "déposé, le fichier ne serait pas intégré, et la liste ne changerait pas" : "le fichier n'a pas été intégré, la liste n'a pas changé").</p>\n")\
            \(if: heading.row.id != 0 && !heading.row.isTest && heading.cause != .technical && (heading.row.state == .failure || heading.lines.blockingLine > 0), notice(.warning, "Le fichier doit être rapidement corrigé et retransmis car les informations diffusées sur la liste publique des OFs ne sont plus à jour."))
            """
    }

    package static func synthesis(_ subject: Route.Subject, _ rules: [SynthesisRow]) -> HTML {
        guard !rules.isEmpty else { return "" }
        return """
            <h3>Synthèse</h3>
            <div class="defile" tabindex="0" role="region" aria-label="Synthèse">
            <table class="synthese">
            <caption class="invisible">Synthèse : une ligne par règle, la plus grave d'abord</caption>
            <thead><tr><th scope="col">Champ</th><th scope="col">Règle</th><th scope="col">Sévérité</th><th scope="col">Nombre</th><th scope="col">Lignes</th><th scope="col">Exemple</th></tr></thead>
            <tbody>
            \(each: rules, { rule(subject, $0) })</tbody>
            </table>
            </div>

            """
    }

    private static func rule(_ subject: Route.Subject, _ row: SynthesisRow) -> HTML {
        let first = row.lines.first?.first
        let lines = French.lines(row.lines, others: row.otherLines)
        return """
            <tr><th scope="row">\(row.field)</th><td>\(row.text)</td><td>\(severity(row.severity))</td>\
            <td class="nombre">\(French.grouped(row.count))</td>\
            <td>\(with: first, { line in
                "<a href=\"\(Address(.report(subject, .lines), [("type", row.rule)], fragment: "ligne-\(line)"))\">\(lines)<span class=\"invisible\"> pour la règle \(row.text)</span></a>"
            })\(if: first == nil, "fichier entier")</td>\
            <td>\(if: row.hasExample, "<code>\(row.example.isEmpty ? "(vide)" : row.example)</code><br>")\(row.message)</td></tr>

            """
    }

    package static func severity(_ severity: ShownSeverity) -> HTML {
        switch severity {
        case .file: "<span class=\"gravite fichier\">Bloque le fichier</span>"
        case .line: "<span class=\"gravite ligne\">Bloque la ligne</span>"
        case .alert: "<span class=\"gravite alerte\">Non bloquant</span>"
        }
    }

    /// The manual's two tabs, as plain links.
    package static func tabs(_ subject: Route.Subject, _ heading: ReportHeading, current: Route.ReportView) -> HTML {
        let views: [(view: Route.ReportView, label: StaticString)] = [
            (.summary, "Synthèse"), (.lines, "Rapport Lignes"), (.fields, "Rapport Champs"),
        ]
        return """
            <nav class="onglets" aria-label="Rapport"><ul>
            \(each: views, { entry in
                "<li><a href=\"\(Route.report(subject, entry.view))\"\(if: entry.view == current, " aria-current=\"page\"")>\(entry.label.html)</a></li>\n"
            })</ul></nav>

            """
    }

    private static func downloads(_ subject: Route.Subject, _ heading: ReportHeading) -> HTML {
        let isDeposit = heading.row.id != 0
        return """
            <h2>Télécharger</h2>
            <ul class="telecharger">
            <li><a href="\(Route.report(subject, .text))">Le rapport en texte (.txt)</a></li>
            <li><a href="\(Route.report(subject, .json))">Le rapport pour les machines (.json)</a></li>
            \(if: isDeposit && heading.hasFile && heading.cause != .technical, "<li><a href=\"\(Route.report(subject, .annotated))\">Le fichier avec ses messages (.csv, pour un tableur)</a>, les messages en neuvième colonne : à corriger, pas à redéposer tel quel</li>\n")\
            \(if: isDeposit && heading.hasFile, "<li><a href=\"\(Route.report(subject, .file))\">Le fichier déposé</a></li>\n")\
            \(if: isDeposit && !heading.hasFile, "<li>Le fichier déposé n'est plus conservé.</li>\n")\
            </ul>

            """
    }
}

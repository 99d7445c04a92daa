package import PortalHTML
package import PortalProtocol

/// « Rapport Lignes » and « Rapport Champs » (manual, 4.1.2.1 and 4.1.2.2), a hundred findings a page.
package enum FindingsPages {
    package static func page(
        _ layout: Layout, _ frame: Frame, _ subject: Route.Subject, _ view: Route.ReportView, rule: String,
        isFolded: Bool = false, _ page: FindingsPage
    ) -> HTML {
        let isLines = view == .lines
        let chosen: [(name: StaticString, value: String)] = [("type", rule), ("plie", isFolded ? "oui" : "")]
        let name = isLines ? "Rapport Lignes" : "Rapport Champs"
        let numbered = page.pages > 1 ? "\(name), page \(page.page)" : name
        return layout.document(
            ReportPages.title(page.heading, numbered),
            """
            \(ReportPages.heading(frame, subject, page.heading))
            \(ReportPages.tabs(subject, page.heading, current: view))\
            <h2>\(name)</h2>
            \(if: isLines, lineCounts(page.heading))\
            \(filter(subject, view, rule, isFolded, page))\
            \(if: !page.findings.isEmpty, folding(subject, view, rule, isFolded, page))\
            \(if: page.findings.isEmpty, rule.isEmpty ? "<p>Aucune anomalie n'est détaillée.</p>\n" : "<p>Aucune anomalie de ce type n'est détaillée : choisissez-en un autre. <a href=\"\(Route.report(subject, view))\">Toutes les anomalies</a></p>\n")\
            \(isLines ? lines(page, isFolded) : fields(page, isFolded))\
            \(if: page.heading.undetailed > 0, "<p>\(French.count(page.heading.undetailed, "autre anomalie a été trouvée ; elle n'est pas détaillée", "autres anomalies ont été trouvées ; elles ne sont pas détaillées"))\(if: page.heading.row.id != 0 && page.heading.hasFile, " ici, mais dans <a href=\"\(Route.report(subject, .annotated))\">le fichier avec ses messages</a>").</p>\n")\
            \(pager(page: page.page, pages: page.pages) { Address(.report(subject, view), chosen + [("page", "\($0)")]) })
            """)
    }

    /// « Synthèse des lignes par état ».
    private static func lineCounts(_ heading: ReportHeading) -> HTML {
        """
        <p>Le fichier contient :</p>
        <ul class="comptes">
        <li>\(French.count(heading.lines.blockingFile, "ligne")) avec erreur bloquant le fichier</li>
        <li>\(French.count(heading.lines.blockingLine, "ligne")) avec erreur bloquant la ligne</li>
        <li>\(French.count(heading.lines.alert, "ligne")) avec alerte non bloquante</li>
        <li>\(French.count(heading.lines.clean, "ligne")) sans alertes</li>
        </ul>
        <h3>Détails des lignes</h3>
        <p>Nombre de lignes : \(French.grouped(heading.lines.blockingFile + heading.lines.blockingLine + heading.lines.alert))</p>

        """
    }

    private static func filter(
        _ subject: Route.Subject, _ view: Route.ReportView, _ rule: String, _ isFolded: Bool, _ page: FindingsPage
    ) -> HTML {
        guard page.rules.count > 1 || !rule.isEmpty else { return "" }
        return """
            <form class="filtre" method="get" action="\(Route.report(subject, view))">
            \(if: isFolded, "<input type=\"hidden\" name=\"plie\" value=\"oui\">")\
            <p><label for="type">Filtrer par type d'erreur</label>
            <select id="type" name="type"><option value="">Toutes</option>
            \(each: page.rules, { row in
                "<option value=\"\(row.rule)\"\(if: row.rule == rule, " selected")>\(row.field) : \(row.text) (\(French.grouped(row.count)))</option>\n"
            })</select></p>
            <p><button class="secondaire">Filtrer</button></p>
            </form>

            """
    }

    /// The manual's « Déplier », and back: by links, which need no script.
    private static func folding(
        _ subject: Route.Subject, _ view: Route.ReportView, _ rule: String, _ isFolded: Bool, _ page: FindingsPage
    ) -> HTML {
        let address = { (plie: String) in
            Address(
                .report(subject, view), [("type", rule), ("plie", plie), ("page", page.page > 1 ? "\(page.page)" : "")])
        }
        let links: [(label: StaticString, plie: String, isCurrent: Bool)] = [
            ("Déplier", "", !isFolded), ("Replier", "oui", isFolded),
        ]
        return """
            <nav class="pages" aria-label="Détails"><ul>\(each: links, { link in
                "<li><a href=\"\(address(link.plie))\"\(if: link.isCurrent, " aria-current=\"true\"")>\(link.label.html)</a></li>"
            })</ul></nav>

            """
    }

    private static func lines(_ page: FindingsPage, _ isFolded: Bool) -> HTML {
        let whole = page.findings.filter { $0.line == 0 }
        let groups = grouped(page.findings.filter { $0.line != 0 }, by: \.line)
        return """
            \(if: !whole.isEmpty, "<section class=\"constat\"><h3>Contrôles du fichier</h3><ul>\(HTML(each: whole, onLine))</ul></section>\n")\
            \(if: !groups.isEmpty, "<h3>Lignes en conflit</h3>\n")\
            \(each: groups, { line, findings in
                """
                <details\(if: !isFolded, " open") class="constat" id="ligne-\(line)"><summary>Ligne \(line)\(identity(findings))</summary>
                <ul>
                \(each: findings, onLine)</ul>
                </details>

                """
            })
            """
    }

    private static func identity(_ findings: [FindingRow]) -> HTML {
        guard let row = findings.first, !row.nda.isEmpty || !row.siren.isEmpty else { return "" }
        return """
            <span class="identite">\(if: !row.nda.isEmpty, " NDA \(row.nda)")\(if: !row.siren.isEmpty, " SIREN \(row.siren)")</span>
            """
    }

    private static func onLine(_ row: FindingRow) -> HTML {
        """
        <li><p>\(row.severity == .alert ? "Alerte" : "Erreur") : Le champ <strong>\(row.field)</strong> ne respecte pas la règle "\(row.text)"</p>
        \(value(row))\
        \(if: row.message != row.text, "<p>\(row.message)</p>\n")\
        <p>\(ReportPages.severity(row.severity))</p></li>

        """
    }

    private static func value(_ row: FindingRow) -> HTML {
        guard row.hasValue else { return "" }
        return """
            <p>Valeur reçue : <code>\(row.value.isEmpty ? "(vide)" : row.value)</code>\(if: row.isCut, " (coupée)")</p>

            """
    }

    private static func fields(_ page: FindingsPage, _ isFolded: Bool) -> HTML {
        let blocking = page.findings.filter { $0.severity != .alert }
        let alerts = page.findings.filter { $0.severity == .alert }
        return """
            \(if: !blocking.isEmpty, fieldGroups(blocking, "Champs avec erreurs bloquantes", French.count(page.heading.blocking, "erreur"), isFolded))\
            \(if: !alerts.isEmpty, fieldGroups(alerts, "Champs avec alertes non bloquantes", French.count(page.heading.alerts, "alerte"), isFolded))
            """
    }

    private static func fieldGroups(
        _ findings: [FindingRow], _ title: StaticString, _ count: String, _ isFolded: Bool
    ) -> HTML {
        """
        <h3>\(title.html) <span class="compte">\(count)</span></h3>
        \(each: grouped(findings, by: \.field), { field, rows in
            """
            <details\(if: !isFolded, " open") class="constat"><summary>\(field)</summary>
            <ul>
            \(each: rows, { row in
                """
                <li><p>\(row.line == 0 ? "Le fichier" : "La donnée ligne \(row.line)") ne respecte pas la règle \(row.text)</p>
                \(value(row))\(if: row.message != row.text, "<p>\(row.message)</p>")</li>

                """
            })</ul>
            </details>

            """
        })
        """
    }

    /// Neighbours with the same key together.
    private static func grouped<Key: Hashable>(
        _ findings: [FindingRow], by key: (FindingRow) -> Key
    ) -> [(key: Key, findings: [FindingRow])] {
        var groups: [(key: Key, findings: [FindingRow])] = []
        var places: [Key: Int] = [:]
        for finding in findings {
            let key = key(finding)
            if let place = places[key] {
                groups[place].findings.append(finding)
            } else {
                places[key] = groups.count
                groups.append((key, [finding]))
            }
        }
        return groups
    }
}

extension HTML {
    /// One piece after the other.
    init<Elements: Sequence>(each elements: Elements, _ one: (Elements.Element) -> HTML) {
        self.init()
        for element in elements { self += one(element) }
    }
}

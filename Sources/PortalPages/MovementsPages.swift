package import PortalHTML
package import PortalProtocol

extension ReportPages {
    /// What the deposit changed, by NDA.
    package static func movements(_ heading: ReportHeading, _ movements: ShownMovements) -> HTML {
        """
        <h2>Liste des organismes de formation certifiés</h2>
        \(if: heading.row.state == .failure, "<p>La liste n'a pas changé.</p>\n")\
        \(if: heading.row.state != .failure && heading.row.isTest, "<p>Mode Test : la liste n'a pas changé.</p>\n")\
        \(if: heading.row.state != .failure && !heading.row.isTest, changes(movements))
        """
    }

    /// The counts, then the organisations of each kind.
    ///
    /// - areToCome: nothing has changed yet: who would be added may have no page.
    package static func changes(_ movements: ShownMovements, areToCome: Bool = false) -> HTML {
        """
        <ul>
        <li>\(French.count(movements.added, "ajout"))</li>
        <li>\(French.count(movements.changed, "modification"))</li>
        <li>\(French.count(movements.withdrawn, "retrait"))\(ended(movements))</li>
        </ul>
        \(names(movements, .absent, "Organismes retirés, absents du fichier", movements.absent, isOpen: true))\
        \(names(movements, .rejected, "Organismes retirés, leur ligne ayant été rejetée", movements.rejected, isOpen: true))\
        \(names(movements, .added, "Organismes ajoutés", movements.added, isOpen: false, haveNoPage: areToCome))\
        \(names(movements, .changed, "Organismes modifiés", movements.changed, isOpen: false))
        """
    }

    /// How many of those withdrawn lose nothing by it.
    package static func ended(_ movements: ShownMovements) -> HTML {
        movements.ended > 0 ? ", dont \(French.grouped(movements.ended)) en fin de validité" : ""
    }

    private static func names(
        _ movements: ShownMovements, _ kind: MovementKind, _ title: StaticString, _ count: UInt64, isOpen: Bool,
        haveNoPage: Bool = false
    ) -> HTML {
        let rows = movements.rows.filter { $0.kind == kind }
        guard !rows.isEmpty else { return "" }
        let others = count > UInt64(rows.count) ? count - UInt64(rows.count) : 0
        return """
            <details\(if: isOpen, " open")><summary>\(title.html) : \(French.grouped(count))</summary>
            <div class="defile" tabindex="0" role="region" aria-label="\(title.html)">
            <table><caption class="invisible">\(title.html)</caption>
            <thead><tr><th scope="col">NDA</th><th scope="col">SIREN</th>\(if: rows.contains { $0.end != nil }, "<th scope=\"col\">Certifié jusqu'au</th>")</tr></thead>
            <tbody>
            \(each: rows, { row in
                "<tr><th scope=\"row\">\(haveNoPage ? "\(row.nda)" : "<a href=\"\(Route.organisation(nda: row.nda))\">\(row.nda)</a>" as HTML)</th><td>\(row.siren)</td>\(with: row.end, { "<td>\($0.slashed)</td>" })</tr>\n"
            })</tbody></table>
            </div>
            \(if: others > 0, "<p>Et \(French.count(others, "autre")).</p>\n")\
            </details>

            """
    }
}

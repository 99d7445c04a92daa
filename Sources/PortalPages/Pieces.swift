package import PortalHTML
import PortalProtocol

// What several pages are made of.

/// A state: a word and a colour, never a colour alone.
func badge(_ state: ShownState) -> HTML {
    "<span class=\"etat \(state.key.html)\">\(state.word)</span>"
}

/// Said where a page would show all the person's establishments, or lets one be chosen.
func establishmentsBeyond(_ frame: Frame) -> HTML {
    let more = UInt64(frame.moreEstablishments)
    guard more > 0 else { return "" }
    let shown = UInt64(frame.establishments.count)
    return notice(
        .warning,
        "Le site montre \(shown) de vos \(French.count(shown + more, "établissement")). Pour les autres, déposez par SFTP, où tous ont leur répertoire, ou contactez l'assistance."
    )
}

/// Of a deposit that something keeps from being treated.
func waiting(for reason: String, until next: ShownMoment) -> HTML {
    "Le fichier est reçu, mais n'est pas encore traité : \(reason). Prochain essai : le \(next.slashed). Il n'est pas nécessaire de le déposer de nouveau."
}

extension StaticString {
    var html: HTML { HTML(stringLiteral: self) }
}

enum Notice {
    case error
    case warning
    case success
    case information

    var style: StaticString {
        switch self {
        case .error: "erreur"
        case .warning: "attention"
        case .success: "succes"
        case .information: "info"
        }
    }

    var word: StaticString {
        switch self {
        case .error: "Erreur"
        case .warning: "Attention"
        case .success: "Succès"
        case .information: "Information"
        }
    }
}

/// A message that stays until the next page.
func notice(_ kind: Notice, _ content: HTML) -> HTML {
    """
    <div class="avis \(kind.style.html)"><p><strong>\(kind.word.html) :</strong> \(content)</p></div>

    """
}

/// What is wrong with a form that was sent. It stands on top, and beside the field that it is about, if it is about one.
package struct FormFault: Sendable {
    package var text: HTML
    /// The field's name, which is its id too.
    package var field: String?

    package init(_ text: HTML, field: String? = nil) {
        self.text = text
        self.field = field
    }
}

extension FormFault? {
    var onTop: HTML { map { notice(.error, $0.text) } ?? "" }

    /// A page's title says first that something is wrong.
    func title(_ title: String) -> String { self == nil ? title : "Erreur : \(title)" }

    /// The attributes of a field that is described by the element of that id besides.
    func attributes(of field: String, describedBy other: String? = nil) -> HTML {
        let isFaulty = self?.field == field
        let descriptions = [other, isFaulty ? "\(field)-erreur" : nil].compactMap { $0 }.joined(separator: " ")
        return """
            \(if: isFaulty, " aria-invalid=\"true\"")\(if: !descriptions.isEmpty, " aria-describedby=\"\(descriptions)\"")
            """
    }

    /// What stands beside the field.
    func message(beside field: String) -> HTML {
        guard let self, self.field == field else { return "" }
        return "<span class=\"manque\" id=\"\(field)-erreur\">\(self.text)</span>"
    }
}

/// The manual's table (4.1.2). With several establishments it says whose deposit it is.
func depositTable(_ rows: [DepositRow], caption: StaticString, showsDepositor: Bool) -> HTML {
    """
    <div class="defile" tabindex="0" role="region" aria-label="\(caption.html)">
    <table>
    <caption class="invisible">\(caption.html)</caption>
    <thead><tr>\
    <th scope="col">Nom du fichier</th><th scope="col">Etat</th><th scope="col">Période de dépôt</th>\
    <th scope="col">Date de traitement</th><th scope="col">Mode</th><th scope="col">Auteur</th>\
    \(if: showsDepositor, "<th scope=\"col\">Déposant</th>")<th scope="col">Rapport</th></tr></thead>
    <tbody>
    \(each: rows, { depositRow($0, showsDepositor: showsDepositor) })</tbody>
    </table>
    </div>

    """
}

private func depositRow(_ row: DepositRow, showsDepositor: Bool) -> HTML {
    """
    <tr><th scope="row"><bdi class="fichier">\(row.file)</bdi></th><td>\(badge(row.state))</td>\
    <td class="quand">\(period(row.periodStart, row.periodEnd))</td><td class="quand">\(processing(row))</td>\
    <td>\(row.isTest ? "Test" : "Réel")</td><td><bdi>\(row.author)</bdi></td>\
    \(if: showsDepositor, "<td><bdi>\(row.depositorName)</bdi></td>")\
    <td><a class="bouton secondaire petit" href="\(Route.report(.deposit(row.id), .summary))">\
    \(if: row.state == .running, "Suivre")\(if: row.state != .running, "Rapport")\
    <span class="invisible"> du dépôt \(row.id), \(row.file)</span></a></td></tr>

    """
}

/// When it was treated, or will be tried again.
private func processing(_ row: DepositRow) -> String {
    row.processed?.dashed ?? row.waits.map { "prochain essai : \($0.dashed)" } ?? "–"
}

/// « Précédente », « Suivante » and where one is.
func pager(page: UInt32, pages: UInt32, _ address: (UInt32) -> Address) -> HTML {
    guard pages > 1 else { return "" }
    return """
        <nav class="pages" aria-label="Pages">
        <p>Page \(page) sur \(pages)</p>
        <ul>
        \(if: page > 1, "<li><a href=\"\(address(1))\">Première</a></li><li><a href=\"\(address(page - 1))\" rel=\"prev\">Précédente</a></li>")\
        \(if: page < pages, "<li><a href=\"\(address(page + 1))\" rel=\"next\">Suivante</a></li><li><a href=\"\(address(pages))\">Dernière</a></li>")
        </ul>
        </nav>

        """
}

extension Frame {
    var hasSeveral: Bool { establishments.count > 1 }

    func name(of code: String) -> String {
        establishments.first { $0.code == code }?.name ?? code
    }
}

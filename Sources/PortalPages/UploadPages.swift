package import PortalHTML
package import PortalProtocol
import WebParsing

/// The way of a file by the page (manual, 4.1): the form, what it would change, what became of it.
package enum UploadPages {
    package static func form(
        _ layout: Layout, _ frame: Frame, _ form: DepositForm, depositor: String = "", error: FormFault? = nil
    ) -> HTML {
        let welcome = layout.settings.welcome
        let megabytes = French.size(welcome.maxFileBytes)
        let able = frame.establishments.filter { !$0.isSuspended }
        return layout.document(
            error.title("Déposer un fichier"),
            """
            <h1>DEPOSER UN FICHIER</h1>
            \(error.onTop)\
            \(establishmentsBeyond(frame))\
            \(if: able.isEmpty, notice(.warning, "Aucun de vos établissements ne peut déposer. Contactez l'assistance."))\
            \(if: !able.isEmpty, """
                <form id="depot" autocomplete="off" method="post" action="\(Route.deposit)" enctype="multipart/form-data" data-octets="\(welcome.maxFileBytes)" data-plafond="\(welcome.uploadCap)" data-nom="\(welcome.maxFileNameLength)">
                <input type="hidden" name="cle" value="\(Hexadecimal.encode(form.key))">
                \(depositors(able, chosen: depositor, error))
                <div class="zone">
                <p><label for="fichier">Faites glisser le fichier à transmettre ou sélectionnez des fichiers sur votre ordinateur</label></p>
                <p id="regles" class="aide">Un fichier CSV, avec séparateur « ; », de moins de \(megabytes), dont le nom a \(welcome.maxFileNameLength) caractères au plus. Il contient la liste complète des organismes de formation certifiés : tout OF non présent dans le fichier voit sa certification retirée.</p>
                <input id="fichier" name="fichier" type="file" required\(error.attributes(of: "fichier", describedBy: "regles choix"))>\(error.message(beside: "fichier"))
                <p id="choix" role="status"></p>
                </div>
                <p class="actions"><button>DEPOSER</button>
                <button class="secondaire" formaction="\(Route.control)">Contrôler sans déposer</button>
                <a href="\(Route.home)">Annuler</a></p>
                <div id="envoi" hidden><p role="status"></p><progress max="100" value="0" aria-label="Envoi du fichier"></progress> <button type="button" class="secondaire">Interrompre</button></div>
                </form>
                """)
            """)
    }

    private static func depositors(_ able: [Establishment], chosen: String, _ error: FormFault?) -> HTML {
        guard able.count > 1 else { return "" }
        return """
            <p><label for="deposant">Déposant</label>
            <select id="deposant" name="deposant" required\(error.attributes(of: "deposant"))>
            <option value="">Choisissez un établissement</option>
            \(each: able, { one in
                "<option value=\"\(one.code)\"\(if: one.code == chosen, " selected")>\(one.name) (\(one.siret))\(if: one.isTest, ", mode Test")</option>\n"
            })</select>\(error.message(beside: "deposant"))</p>
            """
    }

    package static func outcome(_ layout: Layout, _ frame: Frame, key: [UInt8], _ outcome: FormOutcome) -> HTML {
        switch outcome.state {
        case .unknown, .refused: noDeposit(layout, outcome)
        case .underWay: underWay(layout, key)
        case .deposited: deposited(layout, outcome.deposit)
        case .controlled: controlled(layout, frame, key, outcome)
        case .toConfirm: toConfirm(layout, frame, key, outcome)
        }
    }

    private static func noDeposit(_ layout: Layout, _ outcome: FormOutcome) -> HTML {
        let text = outcome.text.isEmpty ? "Ce fichier n'est plus en attente." : outcome.text
        // Some reasons say it themselves.
        let end = text.lowercased().contains("aucun dépôt n'") ? "" : " Aucun dépôt n'a été fait."
        return layout.document(
            "Aucun dépôt n'a été fait",
            """
            <h1 data-envoi="aucun">Aucun dépôt n'a été fait</h1>
            \(notice(.error, "\(text)\(end)"))\
            <p class="actions"><a class="bouton" href="\(Route.deposit)">DEPOSER UN FICHIER</a> <a href="\(Route.home)">Accueil</a></p>
            """)
    }

    private static func underWay(_ layout: Layout, _ key: [UInt8]) -> HTML {
        layout.document(
            "Envoi en cours",
            """
            <h1 data-envoi="enCours">Envoi en cours</h1>
            \(notice(.information, "Le fichier de ce formulaire est en cours d'envoi ou d'analyse. Veuillez patienter."))\
            <p class="actions"><a class="bouton secondaire" href="\(Route.report(.form(key), .summary))">Actualiser</a></p>
            """)
    }

    private static func deposited(_ layout: Layout, _ deposit: UInt64) -> HTML {
        layout.document(
            "Fichier déposé",
            """
            <h1>Fichier déposé</h1>
            \(notice(.success, "Le fichier est déposé : c'est le dépôt \(deposit)."))\
            <p class="actions"><a class="bouton" href="\(Route.report(.deposit(deposit), .summary))">FERMER</a></p>
            """)
    }

    private static func controlled(
        _ layout: Layout, _ frame: Frame, _ key: [UInt8], _ outcome: FormOutcome
    ) -> HTML {
        let subject = Route.Subject.form(key)
        guard let report = outcome.report else { return noDeposit(layout, outcome) }
        return layout.document(
            ReportPages.title(report.heading, "Rapport"),
            """
            \(ReportPages.heading(frame, subject, report.heading))
            \(notice(.information, "Ce fichier a été contrôlé, il n'a pas été déposé : rien n'est enregistré et aucun courriel n'est envoyé. Ce rapport est conservé \(French.wait(outcome.secondsLeft))."))\
            \(ReportPages.validation(report.heading))
            \(ReportPages.synthesis(subject, report.rules))\
            \(ReportPages.tabs(subject, report.heading, current: .summary))\
            \(with: report.movements, { movements in
                "<h2>Ce que le dépôt changerait</h2>\(report.heading.row.isTest ? "<p>Mode Test : la liste ne changerait pas.</p>\n" : ReportPages.changes(movements, areToCome: true))"
            })\
            <h2>Télécharger</h2>
            <ul class="telecharger">
            <li><a href="\(Route.report(subject, .text))">Le rapport en texte (.txt)</a></li>
            <li><a href="\(Route.report(subject, .json))">Le rapport pour les machines (.json)</a></li>
            </ul>
            <p class="actions"><a class="bouton" href="\(Route.deposit)">DEPOSER UN FICHIER</a></p>
            """)
    }

    /// What would be withdrawn or rejected, by NDA, before it is.
    private static func toConfirm(
        _ layout: Layout, _ frame: Frame, _ key: [UInt8], _ outcome: FormOutcome
    ) -> HTML {
        let subject = Route.Subject.form(key)
        guard let report = outcome.report else { return noDeposit(layout, outcome) }
        let movements = report.movements ?? ShownMovements()
        let rejected = report.heading.lines.blockingLine
        let shrinks =
            outcome.before > 0 && outcome.after < outcome.before
            && (outcome.before - outcome.after) * 5 > outcome.before
        return layout.document(
            "Confirmer le dépôt",
            """
            <h1>Confirmer le dépôt</h1>
            <p>Fichier : <bdi class="fichier">\(report.heading.row.file)</bdi>, \(French.size(report.heading.size)). Déposant : <bdi>\(report.heading.row.depositorName)</bdi>.</p>
            \(if: outcome.hasChanged, notice(.warning, "Le dépôt n'a pas été fait : la liste ou le fichier a changé depuis l'affichage de la page d'où vous venez. Voici ce que le dépôt changerait maintenant."))\
            \(notice(.warning, "Ce fichier n'est pas encore déposé. \(what(movements, rejected))"))\
            \(if: shrinks, notice(.warning, "La liste perdrait plus de 20 % de ses organismes : elle passerait de \(French.grouped(outcome.before)) à \(French.grouped(outcome.after)). Vérifiez que le fichier est complet."))\
            <form method="post" action="\(Route.report(subject, .summary))">
            <input type="hidden" name="vu" value="\(Hexadecimal.encode(outcome.shown))">
            <p class="actions"><button name="action" value="confirmer">DEPOSER QUAND MEME</button>
            <button class="secondaire" name="action" value="abandonner">Abandonner</button></p>
            </form>
            <p>Le fichier est gardé \(French.wait(outcome.secondsLeft)). Sans réponse, aucun dépôt n'est fait.</p>
            <h2>Ce que le dépôt change</h2>
            \(ReportPages.changes(movements, areToCome: true))
            \(ReportPages.synthesis(subject, report.rules))\
            \(if: !report.rules.isEmpty, "<p><a href=\"\(Route.report(subject, .lines))\">Rapport Lignes</a> – <a href=\"\(Route.report(subject, .fields))\">Rapport Champs</a></p>")
            """)
    }

    private static func what(_ movements: ShownMovements, _ rejected: UInt64) -> HTML {
        let withdrawn = movements.withdrawn
        return """
            \(if: withdrawn > 0, "\(French.count(withdrawn, "organisme serait retiré", "organismes seraient retirés")) de la liste\(ReportPages.ended(movements)). ")\
            \(if: rejected > 0, "\(French.count(rejected, "ligne serait rejetée", "lignes seraient rejetées")) et \(French.agree(rejected, "ne serait pas intégrée", "ne seraient pas intégrées")).")
            """
    }
}

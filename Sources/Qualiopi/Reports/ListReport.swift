/// « Liste des organismes de formation certifiés »: what the deposit changed, by name, and the manual's call to mend what it didn't.
enum ListReport {
    /// Organisations that are named of each kind.
    private static let most = 100

    static func write(_ report: Report, to text: inout TextLines) {
        guard let movements = report.movements else { return }
        text.title("Liste des organismes de formation certifiés")
        if report.state == .echec {
            text.say("Le fichier n'a pas pu être intégré : la liste n'a pas changé.")
        } else if report.mode == .test {
            text.say("Mode Test : le fichier n'a pas été intégré, la liste n'a pas changé.")
        } else {
            text.say("\(integration(report)) Le dépôt a apporté à la liste :")
            text.say("- \(French.count(movements.ajouts, "ajout"))")
            text.say("- \(French.count(movements.modifications, "modification"))")
            let ended = report.named.withdrawn.count {
                $0.cause == .absent && !$0.organisation.mayBeListed(on: report.today)
            }
            let share = ended > 0 ? ", dont \(grouped(ended)) en fin de validité" : ""
            text.say("- \(French.count(movements.retraits, "retrait"))\(share)")
        }
        let rejected = report.lines.bloquantLigne
        if report.state != .echec, rejected > 0 { text.say(French.rejectedLines(rejected)) }
        if report.mode == .reel, report.cause != .technique, report.state == .echec || rejected > 0 {
            // Manual, section 3, after the controls.
            text.say(
                "Le fichier doit être rapidement corrigé et retransmis car les informations diffusées sur la liste publique des OFs ne sont plus à jour."
            )
        }
        names(report.named, report.today, &text)
    }

    /// Source: manual, 4.1.1, column « Description ».
    private static func integration(_ report: Report) -> String {
        report.lines.bloquantLigne == 0
            ? "Le fichier a été intégré en totalité." : "Le fichier n'a été intégré que partiellement."
    }

    private static func names(_ named: NamedMovements, _ today: CivilDate, _ text: inout TextLines) {
        // What a file of that day had to leave out has lost nothing by it.
        func last(_ organisation: CertifiedOrganisation) -> String {
            organisation.mayBeListed(on: today)
                ? name(organisation)
                : "\(name(organisation)) (fin de validité \(organisation.end.french))"
        }
        let absent = named.withdrawn.filter { $0.cause == .absent }.map(\.organisation)
        let rejected = named.withdrawn.filter { $0.cause == .ligneRejetee }.map(\.organisation)
        list("Ajoutés", "", named.added.map { name($0) }, &text)
        list(
            "Modifiés", "", named.modified.map { "\(name($0.after)) : \(differences($0).joined(separator: " ; "))" },
            &text)
        list("Retirés car absents du fichier", "", absent.map { last($0) }, &text)
        list(
            "Retirés car leur ligne a été rejetée", "ces organismes ne figurent plus dans votre liste",
            // Among them may be one whose end date the rejected line put off.
            rejected.map { name($0) }, &text)
    }

    private static func list(_ title: String, _ remark: String, _ names: [String], _ text: inout TextLines) {
        guard !names.isEmpty else { return }
        text.skip()
        text.say("\(title) (\(grouped(names.count)))\(remark.isEmpty ? "" : " : \(remark)")")
        for name in names.prefix(most) { text.say("- \(name)") }
        let others = names.count - most
        if others > 0 { text.say("- et \(French.count(others, "autre"))") }
    }

    private static func name(_ organisation: CertifiedOrganisation) -> String {
        "NDA \(organisation.nda.text), SIREN \(organisation.siren.text)"
    }

    /// What changed of an organisation, column by column.
    private static func differences(_ change: NamedMovements.Modification) -> [String] {
        let cells = zip(RegistryCSV.fields(of: change.before), RegistryCSV.fields(of: change.after))
        return zip(Column.allCases, cells).compactMap { column, cells in
            cells.0 == cells.1 ? nil : "\(column.name) \(cells.0) devient \(cells.1)"
        }
    }
}

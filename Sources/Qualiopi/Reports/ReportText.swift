/// The report for people, as the manual's screens lay it out.
///
/// Source: manual, 4.1.2 (« Rapport de validation », « Rapport Lignes », « Rapport Champs »); « Mode » and « Période de dépôt » are
/// columns of the list of deposits there.
package enum ReportText {
    /// The whole text, in lines that end with a line feed.
    package static func render(_ report: Report) -> String {
        var text = TextLines()
        heading(report, &text)
        summary(report, &text)
        if report.cause != .technique {
            LineReport.write(report, to: &text)
            FieldReport.write(report, to: &text)
        }
        certifiedList(report, &text)
        return text.joined
    }

    private static func heading(_ report: Report, _ text: inout TextLines) {
        text.add("Fichier : \(report.file)")
        text.add("État : \(report.state.label)")
        text.add("Date : \((report.receivedAt ?? report.processedAt).french)")
        if let author = report.author {
            text.add("Auteur : \(author)\(report.channel.map { " via \(channelName($0))" } ?? "")")
        }
        if let depositor = report.depositor {
            text.add("Déposant : \(report.depositorName.map { "\($0) (\(depositor))" } ?? depositor)")
        }
        text.add("Mode : \(report.mode.label)")
        if let period = report.period { text.add("Période de dépôt : \(period.french)") }
        text.add("Liste OF : \(report.referenceVersion ?? unusedReference(report))")
        if let remark = report.reference?.sirenRemark { text.add(remark) }
    }

    private static func unusedReference(_ report: Report) -> String {
        report.cause == .technique ? "non utilisée" : "aucune (les contrôles avec la liste OF n'ont pas été faits)"
    }

    /// The screens name the channel after the author: « via le site » (4.1.2).
    private static func channelName(_ channel: String) -> String {
        channel == "sftp" ? "SFTP" : channel
    }

    private static func summary(_ report: Report, _ text: inout TextLines) {
        text.title("Rapport de validation", underline: "=")
        let blocking = report.anomalies.blocking
        let found = French.agree(
            blocking, "erreur bloquante a été trouvée", "erreurs bloquantes ont été trouvées")
        let valid = report.state == .echec ? 0 : 1
        text.add("\(blocking) \(found) (\(French.count(valid, "fichier valide", "fichiers valides")) sur 1).")
        let alerts = report.anomalies.alerte
        if alerts > 0 {
            text.add("\(alerts) \(French.agree(alerts, "alerte a été trouvée", "alertes ont été trouvées")).")
        }
        if report.cause == .technique {
            text.add("Le dépôt n'a pas pu être traité : \(report.reason ?? "erreur technique lors du traitement.")")
        }
    }

    /// What the deposit changed, and the manual's call to mend what it didn't.
    private static func certifiedList(_ report: Report, _ text: inout TextLines) {
        guard let movements = report.movements else { return }
        text.title("Liste des organismes de formation certifiés", underline: "-")
        if report.state == .echec {
            text.add("Le fichier n'a pas pu être intégré : la liste n'a pas changé.")
        } else if report.mode == .test {
            text.add("Mode Test : le fichier n'a pas été intégré, la liste n'a pas changé.")
        } else {
            text.add("\(integration(report)) Le dépôt a apporté à la liste :")
            text.add("- \(French.count(movements.ajouts, "ajout"))")
            text.add("- \(French.count(movements.modifications, "modification"))")
            text.add("- \(French.count(movements.retraits, "retrait"))")
        }
        let rejected = report.lines.bloquantLigne
        if report.state != .echec, rejected > 0 { text.add(French.rejectedLines(rejected)) }
        guard report.mode == .reel, report.cause != .technique, report.state == .echec || rejected > 0 else { return }
        // Manual, section 3, after the controls.
        text.add(
            "Le fichier doit être rapidement corrigé et retransmis car les informations diffusées sur la liste publique des OFs ne sont plus à jour."
        )
    }

    /// Source: manual, 4.1.1, column « Description ».
    private static func integration(_ report: Report) -> String {
        report.lines.bloquantLigne == 0
            ? "Le fichier a été intégré en totalité." : "Le fichier n'a été intégré que partiellement."
    }
}

/// Lines of a text under construction.
struct TextLines {
    private(set) var joined = ""

    mutating func add(_ line: String = "") {
        joined += line
        joined += "\n"
    }

    /// An underlined title after an empty line.
    mutating func title(_ title: String, underline: Character) {
        add()
        add(title)
        add(String(repeating: underline, count: title.count))
    }
}

/// The report for people, as the manual's screens lay it out, with a synthesis before them.
///
/// Source: manual, 4.1.2 (« Rapport de validation », « Rapport Lignes », « Rapport Champs »); « Mode » and « Période de dépôt » are
/// columns of the list of deposits there.
package enum ReportText {
    /// The text as it lies beside the deposit: with a byte order mark and lines that end with CR LF, so that any Windows shows it.
    package static func file(_ report: Report) -> [UInt8] {
        var bytes: [UInt8] = [0xEF, 0xBB, 0xBF]
        let text = render(report)
        bytes.reserveCapacity(text.utf8.count * 17 / 16)
        for byte in text.utf8 {
            if byte == 0x0A { bytes.append(0x0D) }
            bytes.append(byte)
        }
        return bytes
    }

    /// The text for a terminal, in lines that end with a line feed.
    package static func render(_ report: Report) -> String {
        var text = TextLines()
        heading(report, &text)
        summary(report, &text)
        if report.cause != .technique {
            let detailed = DetailedFindings(report)
            Synthesis.write(report, to: &text)
            LineReport.write(report, detailed, to: &text)
            FieldReport.write(report, detailed, to: &text)
        }
        ListReport.write(report, to: &text)
        return text.joined
    }

    private static func heading(_ report: Report, _ text: inout TextLines) {
        text.say("Fichier", report.file)
        text.say("État : \(report.state.label)")
        text.say("Date : \((report.receivedAt ?? report.processedAt).french)")
        if let author = report.author {
            text.say("Auteur", author + (report.channel.map(channelSuffix) ?? ""))
        }
        if let parts = report.parts { text.say(parts.remark) }
        if let depositor = report.depositor {
            text.say("Déposant", report.depositorName.map { "\($0) (\(depositor))" } ?? depositor)
        }
        text.say("Mode : \(report.mode.label)")
        if let period = report.period { text.say("Période de dépôt : \(period.french)") }
        text.say("Liste OF", report.referenceVersion.map { named($0, report.reference) } ?? unusedReference(report))
        if let remark = report.reference?.sirenRemark { text.say(remark) }
    }

    /// The list's name with its thousands apart, and the day of its import.
    private static func named(_ label: String, _ reference: ReferenceFacts?) -> String {
        guard let reference else { return label }
        let end = "\(reference.organisations) OF)"
        let size = label.hasSuffix(end) ? label.dropLast(end.count) + "\(grouped(reference.organisations)) OF)" : label
        return size + (reference.importedAt.map { ", importée le \($0.french)" } ?? "")
    }

    private static func unusedReference(_ report: Report) -> String {
        report.cause == .technique ? "non utilisée" : "aucune (les contrôles avec la liste OF n'ont pas été faits)"
    }

    /// The screens name the channel after the author: « via le site » (4.1.2), which is part of the author's name as it is stored.
    private static func channelSuffix(_ channel: String) -> String {
        switch channel {
        case "sftp": " via SFTP"
        case "web": ""
        default: " via \(channel)"
        }
    }

    private static func summary(_ report: Report, _ text: inout TextLines) {
        text.title("Rapport de validation", underline: "=")
        let found = French.count(
            report.anomalies.blocking, "erreur bloquante a été trouvée", "erreurs bloquantes ont été trouvées")
        // « 0 fichiers valides » is the manual's (4.1.2), and scripts look for it.
        let valid = report.state == .echec ? "0 fichiers valides" : "1 fichier valide"
        text.say("\(found) (\(valid) sur 1).")
        let alerts = report.anomalies.alerte
        if alerts > 0 { text.say(French.count(alerts, "alerte a été trouvée", "alertes ont été trouvées") + ".") }
        if report.cause == .technique { text.say(TechnicalFailure.sentences(report.reason)) }
    }
}

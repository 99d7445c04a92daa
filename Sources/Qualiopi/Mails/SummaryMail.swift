/// One mail in the place of many about deposits, where a recipient would get more in an hour than anybody reads.
///
/// Not in the manual, which knows of no such depositor.
package enum SummaryMail {
    /// The kind of a mail in the outbox.
    package static let kind = "resume"
    /// Deposits that are named; of the others the number is said.
    package static let mostNamed = 200

    /// A deposit that a mail would have been about.
    package struct Item: Sendable {
        package var mail: DepositMail
        /// Escaped for display; nil if it isn't known any more.
        package var file: String?
        package var deposit: Int64
        package var lines: LineCounts
        package var anomalies: FindingCounts
        /// Where it can be looked at; nil without a portal.
        package var page: String?

        package init(
            mail: DepositMail, file: String?, deposit: Int64, lines: LineCounts, anomalies: FindingCounts, page: String?
        ) {
            self.mail = mail
            self.file = file
            self.deposit = deposit
            self.lines = lines
            self.anomalies = anomalies
            self.page = page
        }

        /// Lines that were not integrated although the file is.
        var rejectedLines: Int { mail == .validated ? lines.bloquantLigne : 0 }

        /// What the mail itself would have counted, in the manual's words.
        var findings: String {
            let alerts = "\(anomalies.alerte) erreur(s) non bloquante(s)"
            return switch mail {
            case .validated: ", \(alerts)"
            case .refused: ", \(anomalies.blocking) erreur(s) bloquante(s) et \(alerts)"
            case .impossible, .notMade: ""
            }
        }
    }

    package static func subject(count: Int) -> String { "QUALIOPI - Résumé de \(count) dépôts" }

    /// Each deposit with what its own mail would have counted, its rejected lines above all: a partial success would
    /// otherwise read like a whole one.
    ///
    /// - Parameters:
    ///   - items: all of them; the first ``mostNamed`` are named.
    ///   - perHour: how many mails a recipient gets in an hour.
    /// - Returns: The text, without a final line break.
    package static func body(items: [Item], perHour: Int) -> String {
        let words = [
            (DepositMail.validated, "validé"), (.refused, "refusé"), (.impossible, "impossible"),
        ].compactMap { mail, word -> String? in
            let number = items.count { $0.mail == mail }
            return number > 0 ? "\(number) \(word)\(number > 1 ? "s" : "")\(partly(items, mail))" : nil
        }
        var text =
            "\(items.count) de vos dépôts, dans le cadre du projet QUALIOPI, ont été traités : \(words.joined(separator: ", ")).\n\n"
            + "Ce courriel les réunit, parce que vous n'en recevez pas plus de \(perHour) par heure. Chaque dépôt a son rapport "
            + "dans votre espace déposant.\n"
        for item in items.prefix(mostNamed) {
            let file = item.file.map { "\"\($0)\"" } ?? "dépôt"
            text +=
                "\n- \(item.mail.subject.replacing("QUALIOPI - ", with: "")) : \(file) (dépôt \(item.deposit))\(item.findings)"
            if let page = item.page { text += " \(page)" }
            if item.rejectedLines > 0 { text += "\n  \(French.rejectedLines(item.rejectedLines))" }
        }
        if items.count > mostNamed { text += "\n- et \(French.count(items.count - mostNamed, "autre"))" }
        return text
    }

    /// How many of the validated ones are so in part alone.
    private static func partly(_ items: [Item], _ mail: DepositMail) -> String {
        let number = items.count { $0.mail == mail && $0.rejectedLines > 0 }
        return number > 0 ? ", dont \(number) en partie" : ""
    }
}

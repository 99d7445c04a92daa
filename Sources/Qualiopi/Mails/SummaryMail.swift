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
        /// Where it can be looked at; nil without a portal.
        package var page: String?

        package init(mail: DepositMail, file: String?, deposit: Int64, page: String?) {
            self.mail = mail
            self.file = file
            self.deposit = deposit
            self.page = page
        }
    }

    package static func subject(count: Int) -> String { "QUALIOPI - Résumé de \(count) dépôts" }

    /// - Parameters:
    ///   - items: the first of them, at most ``mostNamed``.
    ///   - counts: of all of them.
    ///   - perHour: how many mails a recipient gets in an hour.
    /// - Returns: The text, without a final line break.
    package static func body(items: [Item], counts: [DepositMail: Int], perHour: Int) -> String {
        let count = counts.values.reduce(0, +)
        let words = [
            (DepositMail.validated, "validé"), (.refused, "refusé"), (.impossible, "impossible"),
        ].compactMap { mail, word -> String? in
            guard let number = counts[mail], number > 0 else { return nil }
            return "\(number) \(word)\(number > 1 ? "s" : "")"
        }
        var text =
            "\(count) de vos dépôts, dans le cadre du projet QUALIOPI, ont été traités : \(words.joined(separator: ", ")).\n\n"
            + "Ce courriel les réunit, parce que vous n'en recevez pas plus de \(perHour) par heure. Chaque dépôt a son rapport "
            + "dans votre espace déposant.\n"
        for item in items {
            let file = item.file.map { "\"\($0)\"" } ?? "dépôt"
            text += "\n- \(item.mail.subject.replacing("QUALIOPI - ", with: "")) : \(file) (dépôt \(item.deposit))"
            if let page = item.page { text += " \(page)" }
        }
        if count > items.count { text += "\n- et \(count - items.count) autres" }
        return text
    }
}

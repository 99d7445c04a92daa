/// The manual's four notifications, word for word; the raw value is the kind of a mail in the outbox.
///
/// Source: manual, 4.3.1 to 4.3.4.
package enum DepositMail: String, Sendable, CaseIterable {
    /// 4.3.1, « lorsqu'une exécution se termine avec succès », partial success included.
    case validated = "valide"
    /// 4.3.2, « car une règle bloquante a été levée ».
    case refused = "refuse"
    /// 4.3.3, « pour une autre raison qu'une règle bloquante ».
    case impossible
    /// 4.3.4, « le déposant n'a fait aucun dépôt sur la période précédente ».
    case notMade = "nonRealise"

    /// The « Objet ».
    package var subject: String {
        switch self {
        case .validated: "QUALIOPI - Dépôt validé"
        case .refused: "QUALIOPI - Dépôt refusé"
        case .impossible: "QUALIOPI - Dépôt impossible"
        case .notMade: "QUALIOPI - Dépôt non réalisé"
        }
    }

    /// Why a file was never treated, and is given up.
    package enum Unfinished: Sendable {
        /// It is whole, under a temporary name.
        case neverRenamed
        /// Its end is missing.
        case incomplete
        /// The server could not keep it, or not take it when it was sent.
        case notTaken

        fileprivate var sentence: String {
            switch self {
            case .neverRenamed:
                "Le fichier est resté sous un nom temporaire et n'a donc pas été traité, puis a été supprimé : il doit être transmis à nouveau, et renommé une fois transmis."
            case .incomplete:
                "Le fichier n'a pas été reçu en entier et n'a donc pas été traité, puis a été supprimé : il doit être transmis à nouveau."
            case .notTaken:
                "Le serveur n'a pas pu prendre en charge le fichier, qui n'a donc pas été traité, puis a été supprimé : il doit être transmis à nouveau."
            }
        }
    }

    /// The text of 4.3.3 for a file that was never treated until it expired, with a sentence on the cause: there is no
    /// report that could tell it.
    package static func unfinished(file: String, _ cause: Unfinished, link: String) -> String {
        "\(DepositMail.impossible.body(file: file, blocking: 0, alerts: 0, rejectedLines: 0, link: link))\n\n"
            + cause.sentence
    }

    /// That a deposit was treated, as another mail says, and its report could not be put into the folder.
    package static func withoutReport(file: String, deposit: Int64, page: String?) -> String {
        let text =
            "Votre dépôt \"\(file)\", dans le cadre du projet QUALIOPI, a été traité, comme l'indique un autre courriel, mais son "
            + "rapport n'a pas pu être écrit dans votre répertoire de dépôt."
        guard let page else { return "\(text)\n\nDemandez-le à l'assistance, avec le numéro du dépôt : \(deposit)." }
        return "\(text)\n\nVous pouvez le consulter dans votre espace déposant \(page)."
    }

    /// The text, its paragraphs separated by an empty line, without a final line break.
    ///
    /// The manual's « erreur(s) » is kept. Lines that were rejected are only told of in 4.3.1, in a sentence of their own after the manual's text,
    /// because a partial success would otherwise read like a whole one.
    ///
    /// - `file`: The deposit's name, escaped for display (``DisplayText``); unused in 4.3.4.
    /// - `blocking`: The « erreurs bloquantes » (``FindingCounts/blocking``).
    /// - `alerts`: The findings of severity `alerte`.
    /// - `rejectedLines`: Lines not integrated although the file is; 0 for a whole success.
    /// - `link`: What the manual's « [lien …] » stands for: the report's address, in 4.3.4 the portal's; without a portal a path on the SFTP server.
    package func body(file: String, blocking: Int, alerts: Int, rejectedLines: Int, link: String) -> String {
        let deposit = "Votre dépôt \"\(file)\", dans le cadre du projet QUALIOPI,"
        let consult = "Vous pouvez consulter le rapport détaillé dans votre espace déposant \(link)."
        switch self {
        case .validated:
            let text =
                "\(deposit) a été validé et transmis. Il contenait \(alerts) erreur(s) non bloquante(s). \(consult)"
            return rejectedLines > 0 ? "\(text)\n\n\(French.rejectedLines(rejectedLines))" : text
        case .refused:
            return "\(deposit) n'a pas pu être transmis. Il contenait \(blocking) erreur(s) bloquante(s) et "
                + "\(alerts) erreur(s) non bloquante(s). \(consult)"
        case .impossible:
            return "\(deposit) n'a pas pu être transmis. \(consult)"
        case .notMade:
            return "La période de dépôt du projet QUALIOPI est terminée, et aucun fichier n'a été transmis pour votre "
                + "entité. Les dépôts sont désormais fermés pour cette période.\n\n"
                + "Vous pouvez toutefois déposer pour la période suivante dans votre espace déposant \(link)."
        }
    }
}

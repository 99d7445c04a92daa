/// What a depositor is told of its folder before a limit is reached; the raw value is the kind of a mail in the outbox.
///
/// Not in the manual, which knows of no limits.
package enum FolderMail: String, Sendable, CaseIterable {
    /// Unfinished uploads take most of the folder.
    case uploads = "repertoire"
    /// Reports take most of their allowance.
    case reports = "rapports"

    /// - depositor: the code.
    package func subject(depositor: String) -> String {
        switch self {
        case .uploads: "QUALIOPI - Répertoire de dépôt \(depositor) bientôt plein"
        case .reports: "QUALIOPI - Place des rapports de \(depositor) bientôt épuisée"
        }
    }

    /// - link: the folder's address.
    /// - percent: of the limit.
    package func body(files: Int, percent: Int, link: String) -> String {
        switch self {
        case .uploads:
            "Votre répertoire de dépôt \(link) est occupé à \(percent) % par des fichiers inachevés ou en attente "
                + "(\(files)). Au-delà de 100 %, les dépôts sont refusés : supprimez les fichiers inutiles."
        case .reports:
            "Les rapports de votre répertoire de dépôt \(link) (\(French.count(files, "fichier"))) occupent \(percent) % de la place qui "
                + "leur est réservée. Au-delà, les plus anciens sont supprimés : conservez une copie de ceux dont vous "
                + "avez besoin."
        }
    }
}

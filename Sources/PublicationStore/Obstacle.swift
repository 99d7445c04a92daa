/// Why a deposit could not be treated, none of which is the depositor's fault.
///
/// Stands in the deposit's row as what stopped its last attempt. The error itself, with its words for an operator, is in the log
/// and in the deposit's timeline.
package enum Obstacle: String, Error, CaseIterable, CustomStringConvertible {
    case noReferenceList
    case damagedReferenceList
    case bytesGone
    case bytesUnreadable
    /// The folder that holds the files in hand can't be looked into.
    case folderUnusable
    /// The daemon died with the deposit in hand.
    case interrupted
    /// The day's changes are used up: it waits for the next day.
    case tooManyChanges
    case diskFull
    case databaseBusy
    case databaseUnusable
    case other

    /// Whether it has nothing to do with the one deposit: the depositor's later ones would meet it too. They wait behind
    /// it, or the last list would come first and the others end as « remplacé par un dépôt plus récent ».
    package var isShared: Bool {
        switch self {
        case .diskFull, .databaseBusy, .databaseUnusable, .folderUnusable: true
        case .noReferenceList, .damagedReferenceList, .bytesGone, .bytesUnreadable, .interrupted, .tooManyChanges,
            .other:
            false
        }
    }

    /// A French sentence without its capital and its full stop: what the report of a « Dépôt impossible » says.
    package var description: String {
        switch self {
        case .noReferenceList: "aucune liste des organismes de formation n'a été importée"
        case .damagedReferenceList: "la liste des organismes de formation est illisible"
        case .bytesGone: "le fichier déposé est introuvable"
        case .bytesUnreadable: "le fichier déposé n'a pas pu être lu sur le serveur"
        case .folderUnusable: "un répertoire du serveur est inaccessible"
        case .interrupted: "le traitement du fichier a été interrompu plusieurs fois"
        case .tooManyChanges: "la limite quotidienne de modifications est atteinte : le dépôt sera traité demain"
        case .diskFull: "l'espace disque du serveur est insuffisant"
        case .databaseBusy: "la base de données du serveur n'a pas répondu à temps"
        case .databaseUnusable: "la base de données du serveur est indisponible"
        case .other: "une erreur technique est survenue sur le serveur"
        }
    }
}

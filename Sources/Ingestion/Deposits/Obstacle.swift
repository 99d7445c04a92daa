import DepositStore
internal import LinuxSystem
internal import Store
internal import SystemPackage

/// Why a deposit could not be treated, none of which is the depositor's fault: what the report of a « Dépôt impossible » says.
///
/// The error itself, with its words for an operator, is in the log and in the deposit's timeline.
enum Obstacle: Error, CaseIterable, CustomStringConvertible {
    case noReferenceList
    case damagedReferenceList
    case bytesGone
    case bytesUnreadable
    /// The daemon died with the deposit in hand.
    case interrupted
    /// The day's changes are used up: it waits for the next day.
    case tooManyChanges
    case diskFull
    case databaseBusy
    case databaseUnusable
    case other

    init(_ error: any Error) {
        self =
            switch error {
            case let obstacle as Obstacle: obstacle
            case StoreError.full, Errno.noSpace, Errno.diskQuotaExceeded: .diskFull
            case StoreError.busy: .databaseBusy
            case StoreError.notFound, StoreError.conflict: .other
            case is StoreError: .databaseUnusable
            case Errno.noSuchFileOrDirectory: .bytesGone
            case Errno.ioError, Errno.permissionDenied, Errno.notPermitted: .bytesUnreadable
            default: .other
            }
    }

    /// Whether it has nothing to do with the one deposit: the depositor's later ones would meet it too. They wait behind
    /// it, or the last list would come first and the others end as « remplacé par un dépôt plus récent ».
    var isShared: Bool {
        switch self {
        case .diskFull, .databaseBusy, .databaseUnusable: true
        default: false
        }
    }

    /// Whether what a deposit's row says of its last try was such an obstacle.
    static func isShared(recorded error: String) -> Bool {
        let sayings: [any Error] = [StoreError.full, StoreError.busy, Errno.noSpace, Errno.diskQuotaExceeded]
        return sayings.contains { "\($0)" == error } || error.hasPrefix("\(StoreError.unusable(""))")
    }

    /// A French sentence without its capital and its full stop.
    var description: String {
        switch self {
        case .noReferenceList: "aucune liste des organismes de formation n'a été importée"
        case .damagedReferenceList: "la liste des organismes de formation est illisible"
        case .bytesGone: "le fichier déposé est introuvable"
        case .bytesUnreadable: "le fichier déposé n'a pas pu être lu sur le serveur"
        case .interrupted: "le traitement du fichier a été interrompu plusieurs fois"
        case .tooManyChanges: Store.Deposits.postponed
        case .diskFull: "l'espace disque du serveur est insuffisant"
        case .databaseBusy: "la base de données du serveur n'a pas répondu à temps"
        case .databaseUnusable: "la base de données du serveur est indisponible"
        case .other: "une erreur technique est survenue sur le serveur"
        }
    }
}

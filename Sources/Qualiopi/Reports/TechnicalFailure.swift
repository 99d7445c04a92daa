/// What a depositor is told of a deposit that could not be treated, whose file has no fault.
///
/// Not in the manual, which has « Erreurs techniques lors du traitement » (4.3.3) and no words for them.
package enum TechnicalFailure {
    /// Of a deposit that was tried again until a later one had become the list in force.
    package static let superseded = "remplacé par un dépôt plus récent"

    /// What happened, and what to do.
    ///
    /// - reason: a French sentence without its capital and its full stop.
    package static func sentences(_ reason: String?) -> String {
        let advice =
            reason == superseded
            ? "Il n'y a rien à faire : c'est la liste de ce dernier qui est en vigueur."
            : "Le fichier peut être déposé de nouveau ; si l'échec se répète, contacter l'assistance."
        return
            "Le dépôt n'a pas pu être traité : \(reason ?? "une erreur technique est survenue sur le serveur"). \(advice)"
    }
}

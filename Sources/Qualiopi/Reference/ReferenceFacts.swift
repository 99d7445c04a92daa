/// The OF list that a deposit was controlled with, as its report tells it.
package struct ReferenceFacts: Sendable, Equatable {
    /// Its number; nil for a list that was never imported (`check --reference`).
    package var version: Int64?
    package var importedAt: LocalTime?
    package var organisations: Int
    /// Organisations whose SIREN it doesn't know; nil where nobody counted.
    package var withoutSIREN: Int?

    package init(version: Int64?, importedAt: LocalTime?, organisations: Int, withoutSIREN: Int?) {
        self.version = version
        self.importedAt = importedAt
        self.organisations = organisations
        self.withoutSIREN = withoutSIREN
    }

    /// So many organisations without a SIREN are ordinary.
    static func negligible(_ organisations: Int) -> Int { organisations / 100 * ReferenceDoubt.oddShare }

    /// In French, that the control of the SIREN could not be made, or not for some of the organisations; nil for an ordinary list.
    package var sirenRemark: String? {
        guard let withoutSIREN, withoutSIREN > ReferenceFacts.negligible(organisations) else { return nil }
        if withoutSIREN >= organisations {
            return "Le contrôle du SIREN n'a pas pu être fait : la liste OF ne donne le SIREN d'aucun organisme."
        }
        return
            "Le contrôle du SIREN n'a pas pu être fait pour tous les organismes : la liste OF ne donne pas le SIREN de "
            + "\(grouped(withoutSIREN)) d'entre eux, sur \(grouped(organisations))."
    }
}

/// A training organisation (OF) with its certification, as one line of a deposit states it.
package struct CertifiedOrganisation: Hashable, Sendable {
    package var nda: NDA
    package var siren: SIREN
    package var categories: Categories
    /// Day of the decision of the certification now valid.
    package var decision: CivilDate
    /// Last day of validity.
    package var end: CivilDate

    package init(nda: NDA, siren: SIREN, categories: Categories, decision: CivilDate, end: CivilDate) {
        self.nda = nda
        self.siren = siren
        self.categories = categories
        self.decision = decision
        self.end = end
    }

    /// Whether it is certified on a day, its last one included: « entries past their end date drop out » of the list.
    package func isInForce(on day: CivilDate) -> Bool { end >= day }

    /// Whether a file that is received on a day may list it; one that it mustn't list is not missing from it, and loses
    /// nothing by that.
    ///
    /// Source: manual, section 3, « La date de fin de validité doit être supérieure à la date du jour ».
    package func mayBeListed(on day: CivilDate) -> Bool { end > day }
}

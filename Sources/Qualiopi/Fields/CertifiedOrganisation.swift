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
}

/// What the controls need besides the file: everything is an argument, so that a retry gives the same answer.
package struct ValidationContext: Sendable {
    package var policy: Policy
    /// The « date du jour »: the civil day in Europe/Paris when the deposit was received.
    package var today: CivilDate
    /// The list of OF; nil skips `nda.inconnu` and `siren.inconnu`.
    package var reference: ReferenceList?
    /// NDAs of the depositor's last integrated list that a file of that day may still list, ascending, each once
    /// (`liste.baisse`).
    package var previousList: [NDA]
    /// How many organisations that list has in all.
    package var lastListSize: Int
    /// NDAs in force at other certifiers (`nda.autreCertificateur`; only read when that rule is on).
    package var otherCertifiers: Set<NDA>

    /// Whether an accepted file replaces the list: not in test mode, nor in `check`. Only the wording depends on it.
    package var integrates: Bool

    package init(
        policy: Policy, today: CivilDate, reference: ReferenceList?, previousList: [NDA] = [],
        lastListSize: Int? = nil, otherCertifiers: Set<NDA> = [], integrates: Bool = true
    ) {
        self.policy = policy
        self.today = today
        self.reference = reference
        self.previousList = previousList
        self.lastListSize = lastListSize ?? previousList.count
        self.otherCertifiers = otherCertifiers
        self.integrates = integrates
    }
}

package import PortalProtocol
package import Qualiopi

// Certified organisations and what a deposit does to them, as pages have them.

extension ShownMovements {
    /// `day`: that of the deposit's reception.
    package init(_ movements: NamedMovements, on day: CivilDate) {
        self.init()
        ended = UInt64(
            clamping: movements.withdrawn.count { $0.cause == .absent && !$0.organisation.mayBeListed(on: day) })
        added = UInt64(clamping: movements.added.count)
        changed = UInt64(clamping: movements.modified.count)
        rows += movements.added.prefix(PortalBounds.movements).map { MovementRow(.added, $0) }
        rows += movements.modified.prefix(PortalBounds.movements).map { MovementRow(.changed, $0.after) }
        for (cause, kind) in [(WithdrawalCause.absent, MovementKind.absent), (.ligneRejetee, .rejected)] {
            let withdrawn = movements.withdrawn.filter { $0.cause == cause }
            if kind == .absent {
                absent = UInt64(clamping: withdrawn.count)
            } else {
                rejected = UInt64(clamping: withdrawn.count)
            }
            rows += withdrawn.prefix(PortalBounds.movements).map {
                var row = MovementRow(kind, $0.organisation)
                row.end = ShownDay($0.organisation.end)
                return row
            }
        }
    }
}

extension MovementRow {
    package init(_ kind: MovementKind, _ organisation: CertifiedOrganisation) {
        self.init()
        self.kind = kind
        nda = organisation.nda.text
        siren = organisation.siren.text
    }
}

extension OrganisationRow {
    package init(_ organisation: CertifiedOrganisation, depositor: String) {
        self.init()
        nda = organisation.nda.text
        siren = organisation.siren.text
        categories = organisation.categories.rawValue
        decision = ShownDay(organisation.decision)
        end = ShownDay(organisation.end)
        self.depositor = depositor
    }
}

/// The certified organisations now in force, whoever certified them.
package enum PublicRegistry {
    /// The union of the depositors' lists on a day, by ascending NDA.
    ///
    /// What is past its end date on that day drops out. An NDA that several lists have appears once, with all its categories and the latest
    /// end date; its SIREN and date of decision are those of the entry that lasts longest.
    ///
    /// - `organisations`: The lists one after another, in any order.
    package static func union(
        _ organisations: some Sequence<CertifiedOrganisation>, on day: CivilDate
    ) -> [CertifiedOrganisation] {
        let inForce = organisations.filter { $0.end >= day }.sorted { precedes($0, $1) }
        var registry: [CertifiedOrganisation] = []
        registry.reserveCapacity(inForce.count)
        for organisation in inForce {
            if let last = registry.indices.last, registry[last].nda == organisation.nda {
                registry[last].categories.formUnion(organisation.categories)
            } else {
                registry.append(organisation)
            }
        }
        return registry
    }

    /// Orders by NDA; within one, the entry to start from comes first.
    private static func precedes(_ left: CertifiedOrganisation, _ right: CertifiedOrganisation) -> Bool {
        if left.nda != right.nda { return left.nda < right.nda }
        if left.end != right.end { return left.end > right.end }
        if left.decision != right.decision { return left.decision > right.decision }
        return left.siren < right.siren
    }
}

internal import ServiceConfiguration

/// What the portal's settings leave out: what the law asks a site to say of whoever runs it.
struct PortalConcerns {
    /// One concern that names the settings, or none: also without a portal.
    func all(_ settings: Settings) -> [Concern] {
        guard !settings.portal.listen.isEmpty else { return [] }
        let portal = settings.portal
        let texts = [
            ("portal.publisher.name", portal.publisher.name), ("portal.publisher.address", portal.publisher.address),
            ("portal.publisher.phone", portal.publisher.phone),
            ("portal.publisher.director", portal.publisher.director),
            ("portal.publisher.host", portal.publisher.host), ("portal.publisher.dpo", portal.publisher.dpo),
            ("portal.assistance", portal.assistance),
        ]
        let missing = texts.filter { $0.1.isEmpty }.map(\.0)
        guard !missing.isEmpty else { return [] }
        return [
            Concern(
                "the portal's pages that the law asks for say « à compléter »: \(missing.joined(separator: ", "))",
                remedy: "fill them in in the settings")
        ]
    }
}

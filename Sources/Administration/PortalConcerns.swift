internal import AccountStore
internal import Control
internal import Qualiopi
internal import ServiceConfiguration
internal import Store

/// A portal that doesn't serve, what its settings leave out, and invitations that nobody takes up.
struct PortalConcerns {
    let store: Store
    let clock: CivilClock
    /// Of a daemon that runs, which knows of systemd's sockets.
    let live: LiveStatus?

    /// - Throws: ``StoreError``.
    func all(_ settings: Settings) throws(StoreError) -> [Concern] {
        liveness() + publisher(settings) + (try invitations())
    }

    private func liveness() -> [Concern] {
        guard let fault = live?.portalFault else { return [] }
        return [
            Concern(
                "nobody gets to the portal: \(fault)",
                remedy:
                    "journalctl -u collecteur -g portal; another one is started by itself, else systemctl restart collecteur"
            )
        ]
    }

    /// What the law asks a site to say of whoever runs it: one concern that names the settings, or none, also without a portal.
    private func publisher(_ settings: Settings) -> [Concern] {
        guard !settings.portal.listen.isEmpty || live?.portal.isEmpty == false else { return [] }
        let portal = settings.portal
        let texts = [
            ("portal.publisher.name", portal.publisher.name), ("portal.publisher.address", portal.publisher.address),
            ("portal.publisher.phone", portal.publisher.phone),
            ("portal.publisher.director", portal.publisher.director),
            ("portal.publisher.host", portal.publisher.host), ("portal.publisher.dpo", portal.publisher.dpo),
            ("portal.assistance", portal.assistance), ("portal.declaration.plan", portal.declaration.plan),
            ("portal.declaration.date", portal.declaration.date),
        ]
        let audited = [
            ("portal.declaration.audit", portal.declaration.audit),
            ("portal.declaration.exceptions", portal.declaration.exceptions),
        ]
        let missing = (texts + (portal.accessibility == .non ? [] : audited)).filter { $0.1.isEmpty }.map(\.0)
        guard !missing.isEmpty else { return [] }
        return [
            Concern(
                "the portal's pages that the law asks for say « à compléter »: \(missing.joined(separator: ", "))",
                remedy: "fill them in in the settings")
        ]
    }

    /// In the last tenth of its time a code that nobody has used may not have reached anybody. One concern a depositor.
    private func invitations() throws(StoreError) -> [Concern] {
        let now = clock.now()
        let ending = try store.invitations.openInvitations(at: now).filter {
            $0.until.seconds(since: now) * 10 <= $0.until.seconds(since: $0.createdAt)
        }
        return Dictionary(grouping: ending, by: \.depositor).sorted { $0.key < $1.key }.map { code, invitations in
            let ends = invitations.map { "\($0.id) on \(clock.local($0.until).date.iso)" }.joined(separator: ", ")
            return Concern(
                "nobody has used the invitation of \(code) that ends soon: \(ends)",
                since: invitations.map(\.createdAt).min(),
                remedy:
                    "ask whether it has arrived; collecteur depositor revoke-invitation, or depositor invite \(code)")
        }
    }
}

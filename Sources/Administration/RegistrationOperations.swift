internal import Qualiopi
internal import ServiceConfiguration
package import Store

/// Accounts that people make by themselves.
extension Administration {
    /// Keeps a registration and mails the link that activates it; who has an account already is told so by mail instead.
    ///
    /// - passwordHash: yescrypt. portalURL: what the link begins with; hours: how long it holds.
    /// - Returns: Whether the address was free. Nobody but the log may be told.
    /// - Throws: ``StoreError``.
    package func register(
        _ person: PersonDetails, email: String, passwordHash: String, portalURL: String, hours: Int
    ) throws(StoreError) -> Bool {
        let token = PortalTokens.make()
        let now = clock.now()
        let until = now.adding(seconds: Double(hours) * 3600)
        let link = "\(portalURL)/activation/\(PortalTokens.text(token))"
        let isNew = try store.portal.register(
            person, email: email, passwordHash: passwordHash, link: PortalTokens.hash(token), until: until,
            activation: PortalMail.activation(to: email, link: link, hours: hours, until: until),
            known: PortalMail.known(to: email, portalURL: portalURL), at: now)
        _ = announce(.outbox)
        return isNew
    }

    /// Makes the account of a registration, given the token of its link.
    ///
    /// - Returns: Its address; nil where the link is used, too old, or the address has an account by now.
    /// - Throws: ``StoreError``.
    package func activate(token: [UInt8], from origin: String) throws(StoreError) -> String? {
        try store.portal.activate(link: PortalTokens.hash(token), from: origin, at: clock.now())
    }
}

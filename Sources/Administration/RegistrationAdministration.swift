import AccountStore
package import PortalStore
internal import Qualiopi
internal import ServiceConfiguration
package import Store

/// Accounts that people make by themselves.
package struct RegistrationAdministration: Sendable {
    let registrations: Store.Portal.Registrations
    let clock: CivilClock
    let signal: ChangeSignal

    /// Keeps a registration and mails the link that activates it; who has an account already is told so by mail instead.
    ///
    /// - passwordHash: yescrypt. portalURL: what the link begins with; hours: how long it holds. spacing: seconds between two mails of a kind.
    /// - Returns: What nobody but the log may be told.
    /// - Throws: ``StoreError``.
    package func register(
        _ person: PersonDetails, email: String, passwordHash: String, portalURL: String, hours: Int,
        spacing: Double = 0
    ) throws(StoreError) -> RegistrationOutcome {
        let token = PortalTokens.make()
        let now = clock.now()
        let until = now.adding(seconds: Double(hours) * 3600)
        let link = "\(portalURL)/activation/\(PortalTokens.text(token))"
        let outcome = try registrations.register(
            person, email: email, passwordHash: passwordHash, link: PortalTokens.hash(token), until: until,
            activation: PortalMail.activation(to: email, link: link, hours: hours, until: until),
            known: PortalMail.known(to: email, portalURL: portalURL), spacing: spacing, at: now)
        if outcome != .tooManyMails { signal.send(.outbox) }
        return outcome
    }

    /// Removes what waits for its activation at an address; returns whether there was any.
    package func remove(email: String, by author: AuditAuthor) throws(StoreError) -> Bool {
        try registrations.remove(email: email, by: author, at: clock.now())
    }

    /// Makes the account of a registration, given the token of a link that was mailed to its address.
    ///
    /// - chosen: Another registration of the address; nil for the link's own.
    /// - Returns: Its address; nil where the link is used, too old, or the address has an account by now.
    /// - Throws: ``StoreError``.
    package func activate(
        token: [UInt8], chosen: [UInt8]? = nil, from origin: String
    ) throws(StoreError) -> String? {
        try registrations.activate(
            link: PortalTokens.hash(token), chosen: chosen, from: origin, at: clock.now())
    }
}

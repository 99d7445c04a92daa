import AccountStore
import PortalStore
internal import Qualiopi
internal import ServiceConfiguration
package import Store

/// A person's access to the portal.
package struct PortalAdministration: Sendable {
    let portal: Store.Portal
    let clock: CivilClock
    let signal: ChangeSignal

    /// Mails a person a link to choose the portal's password with, the first one or another; earlier links hold until one is used.
    ///
    /// The link begins with `portalURL` and holds for so many minutes.
    ///
    /// - spacing: seconds for which no second mail follows a first whose link still holds; 0 for a mail in any case.
    /// - Returns: Whether there is a mail.
    /// - Throws: ``StoreError``; `notFound` if there is no such person. So do those below.
    @discardableResult
    package func mailPasswordLink(
        email: String, portalURL: String, minutes: Int, spacing: Double = 0, by author: AuditAuthor
    ) throws(StoreError) -> Bool {
        let token = PortalTokens.make()
        let now = clock.now()
        let link = "\(portalURL)/mot-de-passe/\(PortalTokens.text(token))"
        let until = now.adding(seconds: Double(minutes) * 60)
        let isMailed = try portal.links.add(
            hash: PortalTokens.hash(token), email: email, until: until, spacing: spacing,
            mail: PortalMail.reset(to: email, link: link, minutes: minutes, until: until), by: author, at: now)
        if isMailed { signal.send(.outbox) }
        return isMailed
    }

    /// Uses a mailed link up for a password, given its yescrypt hash; sessions and links end, and a mail says so.
    ///
    /// - Returns: Whose it is; nil where the link is used or too old.
    package func usePasswordLink(token: [UInt8], hash: String, from origin: String) throws(StoreError) -> String? {
        let email = try portal.links.use(
            PortalTokens.hash(token), hash: hash, from: origin, at: clock.now(), mail: PortalMail.changed(to: ""))
        if email != nil { signal.send(.outbox) }
        return email
    }

    /// Gives a person a password for the portal, given its yescrypt hash; sessions and links end, and a mail says so.
    package func setPassword(email: String, hash: String, by author: AuditAuthor) throws(StoreError) {
        try portal.people.setPassword(
            email: email, hash: hash, by: author, at: clock.now(), mail: PortalMail.changed(to: email))
        signal.send(.outbox)
    }

    /// Keeps a person out of the portal and ends the sessions there; the SFTP account goes on.
    package func lock(email: String, by author: AuditAuthor) throws(StoreError) {
        try portal.people.setState(email: email, .verrouille, by: author, at: clock.now())
    }

    package func unlock(email: String, by author: AuditAuthor) throws(StoreError) {
        try portal.people.setState(email: email, .actif, by: author, at: clock.now())
    }

    /// Ends a person's sessions of the portal; returns how many.
    package func endSessions(email: String, by author: AuditAuthor) throws(StoreError) -> Int {
        try portal.sessions.end(email: email, by: author, at: clock.now())
    }

    /// Ends everybody's sessions of the portal; returns how many.
    package func endAllSessions(by author: AuditAuthor) throws(StoreError) -> Int {
        try portal.sessions.endAll(by: author, at: clock.now())
    }
}

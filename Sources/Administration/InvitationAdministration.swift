package import AccountStore
import DepositorStore
package import PortalStore
package import Qualiopi
internal import ServiceConfiguration
package import Store

/// Codes that let a person act for a depositor.
package struct InvitationAdministration: Sendable {
    let invitations: Store.Invitations
    let depositors: Store.Depositors
    let colleagues: Store.Portal.Colleagues
    let clock: CivilClock
    let signal: ChangeSignal

    /// Makes a code for one person, good for so many days, and mails it where an address is given.
    ///
    /// - Returns: The code, to be shown once: only its hash is kept.
    /// - Throws: ``StoreError``; `notFound` if there is no such depositor.
    package func invite(
        depositor code: String, email: String?, portalURL: String, days: Int, by author: AuditAuthor
    ) throws(StoreError) -> (code: InvitationCode, invitation: Invitation) {
        let now = clock.now()
        let secret = InvitationCode.make()
        let until = now.adding(seconds: Double(days) * 86_400)
        let depositor = try depositors.depositor(code: code)
        let mail = email.map { address in
            PortalMail.invitation(
                to: address, establishment: depositor, code: secret.text, portalURL: portalURL,
                end: clock.local(until).french, until: until)
        }
        let invitation = try invitations.addInvitation(
            depositor: code, hash: secret.hash, until: until, mail: mail, by: author, at: now)
        if mail != nil { signal.send(.outbox) }
        return (secret, invitation)
    }

    /// Makes a code good for nobody.
    ///
    /// - Throws: ``StoreError``; `notFound` if the depositor has no such invitation, `conflict` if it is used or over.
    package func revoke(id: Int64, depositor code: String, by author: AuditAuthor) throws(StoreError) {
        try invitations.revokeInvitation(id: id, depositor: code, by: author, at: clock.now())
    }

    /// Makes a person one of a depositor's, by the SIRET and the code as they were typed.
    ///
    /// - Throws: ``StoreError``; `notFound` if there is no such person.
    package func join(
        siret: SIRET, code: InvitationCode, email: String, by author: AuditAuthor
    ) throws(StoreError) -> Joining {
        try colleagues.join(siret: siret.text, hash: code.hash, email: email, by: author, at: clock.now())
    }
}

import AccountStore
import DepositStore
import DepositorStore
package import LinuxSystem
import OutboxStore
import PortalStore
import ReferenceStore
package import ServiceConfiguration
package import Store

/// Every operation of an admin, or of a depositor on its own account, by what it is done to.
///
/// Each call changes the database and its audit trail in one transaction, tells the daemon, and returns what happened. Called by the commands and
/// by the portal, on any thread; a call blocks for a file sync at most, or for the busy timeout, and for the daemon's answer. What a call has
/// changed is durable on return, whether or not a daemon runs. A number of sessions that it ended is nil if no daemon runs. Failures: every call
/// throws ``StoreError``; one that throws has changed nothing and audited nothing.
package struct Administration: Sendable {
    package let accounts: AccountAdministration
    package let depositors: DepositorAdministration
    package let deposits: DepositAdministration
    package let invitations: InvitationAdministration
    package let mails: MailAdministration
    package let personalData: PersonalDataAdministration
    package let portal: PortalAdministration
    package let references: ReferenceAdministration
    package let registrations: RegistrationAdministration
    package let users: UserAdministration

    /// - signal: what every change is told to.
    package init(store: Store, state: StateDirectory, clock: CivilClock, signal: ChangeSignal) {
        accounts = AccountAdministration(accounts: store.accounts, clock: clock, signal: signal)
        depositors = DepositorAdministration(
            register: store.depositorRegister, depositors: store.depositors, state: state, clock: clock, signal: signal)
        deposits = DepositAdministration(deposits: store.deposits, state: state, clock: clock, signal: signal)
        invitations = InvitationAdministration(
            invitations: store.invitations, depositors: store.depositors, colleagues: store.portal.colleagues,
            clock: clock,
            signal: signal)
        mails = MailAdministration(outbox: store.outbox, clock: clock, signal: signal)
        personalData = PersonalDataAdministration(store: store, state: state, clock: clock, signal: signal)
        portal = PortalAdministration(portal: store.portal, clock: clock, signal: signal)
        references = ReferenceAdministration(lists: store.referenceLists, clock: clock, signal: signal)
        registrations = RegistrationAdministration(
            registrations: store.portal.registrations, clock: clock, signal: signal)
        users = UserAdministration(accounts: store.accounts, clock: clock, signal: signal)
    }
}

package import AccountStore
package import Administration
package import Logging
package import PortalStore
package import ServiceConfiguration
package import Store

/// Who may come, put together: one counts the tries of all, and one pool hashes for all.
package final class PortalEntrance: Sendable {
    package let logins: PortalLogins
    package let links: PasswordLinks
    package let registrations: PortalRegistrations
    package let codes: ActivationCodes
    package let sftp: SFTPAccounts
    package let passwords: PasswordWork
    private let writes = DelayedWrites()

    /// - Throws: where the system gives no random bytes.
    package init(
        portal: Store.Portal, accounts: Store.Accounts, administration: Administration, settings: SettingsInForce,
        clock: CivilClock, logger: Logger
    ) throws {
        let tries = LoginTries()
        passwords = PasswordWork(logger: logger)
        logins = try PortalLogins(
            portal: portal, access: administration.portal, clock: clock, logger: logger, tries: tries,
            passwords: passwords, writes: writes)
        links = PasswordLinks(
            portal: portal, access: administration.portal, settings: settings, clock: clock, logger: logger,
            logins: logins, passwords: passwords, writes: writes)
        registrations = PortalRegistrations(
            portal: portal, registrations: administration.registrations, settings: settings, clock: clock,
            logger: logger,
            tries: tries, passwords: passwords)
        codes = ActivationCodes(invitations: administration.invitations, logger: logger)
        sftp = SFTPAccounts(
            portal: portal, accounts: accounts, administration: administration.accounts, logins: logins, logger: logger)
    }

    /// Returns when what was asked is answered and written.
    package func stop() {
        passwords.stop()
        writes.stop()
    }
}

package import AccountStore
internal import DepositorStore
internal import Foundation
internal import LoginStore
package import PortalProtocol
package import PortalStore
internal import Qualiopi
package import ServiceConfiguration
package import Store

/// « Mes Informations » (manual, 4.2.1 and 4.3).
///
/// Any thread may call it; it changes nothing. What is thrown is the database's.
package struct InformationReader: Sendable {
    private let portal: Store.Portal
    private let accounts: Store.Accounts
    private let sftp: SFTPFacts
    private let settings: SettingsInForce
    private let clock: CivilClock

    package init(
        portal: Store.Portal, accounts: Store.Accounts, sftp: SFTPFacts, settings: SettingsInForce, clock: CivilClock
    ) {
        self.portal = portal
        self.accounts = accounts
        self.sftp = sftp
        self.settings = settings
        self.clock = clock
    }

    /// - asksPassword: whether the login is too old for what is done to the SFTP account.
    package func information(_ person: PortalVisitor, asksPassword: Bool) throws -> InformationPage {
        var page = InformationPage()
        page.isMuted = person.isMuted
        page.addresses = person.depositors.prefix(PortalBounds.establishments).map { depositor in
            var address = PostalAddress()
            address.depositor = depositor.code
            address.street = depositor.address.street
            address.postalCode = depositor.address.postalCode
            address.city = depositor.address.city
            return address
        }
        page.sftp = try access(person, asksPassword)
        let now = clock.now()
        let colleagues = try portal.colleagues.all(of: person.email)
        page.colleagues = colleagues.prefix(PortalBounds.colleagues).map(ColleagueRow.init)
        page.moreColleagues = UInt32(clamping: colleagues.count - page.colleagues.count)
        page.sessions = try portal.sessions.all(email: person.email).prefix(PortalBounds.sessions).map { session in
            var row = SessionRow()
            row.id = UInt64(clamping: session.id)
            row.begun = ShownMoment(clock.local(session.begunAt))
            // That of whoever looks may not be written down yet.
            row.seen = ShownMoment(clock.local(session.id == person.session ? person.seenAt : session.seenAt))
            row.address = session.address
            row.agent = session.agent
            row.age = UInt32(clamping: Int64(now.seconds(since: session.begunAt)))
            row.isThis = session.id == person.session
            return row
        }
        return page
    }

    private func access(_ person: PortalVisitor, _ asksPassword: Bool) throws -> SFTPAccess {
        var access = SFTPAccess()
        let settings = settings.current
        let stated = settings.portal.sftpAddress
        if let colon = stated.lastIndex(of: ":"), let port = UInt16(stated[stated.index(after: colon)...]) {
            access.host = String(stated[..<colon])
            access.port = port
        } else {
            access.host = stated.isEmpty ? PortalAddress(settings.portalURL)?.name ?? "" : stated
            access.port = sftp.port
        }
        access.asksPassword = asksPassword
        access.login = Store.Accounts.login(forEmail: person.email)
        access.hostKeys = sftp.hostKeys().prefix(PortalBounds.hostKeys).map { key in
            var row = HostKeyRow()
            row.type = key.type
            row.fingerprint = key.fingerprint
            row.key = Data(key.blob).base64EncodedString()
            return row
        }
        guard let login = try portal.people.sftpLogin(email: person.email) else { return access }
        access.login = login
        access.isOpen = true
        access.isLocked = try accounts.account(login: login).state == .locked
        access.keys = try accounts.keys(login: login).prefix(PortalBounds.keys).map { key in
            var row = KeyRow()
            row.fingerprint = key.fingerprint
            row.algorithm = key.algorithm
            row.name = key.comment
            row.added = ShownMoment(clock.local(key.addedAt))
            return row
        }
        let attempts = try accounts.logins(login: login, limit: PortalBounds.logins)
        access.logins = attempts.map { LoginRow($0, clock: clock) }
        // Whoever is banned isn't asked for a login: the trail can't tell of it.
        var addresses: [String] = []
        for attempt in attempts where !addresses.contains(attempt.origin) { addresses.append(attempt.origin) }
        access.bans = addresses.compactMap { address in
            guard let seconds = sftp.ban(address) else { return nil }
            var row = BanRow()
            row.address = address
            row.seconds = UInt32(clamping: seconds)
            return row
        }
        return access
    }
}

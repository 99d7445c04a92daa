internal import AccountStore
internal import Administration
internal import Credentials
internal import LinuxSystem
internal import Logging
package import PortalProtocol
import PortalStore
internal import Qualiopi
internal import ServiceConfiguration
internal import Store
internal import Synchronization

/// « Mot de passe oublié »: links by mail, each used once.
///
/// Any thread may call it; what hashes is answered on a thread that hashes. A password that was set is durable when the answer is there; a mail
/// that was asked for is in the outbox a moment after it.
package final class PasswordLinks: Sendable {
    private let portal: Store.Portal
    private let access: PortalAdministration
    private let settings: SettingsInForce
    private let clock: CivilClock
    private let logger: Logger
    private let logins: PortalLogins
    private let passwords: PasswordWork
    private let writes: DelayedWrites
    /// Mails that one source address asks for.
    private let asked = Mutex(RateLimit(most: 5, window: 3_600_000))

    init(
        portal: Store.Portal, access: PortalAdministration, settings: SettingsInForce, clock: CivilClock,
        logger: Logger, logins: PortalLogins, passwords: PasswordWork, writes: DelayedWrites
    ) {
        self.portal = portal
        self.access = access
        self.settings = settings
        self.clock = clock
        self.logger = logger
        self.logins = logins
        self.passwords = passwords
        self.writes = writes
    }

    /// Whether a link would be taken; it isn't used.
    package func check(_ token: [UInt8]) throws -> Answer {
        try portal.links.holder(hash: PortalTokens.hash(token), now: clock.now()) == nil ? .notFound : .done
    }

    /// The answer is the same whether the address is known or not, and comes at once: the mail is sent by the outbox.
    package func askReset(_ email: String, from address: String, _ reply: @escaping @Sendable (Answer) -> Void) {
        let now = MonotonicClock.milliseconds()
        // Whoever asks too often is told so; the person's mails are bounded by the time between them, and not by a number that others use up.
        let tooMany = asked.withLock { state in
            LoginTries.place(address).flatMap { state.take($0, now: now) }
        }
        if let tooMany { return reply(.later(seconds: tooMany)) }
        reply(.done)
        writes.submit {
            do {
                guard try self.portal.people.isUser(email: email) else { return }
                let (url, minutes) = self.settings.read { ($0.portalURL, $0.portal.resetMinutes) }
                try self.access.mailPasswordLink(
                    email: email, portalURL: url, minutes: minutes,
                    spacing: min(MailSpacing.seconds, Double(minutes) * 30),
                    by: AuditAuthor(email, from: address))
            } catch {
                // The page has promised no more than that a mail is on its way if there is an account.
                self.logger.error("portal.failed", metadata: ["reason": "\(error)"])
            }
        }
    }

    package func reset(_ new: NewPassword, from address: String, _ reply: @escaping @Sendable (Answer) -> Void) {
        passwords.submit(reply) {
            // No hash is computed for a link that is none; who of several at once is the one that uses it is seen by the database.
            guard try self.portal.links.holder(hash: PortalTokens.hash(new.token), now: self.clock.now()) != nil else {
                return .notFound
            }
            if let objection = PasswordObjection.text(new.password) { return .refused(text: objection) }
            let used = try self.access.usePasswordLink(
                token: new.token, hash: Passwords.hash(new.password), from: address)
            guard let email = used else { return .notFound }
            self.logins.noteSet(email, address)
            return .done
        }
    }
}

internal import Qualiopi

/// The message of `mail test`: sent at once, past the outbox, so that the operator sees what the server says.
package enum MailTest {
    /// - Parameters:
    ///   - recipient: An e-mail address.
    ///   - settings: The settings in force.
    ///   - state: Where the spool is.
    ///   - clock: For the message's date.
    /// - Throws: What the daemon would put the mail off or give it up for.
    package static func send(
        to recipient: String, settings: Settings, state: StateDirectory, clock: CivilClock
    ) throws(DeliveryFailure) {
        guard Mailbox.isAddress(recipient) else { throw .final("\(recipient) is not an e-mail address") }
        let unique = "test-\(String(UInt64.random(in: .min ... .max), radix: 16))"
        let now = clock.local(clock.now())
        let message = Message(
            from: settings.mail.from, replyTo: settings.mail.replyTo, recipient: recipient,
            subject: "QUALIOPI - Message d'essai",
            body: "Ce message a été envoyé le \(now.french) pour vérifier l'envoi des notifications de dépôt.",
            identifier: MessageIdentifier.make(unique, sender: settings.mail.from), date: now)
        let carrier: any MailCarrier =
            switch settings.mail.transport {
            case .spool: Spool(path: state.mailSpool)
            case .smtp: SMTPCarrier(settings: settings.mail)
            }
        try carrier.deliver(message, name: unique)
    }
}

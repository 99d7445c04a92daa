package import OutboxStore

/// A message that did not get through, and what follows from it.
package enum DeliveryFailure: Error, Equatable {
    /// Nothing can be delivered at the moment: no connection, a certificate that doesn't hold, a login that is refused.
    /// Every other message would fare the same.
    case unavailable(String)
    /// This message, not now: a 4xx answer, or a connection that broke while it was on its way.
    case temporary(String)
    /// This message, never: a 5xx answer.
    case final(String)
}

/// A way for messages to leave: one per worker, used by one thread at a time.
package protocol MailCarrier: AnyObject {
    /// What a delivered message is: `sent` or `spooled`.
    var delivered: OutboxMail.State { get }

    /// Returns once the message is somebody else's responsibility.
    ///
    /// - `message`: To one recipient.
    /// - `name`: The message's name in the spool, the same at each try.
    func deliver(_ message: Message, name: String) throws(DeliveryFailure)

    /// Lets go of what it keeps open between messages.
    func rest()
}

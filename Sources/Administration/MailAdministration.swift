package import OutboxStore
package import Qualiopi
internal import ServiceConfiguration
package import Store

/// Mails, which say for themselves what became of them.
package struct MailAdministration: Sendable {
    let outbox: Store.Outbox
    let clock: CivilClock
    let signal: ChangeSignal

    /// Makes the mails due that were given up or spooled since an instant, but for those that nobody may get any more.
    ///
    /// - Throws: ``StoreError``.
    package func retryAll(in state: OutboxMail.State, since: Timestamp) throws(StoreError) -> RetriedMails {
        let retried = try outbox.retryMails(in: state, since: since, now: clock.now())
        signal.send(.outbox)
        return retried
    }

    /// Makes a mail due that waits, failed, or was spooled.
    ///
    /// - Throws: ``StoreError``; `notFound`, or `conflict` if it was sent, its link or code is over, or its recipient may not get it any more.
    package func retry(id: Int64) throws(StoreError) {
        try outbox.retryMail(id: id, now: clock.now())
        signal.send(.outbox)
    }

    /// Queues a test mail; returns its number.
    package func sendTest(to recipient: String) throws(StoreError) -> Int64 {
        let mail = NewMail(
            kind: "test", recipient: recipient, subject: "QUALIOPI - Message de test",
            body: "Ceci est un message de test de collecteur. Aucune action n'est nécessaire.\n")
        let id = try outbox.send(mail, at: clock.now())
        signal.send(.outbox)
        return id
    }
}

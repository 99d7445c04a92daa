package import OutboxStore
package import ServiceConfiguration
package import LinuxSystem
package import Logging
internal import Qualiopi
internal import ServiceLifecycle
package import Store
internal import Synchronization
package import Telemetry

/// Delivers the mails of the outbox: takes those that are due, tries each, and records what became of it.
///
/// A few workers on threads of their own, each with its connection; they wake when mails are queued (``kick()``), when one becomes due again,
/// and every 30 s in any case. Nothing here reads or changes a deposit.
///
/// Crash safety: a mail is queued until the server has it; killed in between, the daemon sends it once more with the same Message-ID.
/// Failures: 4xx answers and broken connections are tried again with growing delays (``Backoff``); 5xx answers and mails that
/// became too old are final, shown by `status` and `mail list`. When the server can't be reached, what else is due is put off with it
/// instead of waiting for the same. A database that can't be used is asked again until it can.
package final class Mailer: Service, Sendable {
    /// Mails taken by one look into the outbox.
    private static let batch = 200
    private static let waitForDatabase = Duration.seconds(2)
    /// How long messages under way may go on when the daemon stops.
    private static let patienceAtStop = Duration.seconds(10)

    private let outbox: Store.Outbox
    private let state: StateDirectory
    private let clock: CivilClock
    private let metrics: Metrics
    private let logger: Logger
    private let queue = MailQueue()
    private let settings: SettingsInForce
    /// On the monotonic clock; set once the daemon stops.
    private let abandonAt = Mutex<Duration?>(nil)

    package init(
        settings: SettingsInForce, state: StateDirectory, outbox: Store.Outbox, clock: CivilClock,
        metrics: Metrics = Metrics(),
        logger: Logger
    ) {
        self.outbox = outbox
        self.state = state
        self.clock = clock
        self.metrics = metrics
        self.logger = logger
        self.settings = settings
        // What waits for a server that was wrong need wait no longer.
        settings.onChange { [queue] in queue.kick() }
    }

    /// Says that mails were queued.
    package func kick() { queue.kick() }

    /// Delivers until the daemon stops gracefully; messages under way get ten seconds more.
    package func run() async throws {
        let workers = settings.read { $0.mail.parallel }
        let pool = WorkerPool(name: "mail", threads: workers)
        for _ in 0..<workers { pool.submit { self.work() } }
        try? await gracefulShutdown()
        abandonAt.withLock { $0 = MonotonicClock.now() + Mailer.patienceAtStop }
        queue.stop()
        await withoutBlocking { pool.stop() }
    }

    private func work() {
        var current: (carrier: any MailCarrier, settings: Settings.Mail, version: Int)?
        while true {
            switch queue.next(isResting: current == nil) {
            case .stop: return
            case .look: look()
            case .rest:
                current?.carrier.rest()
                current = nil
            case .deliver(let mail):
                // A reload gives up the connection: the password's file may be another.
                let (wanted, version) = settings.versioned
                if current?.version != version { current = nil }
                let used = current ?? (carrier(wanted.mail), wanted.mail, version)
                current = used
                deliver(mail, over: used.carrier, used.settings)
            }
        }
    }

    private func carrier(_ settings: Settings.Mail) -> any MailCarrier {
        switch settings.transport {
        case .spool: Spool(path: state.mailSpool)
        case .smtp: SMTPCarrier(settings: settings, isAbandoned: { self.isAbandoned })
        }
    }

    private var isAbandoned: Bool { abandonAt.withLock { $0 }.map { MonotonicClock.now() >= $0 } ?? false }

    private func look() {
        do throws(StoreError) {
            let now = clock.now()
            let taken = queue.taken
            let longest = settings.read { max($0.mail.retryLongestSeconds, 3600) }
            for mail in try outbox.withdrawUnwanted(taken: taken) { withdrawn(mail) }
            try pace(taken, now)
            let limit = Mailer.batch + taken.count
            let due = try outbox.dueMails(now: now, horizon: now.adding(seconds: longest), limit: limit)
            let next = try outbox.figures().nextAttemptAt.map { Duration.seconds($0.seconds(since: now)) }
            queue.fill(due, isAll: due.count < limit, next: next)
        } catch {
            logger.error("mail.outbox_unavailable", metadata: ["reason": "\(error)"])
            queue.lookFailed(again: Mailer.waitForDatabase)
        }
    }

    /// Joins what would be too many mails for somebody.
    private func pace(_ taken: Set<Int64>, _ now: Timestamp) throws(StoreError) {
        let (perHour, portal) = settings.read { ($0.mail.maxPerHour, $0.portalURL) }
        let results = try outbox.pace(perHour: perHour, taken: taken, now: now) { mails in
            let items = mails.compactMap { mail in
                DepositMail(rawValue: mail.kind).map { kind in
                    SummaryMail.Item(
                        mail: kind, file: mail.file.map { DisplayText.name($0) }, deposit: mail.deposit,
                        lines: mail.lines, anomalies: mail.anomalies,
                        page: portal.isEmpty ? nil : "\(portal)/depots/\(mail.deposit)")
                }
            }
            return NewMail(
                kind: SummaryMail.kind, recipient: "", subject: SummaryMail.subject(count: mails.count),
                body: SummaryMail.body(items: items, perHour: perHour))
        }
        for result in results {
            logger.notice(
                "mail.too_many",
                metadata: ["to": "\(result.recipient)", "held": "\(result.held)", "joined": "\(result.joined)"])
        }
    }

    private func withdrawn(_ mail: WithdrawnMail) {
        var facts: Logger.Metadata = ["mail": "\(mail.id)", "kind": "\(mail.kind)", "to": "\(mail.recipient)"]
        if let deposit = mail.deposit { facts["deposit"] = "\(deposit)" }
        logger.notice("mail.withdrawn", metadata: facts)
    }

    /// How often ``eraseSecrets()`` is wanted.
    package static let secretsInterval = Duration.seconds(60)

    /// Gives up mails with a link or a code that is over, and erases those that nobody needs any more; what fails is tried again the next time.
    package func eraseSecrets() {
        do {
            try outbox.eraseSecrets(now: clock.now())
        } catch {
            logger.error("mail.outbox_unavailable", metadata: ["reason": "\(error)"])
        }
    }

    // MARK: One mail

    private func deliver(_ mail: OutboxMail, over carrier: any MailCarrier, _ settings: Settings.Mail) {
        // It was handed out some time ago, behind others. What can't be asked now is asked at the next look.
        guard (try? outbox.isWanted(mail: mail.id)) == true else {
            return queue.release(mail.id, again: Mailer.waitForDatabase, delivered: false)
        }
        if let until = mail.until, until <= clock.now() { return fail(mail, "the link or code in it is over") }
        let message = Message(
            from: settings.from, replyTo: settings.replyTo, recipient: mail.recipient, subject: mail.subject,
            body: mail.body, identifier: MessageIdentifier.make(mail.messageID, sender: settings.from),
            date: clock.local(mail.createdAt), unsubscribePage: unsubscribePage(mail))
        do throws(DeliveryFailure) {
            try carrier.deliver(message, name: "\(mail.id)")
            FaultPoint.reached(.sent)
            let state = carrier.delivered
            logger.info(state == .spooled ? "mail.spooled" : "mail.sent", metadata: facts(mail))
            metrics.count(.mails, ["result": state.rawValue])
            record(mail, delivered: true) { () throws(StoreError) in
                try outbox.markDelivered(mail: mail.id, as: state, at: clock.now())
            }
        } catch {
            // Broken off by the stop of the daemon: no fault of the mail's, and due at the next start.
            if isAbandoned { return }
            switch error {
            case .final(let text): fail(mail, text)
            case .temporary(let text): putOff(mail, text, settings)
            case .unavailable(let text):
                putOff(mail, text, settings)
                for other in queue.takeAll() { putOff(other, text, settings) }
            }
        }
    }

    /// Of the mails that a person can do without: those about deposits and their folder. Nil without a portal.
    private func unsubscribePage(_ mail: OutboxMail) -> String? {
        let isAboutDeposits =
            DepositMail(rawValue: mail.kind) != nil || FolderMail(rawValue: mail.kind) != nil
            || mail.kind == SummaryMail.kind
        let portal = settings.read { $0.portalURL }
        return isAboutDeposits && !portal.isEmpty ? "\(portal)/informations/notifications" : nil
    }

    private func putOff(_ mail: OutboxMail, _ text: String, _ settings: Settings.Mail) {
        let backoff = Backoff(
            initialSeconds: settings.retryInitialSeconds, longestSeconds: settings.retryLongestSeconds,
            retryHours: settings.retryHours)
        let now = clock.now()
        guard let next = backoff.nextTry(afterTries: mail.attempts + 1, queued: mail.createdAt, now: now) else {
            return fail(mail, "given up after \(mail.attempts + 1) tries: \(text)")
        }
        let wait = next.seconds(since: now)
        var facts = facts(mail)
        facts["reason"] = "\(text)"
        facts["retry_seconds"] = "\(wait)"
        logger.notice("mail.deferred", metadata: facts)
        metrics.count(.mails, ["result": "deferred"])
        record(mail, again: .seconds(wait)) { () throws(StoreError) in
            try outbox.markDeferred(mail: mail.id, nextAttemptAt: next, error: text)
        }
    }

    private func fail(_ mail: OutboxMail, _ text: String) {
        var facts = facts(mail)
        facts["reason"] = "\(text)"
        logger.warning("mail.failed", metadata: facts)
        metrics.count(.mails, ["result": "failed"])
        record(mail) { () throws(StoreError) in try outbox.markFailed(mail: mail.id, error: text) }
    }

    /// Records a result, as often as it takes: a mail that went out and is not marked would go out again.
    private func record(
        _ mail: OutboxMail, again: Duration? = nil, delivered: Bool = false, _ body: () throws(StoreError) -> Void
    ) {
        while true {
            do throws(StoreError) {
                try body()
                return queue.release(mail.id, again: again, delivered: delivered)
            } catch {
                logger.error("mail.unrecorded", metadata: ["mail": "\(mail.id)", "reason": "\(error)"])
                if queue.isStopping { return }
                _ = WakeSignal().wait(timeout: Mailer.waitForDatabase)
            }
        }
    }

    private func facts(_ mail: OutboxMail) -> Logger.Metadata {
        var facts: Logger.Metadata = [
            "mail": "\(mail.id)", "kind": "\(mail.kind)", "to": "\(mail.recipient)", "try": "\(mail.attempts + 1)",
        ]
        if let deposit = mail.deposit { facts["deposit"] = "\(deposit)" }
        return facts
    }
}

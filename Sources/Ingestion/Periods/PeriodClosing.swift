import OutboxStore
package import PeriodStore
package import PublicationStore
package import ServiceConfiguration
internal import LinuxSystem
package import Logging
internal import Qualiopi
internal import ServiceLifecycle
package import Store
internal import Synchronization

/// Closes each period once it is over: who deposited nothing in it gets « Dépôt non réalisé ».
///
/// Missed periods are closed in order, mails go out for the last one only. The clock is the civil one, read again at least every 30 s: a machine
/// that was suspended, or whose clock was put right, closes what is over by then.
///
/// A thread of its own; it wakes the mailer when it has queued something.
/// Crash safety: a period is closed in one transaction with its mails, and only once; killed in between, the rest is closed at the next start.
/// Failures: a database that can't be used is logged and asked again.
/// Source: manual, 4.3.4.
package final class PeriodClosing: Service, Sendable {
    /// Between two readings of the clock, at most.
    private static let longestWait = 30.0
    /// Between two looks for a file that was deposited in time and is not claimed yet.
    private static let waitForClaim = 0.5
    /// A file that nobody claims for that long (its writer never lets go of it) holds nothing up any more.
    private static let patienceForClaims = Duration.seconds(600)
    /// Seconds after its end before a period is closed: a file that came in at the last moment is recorded by then, even
    /// if the database made it wait.
    package static let grace = Store.busyTimeout + 5

    private let periods: Store.Periods
    private let publications: Store.Publications
    private let clock: CivilClock
    private let logger: Logger
    private let kickMailer: @Sendable () -> Void
    private let settings: SettingsInForce
    private let grace: Double
    /// So long the clock stands behind what was done before it is believed.
    private let patienceForClock: Duration
    private let wake = WakeSignal()
    private let isStopping = Mutex(false)
    /// Since when something that was done is yet to come; monotonic.
    private let aheadSince = Mutex<Duration?>(nil)
    /// Since when unclaimed files hold up the next closing; monotonic.
    private let heldSince = Mutex<Duration?>(nil)

    /// - `kickMailer`: Called when mails were queued.
    package init(
        settings: SettingsInForce, periods: Store.Periods, publications: Store.Publications, clock: CivilClock,
        logger: Logger,
        grace: Double = PeriodClosing.grace,
        patienceForClock: Duration = .seconds(600),
        kickMailer: @escaping @Sendable () -> Void
    ) {
        self.grace = grace
        self.patienceForClock = patienceForClock
        self.periods = periods
        self.publications = publications
        self.clock = clock
        self.logger = logger
        self.kickMailer = kickMailer
        self.settings = settings
        settings.onChange { [wake] in wake.notify() }
    }

    /// Closes periods until the daemon stops gracefully.
    package func run() async throws {
        let pool = WorkerPool(name: "periods", threads: 1)
        pool.submit { self.work() }
        try? await gracefulShutdown()
        isStopping.withLock { $0 = true }
        wake.notify()
        // At most one transaction is under way.
        await withoutBlocking { pool.stop() }
    }

    private func work() {
        while !isStopping.withLock({ $0 }) {
            var wait = PeriodClosing.longestWait
            do throws(StoreError) {
                let isHeld = try !closeDue()
                wait = isHeld ? PeriodClosing.waitForClaim : min(wait, max(0.05, secondsToNextEnd()))
            } catch {
                logger.error("period.unavailable", metadata: ["reason": "\(error)"])
            }
            wake.wait(timeout: .seconds(wait))
        }
    }

    private func secondsToNextEnd() -> Double {
        let now = closingTime
        let current = Period.containing(clock.local(now).date, settings.read { $0.period.every })
        return clock.start(of: current.end.adding(days: 1)).seconds(since: now)
    }

    /// What is over by then may be closed.
    private var closingTime: Timestamp { clock.now().adding(seconds: -grace) }

    /// Closes what is over.
    ///
    /// - Returns: False if a file that was deposited in time must be claimed first.
    /// - Throws: What the database said; what was closed before stays closed.
    @discardableResult
    func closeDue() throws(StoreError) -> Bool {
        let settings = settings.current
        let links = MailLinks(portalURL: settings.portalURL)
        try mendAhead()
        let due = try duePeriods(settings.period.every)
        guard let last = due.last else { return true }
        if try mustWaitForClaims(through: last) { return false }
        for period in due {
            let isLast = period == last
            let silent = try periods.closePeriod(period, at: clock.now()) { code, recipients in
                FaultPoint.reached(.periodClosing)
                guard isLast else { return [] }
                return recipients.map { PeriodClosing.mail(to: $0, depositor: code, period, links) }
            }
            guard let silent else { continue }
            FaultPoint.reached(.periodClosed)
            logger.info(
                "period.closed",
                metadata: [
                    "start": "\(period.start.iso)", "end": "\(period.end.iso)", "silent": "\(silent.count)",
                    "depositors": "\(silent.prefix(20).joined(separator: ","))", "mails": "\(isLast)",
                ])
        }
        kickMailer()
        return true
    }

    /// What a clock that ran ahead has done is undone, once the clock has stood where it is for a while: it may as well be behind for a
    /// moment itself, and nothing is wrong then.
    private func mendAhead() throws(StoreError) {
        let now = clock.now()
        guard try periods.isAhead(now: now) else { return aheadSince.withLock { $0 = nil } }
        let since = aheadSince.withLock { since in
            let start = since ?? MonotonicClock.now()
            since = start
            return start
        }
        guard MonotonicClock.now() - since >= patienceForClock else { return }
        if let last = try periods.reopenPeriodsClosedAhead(now: now) {
            logger.warning("period.closed_ahead", metadata: ["through": "\(last.iso)"])
        }
        let codes = try periods.redateDepositorsAddedAhead(now: now, on: clock.local(now).date)
        guard !codes.isEmpty else { return }
        logger.warning("depositor.added_ahead", metadata: ["depositors": "\(codes.prefix(20).joined(separator: ","))"])
    }

    /// The periods that are over and not closed, in order; none as long as there was never a depositor.
    private func duePeriods(_ unit: PeriodUnit) throws(StoreError) -> [Period] {
        let today = clock.local(closingTime).date
        let first: CivilDate
        if let closed = try periods.lastClosedPeriodEnd(now: clock.now()) {
            first = closed.adding(days: 1)
        } else if let day = try periods.firstDepositorDay() {
            first = day
        } else {
            return []
        }
        var due: [Period] = []
        var period = Period.containing(first, unit)
        while period.end < today {
            due.append(period)
            let next = period.next
            // The calendar ends with the year 9999.
            guard period.end < next.end else { break }
            period = next
        }
        return due
    }

    /// Whether a file that came in before the end has not become a deposit yet: it is its reception that counts.
    private func mustWaitForClaims(through last: Period) throws(StoreError) -> Bool {
        let end = clock.start(of: last.end.adding(days: 1))
        let isWaited = try publications.all().contains { $0.receivedAt < end }
        return heldSince.withLock { since in
            guard isWaited else {
                since = nil
                return false
            }
            let start = since ?? MonotonicClock.now()
            since = start
            return MonotonicClock.now() - start < PeriodClosing.patienceForClaims
        }
    }

    private static func mail(to recipient: String, depositor: String, _ period: Period, _ links: MailLinks) -> NewMail {
        NewMail(
            kind: DepositMail.notMade.rawValue, depositor: depositor, period: period.start, recipient: recipient,
            subject: DepositMail.notMade.subject,
            body: DepositMail.notMade.body(
                file: "", blocking: 0, alerts: 0, rejectedLines: 0, link: links.portal(depositor: depositor)))
    }
}

import AccountStore
internal import Administration
internal import Admission
import OutboxStore
import PortalStore
import ReferenceStore
internal import ServiceConfiguration
internal import Control
internal import Glibc
internal import Ingestion
internal import LinuxSystem
internal import Logging
internal import PortalHost
internal import Qualiopi
internal import SessionHost
internal import Store
internal import Telemetry

/// What the daemon says of itself: to the commands over the control socket, and to monitoring.
extension DaemonAssembly {
    func answer(_ request: ControlRequest, _ feed: ChangeFeed) -> ControlReply {
        switch request.request {
        case .changed:
            feed.catchUp()
            let change = request.reason.flatMap { Change(reason: $0, subject: request.subject ?? "") }
            let ended = change.flatMap { feed.ended(by: $0) }
            if case .credentials = change { return ControlReply(lifted: ended) }
            return ControlReply(sessionsEnded: ended)
        case .status:
            return ControlReply(status: status())
        case .bans:
            return ControlReply(
                bans: sessions.admissions.bans().map { .init(address: $0.address, seconds: $0.seconds) })
        case .liftBans:
            return ControlReply(lifted: sessions.admissions.liftBans(of: request.subject ?? ""))
        }
    }

    private func status() -> LiveStatus {
        let figures = sessions.figures()
        var status = LiveStatus()
        status.processID = getpid()
        status.uptimeSeconds = (MonotonicClock.now() - started) / .seconds(1)
        status.listening = listener.addresses
        status.sessions = figures.sessions
        status.unauthenticated = figures.unauthenticated
        status.portal = portal?.addresses ?? []
        status.uploads = figures.uploads + (portal?.uploads ?? 0)
        status.bannedAddresses = figures.bannedAddresses
        status.banned = sessions.admissions.bans().prefix(10).map(\.address)
        status.sessionFault = figures.sessionFault
        let denied = sessions.admissions.denied
        status.deniedAccounts = denied.accounts
        status.refusesSessions = denied.all
        status.gcmFault = figures.gcmFault
        status.portalFault = portal?.fault
        status.waiting = watcher.settling
        status.unclaimed = watcher.faults
        status.processing = pipeline.load
        return status
    }

    /// The line that `systemctl status` shows.
    func statusLine() -> String {
        let status = status()
        return "listening on \(status.listening.joined(separator: ", ")); \(status.sessions) sessions, "
            + "\(status.uploads) uploads; \(status.waiting + status.processing) deposits in hand"
    }

    func gauges() -> [Metrics.Gauge] {
        let figures = sessions.figures()
        var gauges = [
            Metrics.Gauge("build_info", help: "1, with the version.", 1, labels: [("version", Version.current)]),
            Metrics.Gauge(
                "uptime_seconds", help: "Since the daemon was started.",
                ((MonotonicClock.now() - started) / .seconds(1)).rounded()),
            Metrics.Gauge("sessions", help: "Connections, logged in or not.", Double(figures.sessions)),
            Metrics.Gauge(
                "sessions_unauthenticated", help: "Connections that have not logged in.",
                Double(figures.unauthenticated)),
            Metrics.Gauge("uploads", help: "Files being received.", Double(figures.uploads + (portal?.uploads ?? 0))),
            Metrics.Gauge(
                "banned_addresses", help: "Source addresses that are banned.", Double(figures.bannedAddresses)),
            Metrics.Gauge("password_hashes_waiting", help: "Logins that wait for a thread.", Double(figures.hashing)),
            Metrics.Gauge("deposits_settling", help: "Files that are not claimed yet.", Double(watcher.settling)),
            Metrics.Gauge("deposits_in_hand", help: "Deposits that are claimed and not done.", Double(pipeline.load)),
        ]
        let help = "1 while people can get to it, as far as the daemon can tell; otherwise 0."
        gauges.append(
            Metrics.Gauge("service_up", help: help, figures.sessionFault == nil ? 1 : 0, labels: [("service", "sftp")]))
        if let portal {
            gauges.append(
                Metrics.Gauge("service_up", help: help, portal.fault == nil ? 1 : 0, labels: [("service", "portal")]))
        }
        do throws(StoreError) {
            gauges += try storeGauges()
        } catch {
            logger.error("store.unavailable", metadata: ["reason": "\(error)"])
        }
        return gauges
    }

    private func storeGauges() throws(StoreError) -> [Metrics.Gauge] {
        let now = clock.now()
        let outbox = try store.outbox.figures()
        let help = "Mails of the outbox, by state."
        var gauges = [
            Metrics.Gauge("outbox_mails", help: help, Double(outbox.queued), labels: [("state", "queued")]),
            Metrics.Gauge("outbox_mails", help: help, Double(outbox.failed), labels: [("state", "failed")]),
            Metrics.Gauge("outbox_mails", help: help, Double(outbox.spooled), labels: [("state", "spooled")]),
            Metrics.Gauge(
                "outbox_oldest_seconds", help: "Age of the oldest mail that waits; 0 if none does.",
                outbox.oldestQueuedAt.map { now.seconds(since: $0) } ?? 0),
        ]
        if portal != nil {
            let sessions = try store.portal.sessions.count()
            gauges.append(Metrics.Gauge("portal_sessions", help: "People logged in to the portal.", Double(sessions)))
        }
        if let reference = try store.referenceLists.currentReferenceVersion() {
            gauges.append(
                Metrics.Gauge(
                    "reference_age_seconds", help: "Since the OF list in force was imported, at first or again.",
                    now.seconds(since: reference.seenAt)))
            gauges.append(
                Metrics.Gauge("reference_organisations", help: "Size of the OF list in force.", Double(reference.count))
            )
        }
        return gauges
    }
}

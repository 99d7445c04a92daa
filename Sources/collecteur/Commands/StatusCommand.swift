import Workplace
import Console
import Administration
import ArgumentParser
import Control
import DepositorStore
import LinuxSystem
import OutboxStore
import OverviewStore
import PublicationStore
import Qualiopi
import ReferenceStore
import Store

struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show how the installation does.",
        discussion: """
            Exit status 1 if something needs a person: each such thing has a line, and beneath it what mends it.

            Example: collecteur status || mail -s "collecteur needs you" root
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var listing: ListingOptions

    func run() throws {
        let place = try Workplace(common)
        let live = ControlClient.send(ControlRequest(.status), to: place.state)?.status
        let status = try Status.gather(
            store: place.store, state: place.state, settings: place.settings, clock: place.clock, live: live)
        var sheet = Sheet()
        service(status.live, place, &sheet)
        contents(status, place, &sheet)
        sheet.add(
            "Needs a person", "concerns",
            lines: status.concerns.flatMap { concern in
                let since = concern.since.map { " (since \(place.shown($0)))" } ?? ""
                return ["\(concern.cause)\(since)", "  \(concern.remedy)"]
            },
            .array(
                status.concerns.map {
                    .object([
                        ("cause", .string($0.cause)), ("since", place.json($0.since)), ("remedy", .string($0.remedy)),
                    ])
                }), whenEmpty: "nothing")
        sheet.show(listing)
        if !status.concerns.isEmpty { throw ExitCode(Failure.Kind.failed.rawValue) }
    }

    private func service(_ live: LiveStatus?, _ place: Workplace, _ sheet: inout Sheet) {
        sheet.add("Version", "version", live?.version ?? Version.current)
        let silent = live == nil ? StateLock.holder(of: place.state) : nil
        sheet.add(
            "Running", "running",
            live.map { "yes, process \($0.processID)" } ?? silent.map { "process \($0) does not answer" } ?? "no",
            .bool(live != nil || silent != nil))
        guard let live else { return }
        sheet.add("Up", "uptimeSeconds", StatusCommand.duration(live.uptimeSeconds), .int(Int(live.uptimeSeconds)))
        sheet.add("Listening", "listening", live.listening.joined(separator: ", "), .strings(live.listening))
        if !live.portal.isEmpty {
            sheet.add("Portal", "portal", live.portal.joined(separator: ", "), .strings(live.portal))
        }
        sheet.add(
            "Sessions", "sessions", "\(live.sessions), \(live.unauthenticated) not logged in", .int(live.sessions))
        sheet.add("Uploads", "uploads", String(live.uploads), .int(live.uploads))
        sheet.add("Files waiting", "waiting", String(live.waiting), .int(live.waiting))
        sheet.add("In treatment", "processing", String(live.processing), .int(live.processing))
        sheet.add(
            "Banned addresses", "bannedAddresses",
            "\(live.bannedAddresses)"
                + (live.banned.isEmpty ? "" : ": \(live.banned.joined(separator: ", "))")
                + (live.banned.count < live.bannedAddresses ? ", … (collecteur ban list)" : ""),
            .int(live.bannedAddresses))
    }

    private func contents(_ status: Status, _ place: Workplace, _ sheet: inout Sheet) {
        let overview = status.overview
        sheet.add("Depositors", "depositors", String(overview.depositors), .int(overview.depositors))
        sheet.add("Accounts", "accounts", String(overview.accounts), .int(overview.accounts))
        sheet.add("Unfinished deposits", "unfinished", String(overview.unfinished), .int(overview.unfinished))
        sheet.add("Partial uploads", "partials", String(status.partials), .int(status.partials))
        let last = overview.lastDeposit
        sheet.add(
            "Last deposit", "lastDeposit",
            last.map { "\($0.id), \(place.shown($0.receivedAt)), \($0.depositor), \($0.state.rawValue)" } ?? "none",
            last.map {
                .object([
                    ("id", .int(Int($0.id))), ("receivedAt", place.json($0.receivedAt)),
                    ("depositor", .string($0.depositor)), ("state", .string($0.state.rawValue)),
                ])
            } ?? .null)
        let outbox = overview.outbox
        sheet.add(
            "Mails", "mails",
            "\(outbox.queued) queued\(outbox.oldestQueuedAt.map { " since \(place.shown($0))" } ?? ""), \(outbox.failed) failed"
                + (outbox.spooled > 0 ? ", \(outbox.spooled) spooled" : ""),
            .object([
                ("queued", .int(outbox.queued)), ("failed", .int(outbox.failed)),
                ("spooled", .int(outbox.spooled)),
                ("oldestQueuedAt", place.json(outbox.oldestQueuedAt)),
            ]))
        let reference = overview.reference
        sheet.add(
            "OF list", "reference",
            reference.map { "\($0.count) organisations, imported \(place.shown($0.importedAt)) from \($0.source)" }
                ?? "none",
            reference.map {
                .object([
                    ("count", .int($0.count)), ("importedAt", place.json($0.importedAt)),
                    ("source", .string($0.source)), ("doubts", .strings($0.doubts + $0.losses)),
                ])
            } ?? .null)
        if let disk = status.disk {
            sheet.add(
                "Disk", "disk", "\(disk.availableBytes >> 20) MiB of \(disk.totalBytes >> 20) MiB free",
                .object([
                    ("availableBytes", .int(Int(clamping: disk.availableBytes))),
                    ("totalBytes", .int(Int(clamping: disk.totalBytes))),
                ]))
        }
    }

    private static func duration(_ seconds: Double) -> String {
        let seconds = Int(seconds)
        let days = seconds / 86_400
        let hours = seconds / 3600 % 24
        let minutes = seconds / 60 % 60
        return days > 0
            ? "\(days) d \(hours) h" : hours > 0 ? "\(hours) h \(minutes) min" : "\(minutes) min \(seconds % 60) s"
    }
}

import Workplace
import Console
import Administration
import ArgumentParser
import OutboxStore
import ServiceConfiguration
import Control
import Foundation
import LinuxSystem
import Store

struct MailCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mail",
        abstract: "The outbox: what was sent, what waits, what failed.",
        subcommands: [List.self, Show.self, Retry.self, Test.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List mails, the newest first.", discussion: "Example: collecteur mail list --state failed")

        @Option(help: "Only those in this state: queued, sent, failed, spooled (a file in the spool, sent to nobody).")
        var state: OutboxMail.State?
        @OptionGroup var common: CommonOptions
        @OptionGroup var listing: ListingOptions

        func run() throws {
            let place = try Workplace(common)
            Listing(
                items: try place.store.outbox.mails(state: state),
                columns: [
                    .right("ID"), .left("QUEUED"), .left("KIND", .optional), .right("DEPOSIT", .optional),
                    .left("TO", .flexible), .left("STATE"), .right("TRIES", .optional), .left("NEXT TRY", .optional),
                    .left("LAST ERROR", .flexible),
                ],
                row: {
                    [
                        String($0.id), place.shown($0.createdAt), $0.kind, $0.deposit.map { String($0) } ?? "",
                        $0.recipient, $0.state.rawValue, String($0.attempts),
                        $0.state == .queued ? place.shown($0.nextAttemptAt) : "", $0.lastError ?? "",
                    ]
                },
                object: { object($0, place) }
            ).show(listing, whenEmpty: "no mail")
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a mail with its text.", discussion: "Example: collecteur mail show 7")

        @Argument(help: "The mail's identifier.") var id: Int64
        @OptionGroup var common: CommonOptions
        @OptionGroup var listing: ListingOptions

        func run() throws {
            let place = try Workplace(common)
            let mail = try place.store.outbox.mail(id: id)
            if listing.json {
                let text: [(String, JSONValue)] = [("subject", .string(mail.subject)), ("body", .string(mail.body))]
                return Output.line(JSONValue.array([.object(object(mail, place) + text)]).text())
            }
            var sheet = Sheet()
            sheet.add("To", "to", mail.recipient)
            sheet.add("Subject", "subject", mail.subject)
            sheet.add("State", "state", mail.state.rawValue)
            sheet.add("Queued", "createdAt", place.shown(mail.createdAt))
            sheet.add("Sent", "sentAt", place.shown(mail.sentAt))
            if let error = mail.lastError { sheet.add("Last error", "lastError", error) }
            Output.write(sheet.text)
            Output.write("\n")
            if mail.body.isEmpty { Terminal.note("its text held a link or a code, and is erased") }
            for line in mail.body.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
                Output.line(Terminal.printable(String(line)))
            }
        }
    }

    struct Retry: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Try a mail again now that waits or failed, or all that failed or were spooled.",
            discussion: """
                With --failed, every mail that was given up since a date is tried again: once the cause is mended, which \
                'mail list --state failed' names. With --spooled, every mail that became a file in the spool since a date is \
                sent: once mail.transport is smtp. Its file stays there.

                Example: collecteur mail retry 7
                Example: collecteur mail retry --failed --since 2026-11-27
                Example: collecteur mail retry --spooled --since 2026-11-27
                """)

        @Argument(help: "The mail's identifier.") var id: Int64?
        @Flag(help: "All that were given up since a date.") var failed = false
        @Flag(help: "All that were spooled since a date.") var spooled = false
        @Option(help: ArgumentHelp("The first day, with --failed or --spooled.", valueName: "YYYY-MM-DD"))
        var since: DateArgument?
        @OptionGroup var common: CommonOptions

        func validate() throws {
            guard [id != nil, failed, spooled].count(where: \.self) == 1 else {
                throw ValidationError("give a mail's identifier, or --failed or --spooled with --since YYYY-MM-DD")
            }
            guard (since == nil) == (id != nil) else {
                throw ValidationError(
                    "--failed and --spooled go with --since: mails of long ago may surprise their recipients")
            }
        }

        func run() throws {
            let place = try Workplace(common)
            if let id {
                try place.administration.mails.retry(id: id)
                Terminal.note("mail \(id): due now")
            } else if let since {
                guard failed || place.settings.mail.transport != .spool else {
                    throw Failure.refused("mail.transport is spool: they would be spooled again; set it to smtp first")
                }
                let retried = try place.administration.mails.retryAll(
                    in: failed ? .failed : .spooled, since: place.clock.start(of: since.date))
                Terminal.note(retried.due == 1 ? "1 mail: due now" : "\(retried.due) mails: due now")
                if retried.unwanted > 0 {
                    Terminal.note(
                        "\(retried.unwanted) not sent: their recipients were muted, removed, or have no access to the depositor any more"
                    )
                }
            }
        }
    }

    struct Test: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send a test mail by the daemon, and say what became of it.",
            discussion: "Example: collecteur mail test moi@example.fr")

        @Argument(help: "Where to send it.", transform: Words.given) var email: String
        @OptionGroup var common: CommonOptions

        func run() throws {
            let recipient = try Words.email(email)
            let place = try Workplace(common)
            let id = try place.administration.mails.sendTest(to: recipient)
            guard place.isServed else {
                if let silence = ControlClient.silence(of: place.state) {
                    throw Failure.failed("mail \(id): queued; \(silence.cause): \(silence.remedy)")
                }
                return Terminal.note("mail \(id): queued; no daemon runs, it goes out once one does")
            }
            try follow(id, place)
        }

        /// Seconds to wait for the first try's outcome.
        private static let patience = 60.0

        private func follow(_ id: Int64, _ place: Workplace) throws {
            let deadline = Date().addingTimeInterval(Test.patience)
            while Date() < deadline {
                let mail = try place.store.outbox.mail(id: id)
                switch mail.state {
                case .sent: return Terminal.note("mail \(id): sent")
                case .spooled:
                    return Terminal.note(
                        """
                        mail \(id): spooled, not sent: \(place.state.mailSpool)/\(id).eml. For it to reach anybody, set \
                        mail.transport: smtp and mail.url
                        """)
                case .failed: throw Failure.failed("mail \(id): \(mail.lastError ?? "refused")")
                case .queued where mail.attempts > 0:
                    throw Failure.failed(
                        "mail \(id): \(mail.lastError ?? "not sent"); next try \(place.shown(mail.nextAttemptAt))")
                // Never joined: a test is about no deposit.
                case .queued, .joined: usleep(100_000)
                }
            }
            throw Failure.failed("mail \(id): not tried within a minute; see 'collecteur mail show \(id)'")
        }
    }
}

extension OutboxMail.State: ExpressibleByArgument {}

private func object(_ mail: OutboxMail, _ place: Workplace) -> [(String, JSONValue)] {
    [
        ("id", .int(Int(mail.id))), ("kind", .string(mail.kind)),
        ("deposit", .optional(mail.deposit.map(Int.init))),
        ("to", .string(mail.recipient)), ("state", .string(mail.state.rawValue)), ("attempts", .int(mail.attempts)),
        ("nextAttemptAt", mail.state == .queued ? place.json(mail.nextAttemptAt) : .null),
        ("lastError", .optional(mail.lastError)), ("createdAt", place.json(mail.createdAt)),
        ("sentAt", place.json(mail.sentAt)),
    ]
}

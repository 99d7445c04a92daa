internal import Workplace
internal import AccountStore
internal import Console
internal import Administration
internal import ArgumentParser
internal import Foundation
internal import Qualiopi
internal import ServiceConfiguration
internal import Store

/// What the law lets a person ask for.
extension UserCommand {
    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print all that is kept on a person, as JSON; of passwords there is nothing that could be read.",
            discussion: "Example: collecteur user export archer@yopmail.com > archer.json")

        @OptionGroup var person: PersonArgument
        @OptionGroup var common: CommonOptions

        func run() throws {
            let email = try Words.email(person.email)
            let place = try Workplace(common)
            let record = try place.administration.personalData.export(email: email)
            let head: [(String, JSONValue)] = [
                ("email", .string(email)), ("exportedAt", place.json(place.clock.now())),
            ]
            Output.line(
                JSONValue.object(
                    head
                        + record.sections.map { section in
                            (
                                section.name,
                                .array(
                                    section.rows.map {
                                        .object($0.map { (Self.key($0.column), json($0.value, place)) })
                                    }
                                )
                            )
                        }
                ).text())
        }

        /// `received_at` as `receivedAt`.
        private static func key(_ column: String) -> String {
            let words = column.split(separator: "_")
            return String(words.first ?? "")
                + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
        }
    }

    struct Erase: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Erase a person; what was deposited stays, without the person.",
            discussion: """
                The accounts of the portal and of SFTP go with keys, sessions and links; deposits, audit and sent mails stay under a word \
                that leads to nobody; reports in the folders are written anew. The database's file is rewritten, for which the daemon \
                waits. What the journal and backups hold of the person goes when they do.

                Example: collecteur user erase archer@yopmail.com
                """)

        @OptionGroup var person: PersonArgument
        @OptionGroup var confirmation: ConfirmationOptions
        @OptionGroup var common: CommonOptions

        func run() throws {
            let email = try Words.email(person.email)
            let place = try Workplace(common)
            try Terminal.confirm("Erase \(email) for good?", options: confirmation)
            let personalData = place.administration.personalData
            let done: PersonalDataAdministration.Erased
            do {
                done = try personalData.erase(email: email, unit: place.settings.period.every, by: place.author)
            } catch StoreError.conflict(let text) {
                throw StoreError.conflict(text)
            } catch {
                throw Failure.failed("\(email) may be erased in part (\(error)): run the same command once more")
            }
            if let deposits = done.deposits {
                place.report(
                    "user \(email): erased; \(deposits) deposits stay without the person, \(done.reports) reports written anew",
                    ended: done.ended)
            } else if done.hasFound {
                place.report(
                    "user \(email): an erasure that was interrupted is finished; \(done.reports) reports written anew",
                    ended: done.ended)
            }
            do {
                try place.administration.personalData.rewriteDatabase()
            } catch {
                throw Failure.failed(
                    "what the database's file held of \(email) may lie on in it (\(error)): run the same command once more"
                )
            }
            // Whoever repeats the command for its last step is done; whoever mistyped the address must know.
            if !done.hasFound {
                throw Failure.failed("nothing is kept of \(email); the database's file is rewritten all the same")
            }
        }
    }
}

private func json(_ value: PersonRecord.Value, _ place: Workplace) -> JSONValue {
    switch value {
    case .none: .null
    case .integer(let number): .int(Int(number))
    case .text(let text): .string(text)
    case .time(let time): place.json(time)
    case .bytes(let bytes):
        // A file's name is text most of the time; a key is none.
        String(validating: bytes, as: UTF8.self).map { .string($0) } ?? .string(Data(bytes).base64EncodedString())
    }
}

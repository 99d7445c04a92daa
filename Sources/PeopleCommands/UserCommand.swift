internal import Workplace
internal import AccountStore
internal import Console
internal import Administration
package import ArgumentParser
internal import DepositorStore
internal import PortalStore
internal import Store

package struct UserCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "user",
        abstract: "People of the establishments, who receive the mails.",
        subcommands: [
            Add.self, List.self, Show.self, Grant.self, Revoke.self, Mute.self, Unmute.self, Remove.self,
            ResetPassword.self, Lock.self, Unlock.self, EndSessions.self, Log.self, Export.self, Erase.self,
        ])

    package init() {}

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a person.",
            discussion: "Example: collecteur user add archer@yopmail.com --depositor E34350633300032")

        @OptionGroup var person: PersonArgument
        @Option(
            parsing: .upToNextOption, help: "The codes of the depositors the person belongs to.", transform: Words.given
        )
        var depositor: [String]
        @OptionGroup var common: CommonOptions

        func run() throws {
            let email = try Words.email(person.email)
            let place = try Workplace(common)
            _ = try place.administration.users.add(email: email, depositors: depositor, by: place.author)
            Terminal.note("user \(email): receives the mails of \(depositor.joined(separator: ", "))")
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the people.", discussion: "Example: collecteur user list")

        @OptionGroup var common: CommonOptions
        @OptionGroup var listing: ListingOptions

        func run() throws {
            let place = try Workplace(common)
            Listing(
                items: try People(place).all(),
                columns: [
                    .left("EMAIL"), .left("DEPOSITORS", .flexible), .left("MAILS"), .left("ACCOUNT", .optional),
                    .left("PORTAL", .optional),
                ],
                row: {
                    [
                        $0.email, $0.depositors.joined(separator: ", "), $0.isMuted ? "muted" : "yes",
                        $0.account ?? "", $0.portal == "aucun" ? "" : $0.portal,
                    ]
                },
                object: {
                    [
                        ("email", .string($0.email)), ("depositors", .strings($0.depositors)),
                        ("muted", .bool($0.isMuted)), ("account", .optional($0.account)),
                        ("portal", .string($0.portal)), ("name", .optional($0.name)),
                        ("lastLoginAt", place.json($0.lastLoginAt)),
                    ]
                }
            ).show(listing, whenEmpty: "no user yet: collecteur user add")
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a person, with the access to the portal.",
            discussion: "Example: collecteur user show archer@yopmail.com")

        @OptionGroup var person: PersonArgument
        @OptionGroup var common: CommonOptions
        @OptionGroup var listing: ListingOptions

        func run() throws {
            let email = person.email
            let place = try Workplace(common)
            let person = try People(place).one(email)
            var sheet = Sheet()
            sheet.add("Email", "email", person.email)
            sheet.add("Name", "name", person.name ?? "", .optional(person.name))
            sheet.add(
                "Depositors", "depositors", person.depositors.joined(separator: ", "), .strings(person.depositors))
            sheet.add("Mails", "muted", person.isMuted ? "muted" : "yes", .bool(person.isMuted))
            sheet.add("SFTP account", "account", person.account ?? "", .optional(person.account))
            sheet.add("Portal", "portal", person.portal)
            sheet.add("Last login", "lastLoginAt", place.shown(person.lastLoginAt), place.json(person.lastLoginAt))
            if let registered = person.registeredAt {
                sheet.add("Registered", "registeredAt", place.shown(registered), place.json(registered))
            }
            if let details = try place.store.portal.people.details(email: person.email), !details.siret.isEmpty {
                sheet.add("Phone", "phone", details.phone)
                sheet.add("SIRET", "siret", details.siret)
                sheet.add("Company", "company", details.company)
            }
            sheet.show(listing)
        }
    }

    struct Grant: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let a person act for more depositors.",
            discussion: "Example: collecteur user grant archer@yopmail.com --depositor E35600000000048")

        @OptionGroup var person: PersonArgument
        @Option(parsing: .upToNextOption, help: "The depositors' codes.", transform: Words.given) var depositor:
            [String]
        @OptionGroup var common: CommonOptions

        func run() throws {
            let email = person.email
            let place = try Workplace(common)
            _ = try place.administration.users.grant(email: email, depositors: depositor, by: place.author)
            Terminal.note("user \(email): granted \(depositor.joined(separator: ", "))")
        }
    }

    struct Revoke: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take depositors from a person.",
            discussion: """
                Who has none left has no session and no SFTP account any more.

                Example: collecteur user revoke archer@yopmail.com --depositor E35600000000048
                """)

        @OptionGroup var person: PersonArgument
        @Option(parsing: .upToNextOption, help: "The depositors' codes.", transform: Words.given) var depositor:
            [String]
        @OptionGroup var common: CommonOptions

        func run() throws {
            let email = person.email
            let place = try Workplace(common)
            let (user, ended) = try place.administration.users.revoke(
                email: email, depositors: depositor, by: place.author)
            place.report("user \(user.email): revoked \(depositor.joined(separator: ", "))", ended: ended)
            guard user.depositors.isEmpty else { return }
            let account = user.login.map { "; the SFTP account \($0) is removed" } ?? ""
            Terminal.note("user \(user.email): acts for no depositor any more, and has no session\(account)")
        }
    }

    struct Mute: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send a person no mail any more.", discussion: "Example: collecteur user mute archer@yopmail.com")

        @OptionGroup var person: PersonArgument
        @OptionGroup var common: CommonOptions

        func run() throws {
            let email = person.email
            let place = try Workplace(common)
            _ = try place.administration.users.setMuted(email: email, true, by: place.author)
            Terminal.note("user \(email): receives no mail")
        }
    }

    struct Unmute: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send a person mails again.", discussion: "Example: collecteur user unmute archer@yopmail.com")

        @OptionGroup var person: PersonArgument
        @OptionGroup var common: CommonOptions

        func run() throws {
            let email = person.email
            let place = try Workplace(common)
            _ = try place.administration.users.setMuted(email: email, false, by: place.author)
            Terminal.note("user \(email): receives mails")
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a person with the SFTP account, if there is one.",
            discussion: "Example: collecteur user remove archer@yopmail.com")

        @OptionGroup var person: PersonArgument
        @OptionGroup var confirmation: ConfirmationOptions
        @OptionGroup var common: CommonOptions

        func run() throws {
            let email = person.email
            let place = try Workplace(common)
            if try People(place).isOnlyWaiting(email) {
                try Terminal.confirm("Remove \(email), whose account waits for its activation?", options: confirmation)
                _ = try place.administration.registrations.remove(email: email, by: place.author)
                return Terminal.note("user \(email): removed, the link that was mailed activates nothing any more")
            }
            let user = try place.store.accounts.user(email: email)
            let account = user.login.map { " and the account \($0)" } ?? ""
            try Terminal.confirm("Remove \(email)\(account)?", options: confirmation)
            let ended = try place.administration.users.remove(email: email, by: place.author).ended
            place.report("user \(email): removed", ended: ended)
        }
    }
}

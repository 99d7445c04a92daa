internal import Workplace
internal import AccountStore
internal import Console
internal import Administration
package import ArgumentParser
internal import Control
internal import DepositorStore
internal import LoginStore
internal import ServiceConfiguration
internal import Credentials
internal import Store

package struct AccountCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "account",
        abstract: "SFTP accounts: logins, passwords and keys.",
        subcommands: [
            Create.self, List.self, Show.self, ResetPassword.self, Lock.self, Unlock.self, Delete.self, AddKey.self,
            ListKeys.self, RemoveKey.self, Log.self,
        ])

    package init() {}

    struct Create: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Create a user's SFTP account and print its login.",
            discussion: """
                The login is the mail address with '@' as '_'. The password must have 8 characters and 3 of the 4 kinds; \
                it is asked for twice, and never taken from the command line.

                Example: collecteur account create archer@yopmail.com --generate
                """)

        @Argument(help: "The user's mail address.", transform: Words.given) var email: String
        @OptionGroup var password: PasswordOptions
        @OptionGroup var common: CommonOptions

        func run() throws {
            let place = try Workplace(common)
            let user = try place.store.accounts.user(email: email)
            if let login = user.login {
                throw Failure.refused("\(email) has the account \(login) already: collecteur account reset-password")
            }
            let secret = try Passphrase.new(password)
            let account = try place.administration.accounts.create(
                email: email, hash: Passwords.hash(secret), by: place.author)
            Output.line(account.login)
            if password.generate { Output.line(secret) }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the accounts.", discussion: "Example: collecteur account list --json")

        @OptionGroup var common: CommonOptions
        @OptionGroup var listing: ListingOptions

        func run() throws {
            let place = try Workplace(common)
            Listing(
                items: try place.store.accounts.accounts(),
                columns: [
                    .left("LOGIN"), .left("EMAIL", .optional), .left("STATE"), .right("KEYS", .optional),
                    .left("LAST LOGIN"), .left("DEPOSITORS", .flexible),
                ],
                row: {
                    [
                        $0.login, $0.email, $0.state.rawValue, String($0.keyCount), place.shown($0.lastLoginAt),
                        $0.depositors.joined(separator: ", "),
                    ]
                },
                object: { object($0, place) }
            ).show(listing, whenEmpty: "no account yet: collecteur account create")
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show an account.", discussion: "Example: collecteur account show archer_yopmail.com")

        @OptionGroup var account: AccountArgument
        @OptionGroup var common: CommonOptions
        @OptionGroup var listing: ListingOptions

        func run() throws {
            let place = try Workplace(common)
            let account = try account.found(in: place)
            var sheet = Sheet()
            sheet.add("Login", "login", account.login)
            sheet.add("E-mail", "email", account.email)
            sheet.add("State", "state", account.state.rawValue)
            sheet.add("Created", "createdAt", place.shown(account.createdAt), place.json(account.createdAt))
            sheet.add("Last login", "lastLoginAt", place.shown(account.lastLoginAt), place.json(account.lastLoginAt))
            sheet.add("Keys", "keys", String(account.keyCount), .int(account.keyCount))
            sheet.add(
                "Depositors", "depositors", account.depositors.joined(separator: ", "), .strings(account.depositors))
            sheet.show(listing)
        }
    }

    struct ResetPassword: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "reset-password",
            abstract: "Give an account a new password; its live sessions end.",
            discussion: "Example: collecteur account reset-password archer_yopmail.com --generate")

        @OptionGroup var account: AccountArgument
        @OptionGroup var password: PasswordOptions
        @OptionGroup var common: CommonOptions

        func run() throws {
            let place = try Workplace(common)
            let account = try account.found(in: place)
            let secret = try Passphrase.new(password)
            let (ended, lifted) = try place.administration.accounts.resetPassword(
                login: account.login, hash: Passwords.hash(secret), by: place.author)
            if password.generate { Output.line(secret) }
            place.report("account \(account.login): password reset", ended: ended)
            if let lifted, lifted > 0 {
                Terminal.note("\(lifted) \(lifted == 1 ? "ban that it caused is" : "bans that it caused are") lifted")
            }
            if account.state == .locked {
                Terminal.note(
                    "it is locked still: nobody logs in before 'collecteur account unlock \(account.login)'")
            }
        }
    }

    struct Lock: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Refuse an account's logins; its live sessions end.",
            discussion: "Example: collecteur account lock archer_yopmail.com")

        @OptionGroup var account: AccountArgument
        @OptionGroup var common: CommonOptions

        func run() throws {
            let place = try Workplace(common)
            let login = try account.found(in: place).login
            let ended = try place.administration.accounts.lock(login: login, by: place.author)
            place.report("account \(login): locked", ended: ended)
        }
    }

    struct Unlock: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Accept an account's logins again.",
            discussion: "Example: collecteur account unlock archer_yopmail.com")

        @OptionGroup var account: AccountArgument
        @OptionGroup var common: CommonOptions

        func run() throws {
            let place = try Workplace(common)
            let login = try account.found(in: place).login
            try place.administration.accounts.unlock(login: login, by: place.author)
            Terminal.note("account \(login): active")
        }
    }

    struct Delete: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Delete an account; its live sessions end. The user still receives mails.",
            discussion: "Example: collecteur account delete archer_yopmail.com")

        @OptionGroup var account: AccountArgument
        @OptionGroup var confirmation: ConfirmationOptions
        @OptionGroup var common: CommonOptions

        func run() throws {
            let place = try Workplace(common)
            let login = try account.found(in: place).login
            try Terminal.confirm("Delete the account \(login)?", options: confirmation)
            let ended = try place.administration.accounts.delete(login: login, by: place.author)
            place.report("account \(login): deleted", ended: ended)
        }
    }

    struct Log: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show who did what to an account.",
            discussion: "Example: collecteur account log archer_yopmail.com")

        @OptionGroup var account: AccountArgument
        @OptionGroup var common: CommonOptions
        @OptionGroup var listing: ListingOptions

        func run() throws {
            let place = try Workplace(common)
            // One that was deleted has a past still.
            let login = account.login.contains("@") ? try account.found(in: place).login : account.login
            let events = try place.store.accounts.accountLog(login: login)
            if events.isEmpty { _ = try account.found(in: place) }
            auditTrail(events, place).show(listing, whenEmpty: "nothing is recorded of \(login)")
        }
    }
}

private func object(_ account: Account, _ place: Workplace) -> [(String, JSONValue)] {
    [
        ("login", .string(account.login)), ("email", .string(account.email)),
        ("state", .string(account.state.rawValue)), ("keys", .int(account.keyCount)),
        ("createdAt", place.json(account.createdAt)), ("lastLoginAt", place.json(account.lastLoginAt)),
        ("depositors", .strings(account.depositors)),
    ]
}

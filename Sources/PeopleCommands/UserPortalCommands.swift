internal import Workplace
internal import AccountStore
internal import Console
internal import Administration
internal import ArgumentParser
internal import PortalStore
internal import ServiceConfiguration
internal import Store

/// A person's access to the portal.
extension UserCommand {
    struct ResetPassword: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "reset-password",
            abstract: "Mail a person a link to choose the portal's password, the first one or another.",
            discussion: "Example: collecteur user reset-password archer@yopmail.com")

        @OptionGroup var person: PersonArgument
        @OptionGroup var common: CommonOptions

        func run() throws {
            let email = person.email
            let place = try Workplace(common)
            guard !place.settings.portalURL.isEmpty else {
                throw Failure.refused("there is no portal: portal_url is not set")
            }
            try People(place).refuseWaiting(email)
            let minutes = place.settings.portal.resetMinutes
            try place.administration.portal.mailPasswordLink(
                email: email, portalURL: place.settings.portalURL, minutes: minutes, by: place.author)
            Terminal.note("user \(email): a link is mailed, valid \(minutes) minutes")
        }
    }

    struct Lock: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Keep a person out of the portal, and end the sessions there.",
            discussion: "Example: collecteur user lock archer@yopmail.com")

        @OptionGroup var person: PersonArgument
        @OptionGroup var common: CommonOptions

        func run() throws {
            let email = person.email
            let place = try Workplace(common)
            try People(place).refuseWaiting(email)
            let account = try place.store.accounts.user(email: email).login
            guard try place.store.portal.people.person(email: email) != nil else {
                let sftp = account.map { "; for the SFTP account: collecteur account lock \($0)" } ?? ""
                throw Failure.refused(
                    """
                    \(email) has no password for the portal, so there is nothing to lock: whoever reads that mailbox can still \
                    ask for one. To keep the person out: collecteur user revoke or user remove\(sftp)
                    """)
            }
            try place.administration.portal.lock(email: email, by: place.author)
            let rest = account.map { "; the SFTP account goes on (collecteur account lock \($0))" } ?? ""
            Terminal.note("user \(email): locked out of the portal\(rest)")
        }
    }

    struct Unlock: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let a person into the portal again.",
            discussion: "Example: collecteur user unlock archer@yopmail.com")

        @OptionGroup var person: PersonArgument
        @OptionGroup var common: CommonOptions

        func run() throws {
            let email = person.email
            let place = try Workplace(common)
            try People(place).refuseWaiting(email)
            _ = try place.store.accounts.user(email: email)
            guard try place.store.portal.people.person(email: email) != nil else {
                throw Failure.refused(
                    "\(email) has no password for the portal yet, and isn't locked: collecteur user reset-password \(email)"
                )
            }
            try place.administration.portal.unlock(email: email, by: place.author)
            Terminal.note("user \(email): may use the portal")
        }
    }

    struct EndSessions: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "end-sessions",
            abstract: "End a person's sessions of the portal, or everybody's.",
            discussion: "Example: collecteur user end-sessions archer@yopmail.com")

        @Argument(help: "The person's mail address.", transform: Words.given) var email: String?
        @Flag(help: "Everybody's sessions.") var all = false
        @OptionGroup var confirmation: ConfirmationOptions
        @OptionGroup var common: CommonOptions

        func validate() throws {
            guard (email == nil) == all else { throw ValidationError("name one person, or --all") }
        }

        func run() throws {
            let place = try Workplace(common)
            if let email {
                let count = try place.administration.portal.endSessions(email: email, by: place.author)
                Terminal.note("user \(email): \(count) \(count == 1 ? "session" : "sessions") ended")
                return
            }
            try Terminal.confirm("End everybody's sessions of the portal?", options: confirmation)
            let count = try place.administration.portal.endAllSessions(by: place.author)
            Terminal.note("\(count) \(count == 1 ? "session" : "sessions") ended")
        }
    }

    struct Log: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show what happened to a person's access to the portal.",
            discussion: "Example: collecteur user log archer@yopmail.com")

        @OptionGroup var person: PersonArgument
        @OptionGroup var common: CommonOptions
        @OptionGroup var listing: ListingOptions

        func run() throws {
            let email = person.email
            let place = try Workplace(common)
            let waits = try People(place).isWaiting(email) ? ": the account waits for its activation" : ""
            auditTrail(try place.store.portal.people.log(email: email), place).show(
                listing, whenEmpty: "nothing is recorded for \(email)\(waits)")
        }
    }
}

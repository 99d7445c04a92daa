internal import Workplace
internal import AccountStore
internal import Console
internal import Administration
internal import ArgumentParser
internal import Qualiopi
internal import ServiceConfiguration
internal import Store

/// The codes with which people of an establishment come to it by themselves.
extension DepositorCommand {
    struct Invite: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make an activation code, with which one person gets access to a depositor in the portal.",
            discussion: """
                With an address the code is mailed there with the SIRET; otherwise it is printed, once, on standard output. It \
                serves one person, once, for portal.invitation_days.

                Example: collecteur depositor invite E34350633300032 archer@yopmail.com
                Example: collecteur depositor invite E34350633300032
                """)

        @OptionGroup var depositor: DepositorArgument
        @Argument(help: "Where to mail the activation code.", transform: Words.given) var email: String?
        @OptionGroup var common: CommonOptions

        func run() throws {
            let code = depositor.code
            let address = try email.map(Words.email)
            let place = try Workplace(common)
            guard !place.settings.portalURL.isEmpty else {
                throw Failure.refused("there is no portal: portal_url is not set")
            }
            let url = place.settings.portalURL
            let made = try place.administration.invitations.invite(
                depositor: code, email: address, portalURL: url, days: place.settings.portal.invitationDays,
                by: place.author)
            let number = made.invitation.id
            let until = place.shown(made.invitation.until)
            if let address {
                Terminal.note("invitation \(number) of \(code): the code is mailed to \(address), valid until \(until)")
            } else {
                Output.line(made.code.text)
                Terminal.note(
                    "invitation \(number) of \(code): valid once, until \(until), with the SIRET \(code.dropFirst()) on \(url)/acces"
                )
            }
        }
    }

    struct Invitations: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List a depositor's activation codes, used ones too: not the codes themselves.",
            discussion: "Example: collecteur depositor invitations E34350633300032")

        @OptionGroup var depositor: DepositorArgument
        @OptionGroup var common: CommonOptions
        @OptionGroup var listing: ListingOptions

        func run() throws {
            let code = depositor.code
            let place = try Workplace(common)
            let now = place.clock.now()
            Listing(
                items: try place.store.invitations.invitations(depositor: code),
                columns: [
                    .left("ID"), .left("STATE"), .left("MAILED TO", .flexible), .left("UNTIL"),
                    .left("USED BY", .flexible), .left("MADE", .optional), .left("BY", .optional),
                ],
                row: {
                    [
                        String($0.id), $0.state(at: now).rawValue, $0.email ?? "", place.shown($0.until),
                        $0.usedBy ?? "", place.shown($0.createdAt), $0.createdBy,
                    ]
                },
                object: {
                    [
                        ("id", .int(Int($0.id))), ("depositor", .string($0.depositor)),
                        ("state", .string($0.state(at: now).rawValue)), ("email", .optional($0.email)),
                        ("createdAt", place.json($0.createdAt)), ("createdBy", .string($0.createdBy)),
                        ("until", place.json($0.until)), ("usedAt", place.json($0.usedAt)),
                        ("usedBy", .optional($0.usedBy)), ("revokedAt", place.json($0.revokedAt)),
                        ("revokedBy", .optional($0.revokedBy)),
                    ]
                }
            ).show(listing, whenEmpty: "no invitation yet: collecteur depositor invite \(code)")
        }
    }

    struct RevokeInvitation: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "revoke-invitation",
            abstract: "Make an activation code that nobody has used good for nobody.",
            discussion: "Example: collecteur depositor revoke-invitation E34350633300032 3")

        @OptionGroup var depositor: DepositorArgument
        @Argument(help: "The invitation's identifier.") var id: Int64
        @OptionGroup var common: CommonOptions

        func run() throws {
            let code = depositor.code
            let place = try Workplace(common)
            try place.administration.invitations.revoke(id: id, depositor: code, by: place.author)
            Terminal.note("invitation \(id) of \(code): revoked")
        }
    }
}

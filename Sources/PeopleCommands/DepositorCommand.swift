internal import Workplace
internal import AccountStore
internal import Console
internal import Administration
package import ArgumentParser
internal import DepositorStore
internal import PortalStore
internal import RegistryStore
internal import ServiceConfiguration
internal import LinuxSystem
internal import Qualiopi
internal import Store

package struct DepositorCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "depositor",
        abstract: "Establishments that owe a deposit.",
        subcommands: [
            Add.self, List.self, Show.self, Suspend.self, Resume.self, SetMode.self, Rename.self, SetAddress.self,
            Remove.self, Log.self,
            Invite.self, Invitations.self, RevokeInvitation.self,
        ])

    package init() {}

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a depositor, create its folders and print its code.",
            discussion: "Example: collecteur depositor add --siret 34350633300032 --name ARCHER")

        @Option(help: "The establishment's SIRET, 14 digits.")
        var siret: String

        @Option(help: "The name that reports show.")
        var name: String

        @Option(help: "reel, or test: deposits are validated, reported and mailed, but not integrated.")
        var mode: Depositor.Mode = .reel

        @OptionGroup var address: AddressOptions
        @OptionGroup var common: CommonOptions

        func run() throws {
            guard let number = SIRET(siret) else {
                throw Failure.refused("\(siret) is not a SIRET: it must have 14 digits with a valid key")
            }
            let name = try Words.label(name, for: "--name")
            let address = try address.value()
            let place = try Workplace(common)
            let depositor = try place.administration.depositors.add(
                siret: number, name: name, mode: mode, address: address, by: place.author)
            Output.line(depositor.code)
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the depositors.", discussion: "Example: collecteur depositor list --json")

        @Flag(help: "Those that were removed.") var removed = false
        @OptionGroup var common: CommonOptions
        @OptionGroup var listing: ListingOptions

        func run() throws {
            let place = try Workplace(common)
            Listing(
                items: try removed ? place.store.depositors.removed() : place.store.depositors.all(),
                columns: [
                    .left("CODE"), .left("SIRET", .optional), .left("NAME", .flexible), .left("MODE"), .left("STATE"),
                ],
                row: { [$0.code, $0.siret, $0.name, $0.mode.rawValue, $0.state.rawValue] },
                object: { object($0, place) }
            ).show(listing, whenEmpty: "no depositor yet: collecteur depositor add")
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a depositor, who receives its mails and where its deposits go.",
            discussion: "Example: collecteur depositor show E34350633300032")

        @OptionGroup var depositor: DepositorArgument
        @OptionGroup var common: CommonOptions
        @OptionGroup var listing: ListingOptions

        func run() throws {
            let code = depositor.code
            let place = try Workplace(common)
            let depositor = try place.store.depositors.depositor(code: code)
            let users = try place.store.accounts.users().filter { $0.depositors.contains(code) }
            let certified = try place.store.registry.certifiedCount(depositor: code, on: place.clock.today())
            let people = try place.store.portal.people.all()
            let now = place.clock.now()
            let open = try place.store.invitations.invitations(depositor: code).count { $0.state(at: now) == .open }
            let visitors = users.map(\.email).filter { people[$0]?.state == .actif }
            var sheet = Sheet()
            sheet.add("Code", "code", depositor.code)
            sheet.add("SIRET", "siret", depositor.siret)
            sheet.add("Name", "name", depositor.name)
            sheet.add("Address", "address", depositor.address.street)
            sheet.add("Postal code", "postalCode", depositor.address.postalCode)
            sheet.add("City", "city", depositor.address.city)
            sheet.add("Mode", "mode", depositor.mode.rawValue)
            sheet.add("State", "state", depositor.state.rawValue)
            sheet.add("Added", "addedAt", place.shown(depositor.addedAt), place.json(depositor.addedAt))
            sheet.add("Certified organisations", "certified", String(certified), .int(certified))
            sheet.add("Users", "users", users.map(\.email).joined(separator: ", "), .strings(users.map(\.email)))
            sheet.add("In the portal", "portalUsers", visitors.joined(separator: ", "), .strings(visitors))
            sheet.add("Open invitations", "openInvitations", String(open), .int(open))
            sheet.add("Folder", "folder", "/\(code)/QUALIOPI/FICHIER_QUALIOPI")
            sheet.show(listing)
        }
    }

    struct Suspend: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Stop a depositor: it owes nothing, and its accounts can't log in.",
            discussion: "Example: collecteur depositor suspend E34350633300032")

        @OptionGroup var depositor: DepositorArgument
        @OptionGroup var confirmation: ConfirmationOptions
        @OptionGroup var common: CommonOptions

        func run() throws {
            let code = depositor.code
            let place = try Workplace(common)
            let depositor = try place.store.depositors.depositor(code: code)
            try Terminal.confirm("Suspend \(depositor.name) (\(code))?", options: confirmation)
            let ended = try place.administration.depositors.suspend(code: code, by: place.author).ended
            place.report("depositor \(code) (\(depositor.name)): suspended", ended: ended)
        }
    }

    struct Resume: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let a suspended depositor deposit again.",
            discussion: "Example: collecteur depositor resume E34350633300032")

        @OptionGroup var depositor: DepositorArgument
        @OptionGroup var common: CommonOptions

        func run() throws {
            let code = depositor.code
            let place = try Workplace(common)
            let depositor = try place.administration.depositors.resume(code: code, by: place.author)
            Terminal.note("depositor \(code) (\(depositor.name)): active")
        }
    }

    struct Rename: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Change the name that reports show.",
            discussion: """
                An establishment with another SIRET is another depositor: add it, grant it to its people, and remove the \
                former one once the first list of the new one is accepted.

                Example: collecteur depositor rename E34350633300032 "ARCHER FORMATION"
                """)

        @OptionGroup var depositor: DepositorArgument
        @Argument(help: "The new name.") var name: String
        @OptionGroup var common: CommonOptions

        func run() throws {
            let code = depositor.code
            let name = try Words.label(name, for: "the name")
            let place = try Workplace(common)
            let depositor = try place.administration.depositors.rename(code: code, name, by: place.author)
            Terminal.note("depositor \(code): \(depositor.name)")
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a depositor: its accounts, keys and folder go, and its organisations are withdrawn.",
            discussion: """
                The people who act for no other depositor go too. The history of its deposits stays. Whoever is certified by it \
                alone loses the public certification: where another takes over, let that one deposit first.

                Example: collecteur depositor remove E34350633300032
                """)

        @OptionGroup var depositor: DepositorArgument
        @OptionGroup var confirmation: ConfirmationOptions
        @OptionGroup var common: CommonOptions

        func run() throws {
            let code = depositor.code
            let place = try Workplace(common)
            let depositor = try place.store.depositors.depositor(code: code)
            guard depositor.state != .removed else {
                guard try place.administration.depositors.removeLeftFolders(code: code) else {
                    throw Failure.failed("the depositor \(code) is removed already")
                }
                return Terminal.note("depositor \(code) (\(depositor.name)): the rest of its folders is removed")
            }
            let certified = try place.store.registry.listSize(depositor: code)
            let people = try place.store.accounts.users().filter { $0.depositors == [code] }.map(\.email)
            try Terminal.confirm(
                """
                Remove \(depositor.name) (\(code)) with its folder\(people.isEmpty ? "" : " and \(people.joined(separator: ", "))")\
                , and withdraw its \(certified) certified organisations?
                """, options: confirmation)
            let (removal, ended) = try place.administration.depositors.remove(code: code, by: place.author)
            place.report(
                "depositor \(code) (\(depositor.name)): removed, \(removal.withdrawn) organisations withdrawn",
                ended: ended)
            for user in removal.gone { Terminal.note("user \(user.email): removed") }
            for user in removal.staying { Terminal.note("user \(user.email): stays for another depositor") }
        }
    }

    struct SetMode: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Choose whether a depositor's files are integrated (reel) or only validated (test).",
            discussion: "Example: collecteur depositor set-mode E34350633300032 test")

        @OptionGroup var depositor: DepositorArgument
        @Argument(help: "reel or test.") var mode: Depositor.Mode
        @OptionGroup var common: CommonOptions

        func run() throws {
            let code = depositor.code
            let place = try Workplace(common)
            let depositor = try place.administration.depositors.setMode(code: code, mode, by: place.author)
            Terminal.note("depositor \(code) (\(depositor.name)): mode \(mode.rawValue)")
        }
    }

    struct Log: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show who did what to a depositor.",
            discussion: "Example: collecteur depositor log E34350633300032")

        @OptionGroup var depositor: DepositorArgument
        @OptionGroup var common: CommonOptions
        @OptionGroup var listing: ListingOptions

        func run() throws {
            let code = depositor.code
            let place = try Workplace(common)
            // One that was removed has a past still.
            _ = try place.store.depositors.depositor(code: code)
            auditTrail(try place.store.accounts.accountLog(login: code), place).show(
                listing, whenEmpty: "nothing is recorded of \(code)")
        }
    }
}

extension Depositor.Mode: ExpressibleByArgument {}

private func object(_ depositor: Depositor, _ place: Workplace) -> [(String, JSONValue)] {
    [
        ("code", .string(depositor.code)), ("siret", .string(depositor.siret)),
        ("name", .string(depositor.name)), ("mode", .string(depositor.mode.rawValue)),
        ("state", .string(depositor.state.rawValue)), ("addedAt", place.json(depositor.addedAt)),
        ("address", .string(depositor.address.street)), ("postalCode", .string(depositor.address.postalCode)),
        ("city", .string(depositor.address.city)),
    ]
}

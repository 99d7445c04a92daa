internal import Workplace
internal import AccountStore
internal import Console
internal import Administration
internal import ArgumentParser
internal import LoginStore
internal import ServiceConfiguration
internal import Credentials
internal import Store

extension AccountCommand {
    struct AddKey: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add-key",
            abstract: "Let an account log in with a public key.",
            discussion: "Example: collecteur account add-key archer_yopmail.com ~/.ssh/id_ed25519.pub")

        @OptionGroup var account: AccountArgument
        @Argument(help: "A file with one public key in OpenSSH's format; '-' is standard input.", completion: .file())
        var file: String
        @OptionGroup var common: CommonOptions

        func run() throws {
            let text = try Input.text(of: file)
            let key: AuthorizedKey
            do throws(AuthorizedKeyError) {
                key = try AuthorizedKey(file: text)
            } catch {
                throw Failure.refused("\(file): \(error)")
            }
            let place = try Workplace(common)
            let login = try account.found(in: place).login
            try place.administration.accounts.addKey(login: login, key, by: place.author)
            Output.line(key.fingerprint)
        }
    }

    struct ListKeys: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list-keys",
            abstract: "List an account's public keys.",
            discussion: "Example: collecteur account list-keys archer_yopmail.com")

        @OptionGroup var account: AccountArgument
        @OptionGroup var common: CommonOptions
        @OptionGroup var listing: ListingOptions

        func run() throws {
            let place = try Workplace(common)
            let login = try account.found(in: place).login
            Listing(
                items: try place.store.accounts.keys(login: login),
                columns: [
                    .left("FINGERPRINT"), .left("ALGORITHM"), .left("ADDED", .optional), .left("COMMENT", .optional),
                ],
                row: { [$0.fingerprint, $0.algorithm, place.shown($0.addedAt), $0.comment] },
                object: {
                    [
                        ("fingerprint", .string($0.fingerprint)), ("algorithm", .string($0.algorithm)),
                        ("addedAt", place.json($0.addedAt)), ("comment", .string($0.comment)),
                    ]
                }
            ).show(listing, whenEmpty: "\(login) has no key: collecteur account add-key")
        }
    }

    struct RemoveKey: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove-key",
            abstract: "Take a public key from an account; its live sessions end.",
            discussion: "Example: collecteur account remove-key archer_yopmail.com SHA256:…")

        @OptionGroup var account: AccountArgument
        @Argument(help: "The key's fingerprint, as list-keys shows it.", transform: Words.given) var fingerprint: String
        @OptionGroup var common: CommonOptions

        func run() throws {
            let place = try Workplace(common)
            let login = try account.found(in: place).login
            let ended = try place.administration.accounts.removeKey(
                login: login, fingerprint: fingerprint, by: place.author)
            place.report("account \(login): key removed", ended: ended)
        }
    }
}

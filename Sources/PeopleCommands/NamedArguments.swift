internal import AccountStore
internal import ArgumentParser
internal import Console
internal import Workplace

// What the commands about people and establishments are given to name one.

struct AccountArgument: ParsableArguments {
    @Argument(help: "The account's login, or its person's mail address.", transform: Words.given) var login: String

    /// Throws: ``Failure`` if there is none.
    func found(in place: Workplace) throws -> Account { try People(place).account(login) }
}

struct PersonArgument: ParsableArguments {
    @Argument(help: "The person's mail address.", transform: Words.given) var email: String
}

struct DepositorArgument: ParsableArguments {
    @Argument(help: "The depositor's code.", transform: Words.given) var code: String
}

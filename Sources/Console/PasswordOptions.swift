internal import ArgumentParser

/// Where a new password comes from; without either flag it is asked for, twice.
package struct PasswordOptions: ParsableArguments {
    @Flag(help: "Read the password from the first line of standard input.")
    package var passwordStdin = false

    @Flag(help: "Make a password up and print it on the line after the login.")
    package var generate = false

    package func validate() throws {
        guard !(passwordStdin && generate) else {
            throw ValidationError("--password-stdin and --generate exclude each other")
        }
    }

    package init() {}
}

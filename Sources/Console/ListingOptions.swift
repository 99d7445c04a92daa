internal import ArgumentParser

/// Options of the commands that list something.
package struct ListingOptions: ParsableArguments {
    @Flag(help: "Print JSON, an array of objects, instead of a table.")
    package var json = false

    @Flag(help: "Print every column whole, however narrow the terminal is.")
    package var wide = false

    package init() {}
}

/// The option of the commands that do something hard to undo.
package struct ConfirmationOptions: ParsableArguments {
    @Flag(help: "Don't ask for confirmation; needed where there is no terminal.")
    package var yes = false

    package init() {}
}

import Console
import ArgumentParser
import ServiceConfiguration

/// The commands' names, looked at before the parser does, which takes a misspelt one for an argument.
enum CommandNames {
    /// - Parameter arguments: the command line without the program's name.
    /// - Throws: ``Failure`` (usage) that names the nearest command.
    static func check(_ arguments: [String]) throws {
        var command: any ParsableCommand.Type = Collecteur.self
        var path: [String] = []
        for word in words(arguments) {
            let below = subcommands(of: command)
            guard !below.isEmpty else { return }
            if path.isEmpty, word == "help" { continue }
            guard let next = below.first(where: { $0._commandName == word }) else {
                let likely = Spelling.closest(to: word, among: below.map { $0._commandName })
                let meant = likely.map { "; did you mean 'collecteur \((path + [$0]).joined(separator: " "))'?" }
                throw Failure.usage(
                    "no command '\((path + [word]).joined(separator: " "))'"
                        + (meant ?? " (see 'collecteur help\(path.map { " " + $0 }.joined())')"))
            }
            command = next
            path.append(word)
        }
    }

    private static func subcommands(of command: any ParsableCommand.Type) -> [any ParsableCommand.Type] {
        command.configuration.subcommands + command.configuration.groupedSubcommands.flatMap(\.subcommands)
    }

    /// The words up to the first that could be an option's or an argument's own.
    private static func words(_ arguments: [String]) -> [String] {
        var words: [String] = []
        var rest = arguments[...]
        while let word = rest.popFirst(), word != "--" {
            if word == "--config" {
                _ = rest.popFirst()
            } else if word.hasPrefix("--config=") {
                continue
            } else if word.hasPrefix("-") {
                break
            } else {
                words.append(word)
            }
        }
        return words
    }
}

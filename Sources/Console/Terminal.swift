internal import Characters
internal import Foundation
internal import Qualiopi

/// What depends on whether a person sits at the other end.
package enum Terminal {
    package static var isInput: Bool { isatty(0) == 1 }
    package static var isOutput: Bool { isatty(1) == 1 }
    package static var isError: Bool { isatty(2) == 1 }

    /// The width of standard output in columns; `nil` when it is no terminal.
    package static var width: Int? {
        var size = winsize()
        guard isOutput, ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }

    /// Text from outside without anything that could act on a terminal, turn the line round or hide in it.
    package static func printable(_ text: String) -> String {
        let clean = !text.unicodeScalars.contains(where: \.isInvisible)
        return clean ? text : DisplayText.escape(Array(text.utf8), limit: .max)
    }

    /// One line on standard error. Line breaks inside would make two: they become spaces.
    package static func complain(_ text: String) {
        let line = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty }.joined(separator: " ")
        FileHandle.standardError.write(Data("collecteur: \(printable(line))\n".utf8))
    }

    /// A remark for the person, kept apart from the command's result.
    package static func note(_ text: String) {
        FileHandle.standardError.write(Data((printable(text) + "\n").utf8))
    }

    /// Asks before something hard to undo. Without a terminal only `--yes` will do.
    package static func confirm(_ question: String, options: ConfirmationOptions) throws {
        guard !options.yes else { return }
        guard isInput, isError else {
            throw Failure.refused("\(question) Not without --yes where there is no terminal")
        }
        FileHandle.standardError.write(Data("\(printable(question)) [y/N] ".utf8))
        let answer = readLine()?.trimmingCharacters(in: .whitespaces).lowercased()
        guard answer == "y" || answer == "yes" else { throw Failure.refused("nothing was done") }
    }
}

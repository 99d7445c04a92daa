import Foundation
import Qualiopi

/// What depends on whether a person sits at the other end.
enum Terminal {
    static var isInput: Bool { isatty(0) == 1 }
    static var isOutput: Bool { isatty(1) == 1 }
    static var isError: Bool { isatty(2) == 1 }

    /// The width of standard output in columns; `nil` when it is no terminal.
    static var width: Int? {
        var size = winsize()
        guard isOutput, ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }

    /// Text from outside without anything that could act on a terminal.
    static func printable(_ text: String) -> String {
        let clean = !text.unicodeScalars.contains(where: \.isControl)
        return clean ? text : DisplayText.escape(Array(text.utf8), limit: .max)
    }

    /// A remark for the person, kept apart from the command's result.
    static func note(_ text: String) {
        FileHandle.standardError.write(Data((printable(text) + "\n").utf8))
    }

    /// Asks before something hard to undo. Without a terminal only `--yes` will do.
    static func confirm(_ question: String, options: ConfirmationOptions) throws {
        guard !options.yes else { return }
        guard isInput, isError else {
            throw Failure.refused("\(question) Not without --yes where there is no terminal")
        }
        FileHandle.standardError.write(Data("\(printable(question)) [y/N] ".utf8))
        let answer = readLine()?.trimmingCharacters(in: .whitespaces).lowercased()
        guard answer == "y" || answer == "yes" else { throw Failure.refused("nothing was done") }
    }
}

import Console
import Qualiopi

/// The command line's bytes, looked at before they are text, in which U+FFFD would stand for what isn't UTF-8: another name than the one given.
enum ArgumentText {
    /// - Throws: ``Failure`` (usage) that shows the argument.
    static func check() throws {
        for index in (0..<max(0, Int(CommandLine.argc))).dropFirst() {
            guard let argument = CommandLine.unsafeArgv[index], String(validatingCString: argument) == nil else {
                continue
            }
            let bytes = UnsafeRawBufferPointer(start: argument, count: length(argument))
            throw Failure.usage(
                "argument \(index), \(DisplayText.escape(bytes, limit: 60)), is not UTF-8 text: give it in UTF-8, as a terminal in UTF-8 does"
            )
        }
    }

    private static func length(_ text: UnsafePointer<CChar>) -> Int {
        var count = 0
        while text[count] != 0 { count += 1 }
        return count
    }
}

import ArgumentParser
import ServiceConfiguration
import Foundation
import Store

/// Why a command ends without having done its work, with the exit status that scripts rely on.
struct Failure: Error, CustomStringConvertible {
    enum Kind: Int32 {
        case failed = 1
        /// A rule or a policy said no.
        case refused = 2
        case usage = 64
        /// Input that can't be read.
        case input = 66
        case configuration = 78
    }

    let kind: Kind
    /// What is wrong and what to do, in one line.
    let description: String

    static func failed(_ text: String) -> Failure { Failure(kind: .failed, description: text) }
    static func refused(_ text: String) -> Failure { Failure(kind: .refused, description: text) }
    static func usage(_ text: String) -> Failure { Failure(kind: .usage, description: text) }
    static func input(_ text: String) -> Failure { Failure(kind: .input, description: text) }
    static func configuration(_ text: String) -> Failure { Failure(kind: .configuration, description: text) }
}

/// The one place where errors become text and exit statuses.
enum Failures {
    /// Prints the error as `collecteur: …` and returns the exit status. A request for help is no error.
    static func report(_ error: any Error) -> Int32 {
        switch error {
        case let failure as Failure:
            complain(failure.description)
            return failure.kind.rawValue
        case let error as SettingsError:
            for problem in error.problems { complain(problem.description) }
            return Failure.Kind.configuration.rawValue
        case let error as StoreError:
            complain(error.description)
            if case .conflict = error { return Failure.Kind.refused.rawValue }
            return Failure.Kind.failed.rawValue
        case let code as ExitCode:
            return code.rawValue
        default:
            return reportParsing(error) ?? reportOther(error)
        }
    }

    /// One line on standard error. Line breaks inside would make two: they become spaces.
    static func complain(_ text: String) {
        let line = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty }.joined(separator: " ")
        FileHandle.standardError.write(Data("collecteur: \(Terminal.printable(line))\n".utf8))
    }

    private static func reportParsing(_ error: any Error) -> Int32? {
        let code = Collecteur.exitCode(for: error)
        if code.isSuccess {
            print(Collecteur.fullMessage(for: error))
            return 0
        }
        guard code == .validationFailure else { return nil }
        complain(Collecteur.message(for: error) + " (see 'collecteur help')")
        return code.rawValue
    }

    private static func reportOther(_ error: any Error) -> Int32 {
        complain("\(error)")
        return Failure.Kind.failed.rawValue
    }
}

import Console
import ArgumentParser
import LinuxSystem
import ServiceConfiguration
import Store

/// The one place where errors become text and exit statuses.
enum Failures {
    /// Prints the error as `collecteur: …` and returns the exit status. A request for help is no error.
    static func report(_ error: any Error) -> Int32 {
        switch error {
        case let failure as Failure:
            Terminal.complain(failure.description)
            return failure.kind.rawValue
        case let error as SettingsError:
            for problem in error.problems { Terminal.complain(problem.description) }
            return Failure.Kind.configuration.rawValue
        case let error as StateVolumeError:
            Terminal.complain(error.description)
            return Failure.Kind.configuration.rawValue
        case let error as StoreError:
            Terminal.complain(error.description)
            if case .conflict = error { return Failure.Kind.refused.rawValue }
            return Failure.Kind.failed.rawValue
        case let code as ExitCode:
            return code.rawValue
        default:
            return reportParsing(error) ?? reportOther(error)
        }
    }

    private static func reportParsing(_ error: any Error) -> Int32? {
        let code = Collecteur.exitCode(for: error)
        if code.isSuccess {
            print(Collecteur.fullMessage(for: error))
            return 0
        }
        guard code == .validationFailure else { return nil }
        Terminal.complain(Collecteur.message(for: error) + " (see 'collecteur help')")
        return code.rawValue
    }

    private static func reportOther(_ error: any Error) -> Int32 {
        Terminal.complain("\(error)")
        return Failure.Kind.failed.rawValue
    }
}

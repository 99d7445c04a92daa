import ArgumentParser
import Demo
import Dispatch
import Foundation

struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Show a throwaway instance at work, end to end.",
        discussion: """
            Starts a daemon of its own on a loopback port, imports a sample OF list, adds a depositor with an account, \
            deposits a good, a partial and a refused file with the system's sftp, and prints states, a report, the \
            mails and the portal's address. Nothing of it remains.

            Example: collecteur demo --keep
            """)

    @Flag(help: "Leave the instance running, and say how to connect.")
    var keep = false

    func run() throws {
        let instance = try DemoInstance()
        let interruptions = DemoCommand.cleanUpWhenInterrupted(instance)
        defer { for source in interruptions { source.cancel() } }
        do {
            try Demonstration(instance: instance, keep: keep).run()
        } catch {
            instance.cleanUp()
            throw error
        }
        if !keep { instance.cleanUp() }
    }

    private static func cleanUpWhenInterrupted(_ instance: DemoInstance) -> [any DispatchSourceSignal] {
        [SIGINT, SIGTERM, SIGHUP].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                instance.cleanUp()
                Foundation.exit(128 + number)
            }
            source.resume()
            return source
        }
    }
}

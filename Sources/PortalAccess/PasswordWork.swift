internal import LinuxSystem
internal import Logging
package import PortalProtocol

/// Where passwords are hashed: on two threads of the portal's own, so that the web and the night's robots never wait for each other.
///
/// Any thread may call it; it never waits.
package final class PasswordWork: Sendable {
    /// More would only wait: the page says to try again.
    private static let mostWaiting = 64

    private let hashing = WorkerPool(name: "portal-hashing", threads: 2)
    private let logger: Logger

    init(logger: Logger) { self.logger = logger }

    /// Answers exactly once, on a thread of the pool's, or at once where too many wait. Work that throws is answered by « unavailable », and its
    /// error stands in the log.
    package func submit(
        _ reply: @escaping @Sendable (Answer) -> Void, _ work: @escaping @Sendable () throws -> Answer
    ) {
        guard hashing.pending < PasswordWork.mostWaiting,
            hashing.submit({
                do {
                    reply(try work())
                } catch {
                    self.logger.error("portal.failed", metadata: ["reason": "\(error)"])
                    reply(.unavailable(text: "Le service n'a pas pu répondre. Réessayez dans un instant."))
                }
            })
        else { return reply(.later(seconds: 5)) }
    }

    /// Returns when what was submitted has been answered.
    func stop() { hashing.stop() }
}

internal import AccountStore
internal import LinuxSystem
package import PortalStore
package import Qualiopi
import Store

extension Store.Portal {
    /// Logs a person in who exists already; returns the session's token.
    package func testSession(_ email: String, now: Timestamp) throws -> [UInt8] {
        try people.setPassword(email: email, hash: "$y$", by: .test, at: now)
        let token = (0..<32).map { _ in UInt8.random(in: .min ... .max) }
        try sessions.begin(
            hash: SHA256.hash(token), email: email, address: "", agent: "", most: 50, now: now)
        return token
    }

    /// A person who has logged in just now, as each question finds whoever asks it. The person exists already.
    package func testVisitor(_ email: String, now: Timestamp) throws -> PortalVisitor? {
        try sessions.visitor(hash: SHA256.hash(testSession(email, now: now)), idle: 60, absolute: 60, now: now)
    }
}

package import AccountStore
package import PortalStore
package import Qualiopi
import Store

extension Store.Portal {
    /// A person who has logged in just now, as each question finds whoever asks it. The person exists already.
    package func testVisitor(_ email: String, now: Timestamp) throws -> PortalVisitor? {
        try setPassword(email: email, hash: "$y$", by: .test, at: now)
        let hash = [UInt8]((0..<32).map { _ in UInt8.random(in: .min ... .max) })
        try beginSession(hash: hash, email: email, address: "", agent: "", most: 50, now: now)
        return try visitor(hash: hash, idle: 60, absolute: 60, now: now)
    }
}

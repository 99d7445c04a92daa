package import GRDB
package import Qualiopi
import Store

/// A public key that opens an account.
package struct AccountKey: Sendable, Equatable {
    /// `SHA256:` and the digest in base64 without padding.
    package var fingerprint: String
    package var algorithm: String
    /// The key as SSH sends it (RFC 4253 §6.6).
    package var blob: [UInt8]
    package var comment: String
    package var addedAt: Timestamp

    package init(fingerprint: String, algorithm: String, blob: [UInt8], comment: String, addedAt: Timestamp) {
        self.fingerprint = fingerprint
        self.algorithm = algorithm
        self.blob = blob
        self.comment = comment
        self.addedAt = addedAt
    }
}

extension AccountKey {
    /// Those of an account.
    package static func all(_ db: Database, of login: String) throws -> [AccountKey] {
        try Row.fetchAll(
            db.cachedStatement(sql: "SELECT * FROM account_keys WHERE login = ? ORDER BY fingerprint"),
            arguments: [login]
        ).map {
            AccountKey(
                fingerprint: $0["fingerprint"], algorithm: $0["algorithm"], blob: Store.bytes($0, "blob"),
                comment: $0["comment"], addedAt: Timestamp($0, "added_at"))
        }
    }
}

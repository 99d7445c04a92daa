internal import Foundation
internal import LinuxSystem

/// Tokens of 256 random bits: what a browser or a mail holds. The database holds their SHA-256.
package enum PortalTokens {
    package static func make() -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    /// base64url, as addresses and cookies have it.
    package static func text(_ token: [UInt8]) -> String {
        Data(token).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    package static func hash(_ token: [UInt8]) -> [UInt8] { SHA256.hash(token) }
}

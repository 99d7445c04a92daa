internal import ServiceConfiguration

/// Message-IDs: `unique part@domain` (RFC 5322, section 3.6.4).
enum MessageIdentifier {
    /// - Parameters:
    ///   - unique: The same at each try.
    ///   - sender: Its domain makes the identifier the site's own.
    /// - Returns: Without angle brackets.
    static func make(_ unique: String, sender: Mailbox) -> String {
        "\(unique)@\(sender.address.split(separator: "@").last ?? "localhost")"
    }
}

import Characters
package import Logging

/// One event as one line of text: `event=session.opened session=7 address=192.0.2.9 client="OpenSSH 9.2"`.
///
/// Values come from the network, so a line can't be forged: whatever is not plain text is quoted and escaped, line
/// breaks, terminal escapes and Unicode's invisible or direction-changing characters included.
package enum LogLine {
    /// The fields that open a line, in this order; the others follow in alphabetical order.
    private static let leading = ["session", "deposit", "mail", "depositor", "login", "address", "file"]

    /// The longest value shown, in characters.
    private static let longestValue = 1000

    /// Formats an event. A message of one word is the event's stable name, unless the metadata has an `event`.
    package static func format(message: String, metadata: Logger.Metadata) -> String {
        var fields: [String] = []
        var rest = metadata
        if let event = rest.removeValue(forKey: "event") {
            fields.append("event=" + value(event.description))
            if message != event.description { fields.append("message=" + value(message)) }
        } else {
            fields.append((isName(message) ? "event=" : "message=") + value(message))
        }
        for key in leading {
            if let found = rest.removeValue(forKey: key) { fields.append("\(key)=\(value(found.description))") }
        }
        for (key, found) in rest.sorted(by: { $0.key < $1.key }) {
            fields.append("\(name(key))=\(value(found.description))")
        }
        return fields.joined(separator: " ")
    }

    /// A value as it stands, or quoted with escapes when anything in it is not a plain character.
    package static func value(_ text: String) -> String {
        let shown = text.count > longestValue ? text.prefix(longestValue) + "…" : text[...]
        let plain = !shown.isEmpty && shown.unicodeScalars.allSatisfy { isPlain($0) }
        return plain ? String(shown) : "\"" + shown.unicodeScalars.map(escaped).joined() + "\""
    }

    private static func isName(_ message: String) -> Bool {
        !message.isEmpty
            && message.unicodeScalars.allSatisfy {
                $0.isASCII && ($0.properties.isAlphabetic || "0123456789._-".unicodeScalars.contains($0))
            }
    }

    private static func name(_ key: String) -> String {
        String(String.UnicodeScalarView(key.unicodeScalars.map { isName(String($0)) ? $0 : "_" }))
    }

    /// Whether a character can stand outside quotes.
    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        scalar != "\"" && scalar != "=" && scalar != "\\" && scalar != " " && isVisible(scalar)
    }

    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        !scalar.isInvisible && (scalar == " " || scalar.properties.generalCategory != .spaceSeparator)
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\"": "\\\""
        case "\\": "\\\\"
        case "\n": "\\n"
        case "\r": "\\r"
        case "\t": "\\t"
        case _ where isVisible(scalar): String(scalar)
        default: "\\u{" + String(scalar.value, radix: 16) + "}"
        }
    }
}

internal import Characters
internal import Qualiopi
internal import ServiceConfiguration

/// Free text from the command line, before it is stored and shown everywhere.
package enum Words {
    /// A name of one line.
    package static func label(_ text: String, for option: String) throws -> String {
        let clean = !text.unicodeScalars.contains(where: \.isControl)
        guard clean, text.contains(where: { !$0.isWhitespace }), text.count <= 200 else {
            throw Failure.refused("\(option) must be 1 to 200 characters of one line")
        }
        return text
    }

    /// A mail address.
    package static func email(_ text: String) throws -> String {
        guard Mailbox.isAddress(text) else { throw Failure.refused("\(text) is not a mail address") }
        return text
    }
}

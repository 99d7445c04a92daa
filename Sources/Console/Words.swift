internal import Characters
internal import Qualiopi
internal import ServiceConfiguration

/// Free text from the command line, before it is stored and shown everywhere.
package enum Words {
    /// A name of one line, of which all is seen: pages, reports and mails show it as it is.
    package static func label(_ text: String, for option: String) throws -> String {
        let isLine = !text.unicodeScalars.contains(where: \.endsHeaderLine)
        guard isLine, text.contains(where: { !$0.isWhitespace }), text.count <= 200 else {
            throw Failure.refused("\(option) must be 1 to 200 characters of one line")
        }
        if let unseen = text.unicodeScalars.first(where: \.isInvisible) {
            throw Failure.refused(
                "\(option) has a character that shows nothing or turns the text round, \(DisplayText.escape(Array(String(unseen).utf8))): type it again without it"
            )
        }
        guard DisplayText.canBeSeen(text) else { throw Failure.refused("\(option) has no letter to see") }
        return text
    }

    /// A code, a login or an address: never empty, as the variable of a script is that has not been set. For `transform:`.
    @Sendable package static func given(_ text: String) throws -> String {
        guard text.contains(where: { !$0.isWhitespace }) else { throw Failure.usage("it is empty") }
        return text
    }

    /// A mail address.
    package static func email(_ text: String) throws -> String {
        guard Mailbox.isAddress(text) else { throw Failure.refused("\(text) is not a mail address") }
        return text
    }
}

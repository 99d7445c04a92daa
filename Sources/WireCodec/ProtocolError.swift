/// Why a message can't be a message. Whoever receives one ends the conversation.
package enum ProtocolError: Error, Equatable {
    /// The message ends in the middle of a field.
    case short
    /// Bytes are left after the last field.
    case trailing(Int)
    case unknownTag(UInt8)
    /// A field has a value outside its range.
    case invalid(String)
    /// A field, or the message itself, is longer than its protocol's bounds allow.
    case tooLong(String)
    case notUTF8(String)
}

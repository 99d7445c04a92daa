package import WireCodec

/// Values to messages and back: one message of the control socket carries one value.
///
/// A message is a tag byte and the fields in their order, without padding. Both programs come from one build, so
/// there is no version: what doesn't decode exactly is an error.
package enum Codec {
    package static func encode(_ message: SessionMessage) throws(ProtocolError) -> [UInt8] {
        var writer = WireWriter()
        switch message {
        case .request(let id, let request): try writer.put(request, id: id)
        case .notice(let notice): try writer.put(notice)
        }
        return try withinBounds(writer.bytes, Bounds.message)
    }

    package static func encode(_ order: Order) throws(ProtocolError) -> [UInt8] {
        var writer = WireWriter()
        try writer.put(order)
        return try withinBounds(writer.bytes, limit(of: writer.bytes))
    }

    /// What a session sent.
    package static func decodeMessage(_ bytes: [UInt8]) throws(ProtocolError) -> SessionMessage {
        var reader = WireReader(try withinBounds(bytes, Bounds.message))
        let tag = try reader.number(UInt8.self)
        let message: SessionMessage
        if let tag = NoticeTag(rawValue: tag) {
            message = .notice(try reader.notice(tag))
        } else if let tag = RequestTag(rawValue: tag) {
            message = .request(id: try reader.number(), try reader.request(tag))
        } else {
            throw ProtocolError.unknownTag(tag)
        }
        try reader.finish()
        return message
    }

    /// What the daemon sent.
    package static func decodeOrder(_ bytes: [UInt8]) throws(ProtocolError) -> Order {
        var reader = WireReader(try withinBounds(bytes, limit(of: bytes)))
        let order = try reader.order()
        try reader.finish()
        return order
    }

    private static func limit(of order: [UInt8]) -> Int {
        order.first == OrderTag.setup.rawValue ? Bounds.setup : Bounds.message
    }

    private static func withinBounds(_ bytes: [UInt8], _ limit: Int) throws(ProtocolError) -> [UInt8] {
        guard bytes.count <= limit else { throw ProtocolError.tooLong("message") }
        return bytes
    }
}

package import WireCodec

/// Values to messages of the portal's control socket and back: one message carries one value, which it spells exactly.
package enum PortalCodec {
    private enum OrderTag: UInt8 {
        case welcome = 1
        case answer
        case drain
    }

    package static func encode(_ request: PortalRequest) throws(ProtocolError) -> [UInt8] {
        var writer = WireWriter()
        writer.put(request.id)
        var visitor = request.visitor
        try visitor.fields(&writer)
        try writer.put(request.question)
        return try withinBounds(writer.bytes, PortalBounds.request)
    }

    /// What a portal sent.
    package static func decodeRequest(_ bytes: [UInt8]) throws(ProtocolError) -> PortalRequest {
        var reader = WireReader(try withinBounds(bytes, PortalBounds.request))
        let id = try reader.number(UInt32.self)
        var visitor = Visitor()
        try visitor.fields(&reader)
        let request = PortalRequest(id: id, visitor: visitor, question: try reader.question())
        try reader.finish()
        return request
    }

    package static func encode(_ order: PortalOrder) throws(ProtocolError) -> [UInt8] {
        var writer = WireWriter()
        switch order {
        case .welcome(var welcome):
            writer.put(OrderTag.welcome.rawValue)
            try welcome.fields(&writer)
        case .answer(let id, let answer):
            writer.put(OrderTag.answer.rawValue)
            writer.put(id)
            try writer.put(answer)
        case .drain:
            writer.put(OrderTag.drain.rawValue)
        }
        return try withinBounds(writer.bytes, PortalBounds.order)
    }

    /// What the daemon sent.
    package static func decodeOrder(_ bytes: [UInt8]) throws(ProtocolError) -> PortalOrder {
        var reader = WireReader(try withinBounds(bytes, PortalBounds.order))
        let raw = try reader.number(UInt8.self)
        guard let tag = OrderTag(rawValue: raw) else { throw ProtocolError.unknownTag(raw) }
        let order: PortalOrder
        switch tag {
        case .welcome:
            var welcome = PortalWelcome()
            try welcome.fields(&reader)
            order = .welcome(welcome)
        case .answer:
            order = .answer(id: try reader.number(), try reader.answer())
        case .drain:
            order = .drain
        }
        try reader.finish()
        return order
    }

    /// The version that a welcome of any build names; nil for what is none.
    package static func version(ofWelcome bytes: [UInt8]) -> String? {
        var reader = WireReader(bytes)
        guard let tag = try? reader.number(UInt8.self), tag == OrderTag.welcome.rawValue else { return nil }
        return try? reader.text("version", limit: PortalBounds.version)
    }

    private static func withinBounds(_ bytes: [UInt8], _ limit: Int) throws(ProtocolError) -> [UInt8] {
        guard bytes.count <= limit else { throw ProtocolError.tooLong("message") }
        return bytes
    }
}

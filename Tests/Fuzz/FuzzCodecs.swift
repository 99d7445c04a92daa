import PortalProtocol
import SFTPCodec
import SessionProtocol

/// What a client sends, as a stream of packets and as one packet.
func fuzzSFTP(_ input: UnsafeRawBufferPointer) {
    var rest = input
    while case .packet(let range) = PacketDecoder.frame(rest) {
        require(range.lowerBound == 4 && range.upperBound <= rest.count, "a packet is within what has arrived")
        decode(UnsafeRawBufferPointer(rebasing: rest[range]))
        rest = UnsafeRawBufferPointer(rebasing: rest[range.upperBound...])
    }
    decode(input)
}

private func decode(_ packet: UnsafeRawBufferPointer) {
    guard case .request(_, let request) = PacketDecoder.decode(packet) else { return }
    if case .write(_, _, let data) = request {
        require(data.lowerBound >= 0 && data.upperBound <= packet.count, "a WRITE's data is within its packet")
    }
}

/// What goes over the control socket: a message that decodes is encoded to the same bytes.
func fuzzControl(_ input: UnsafeRawBufferPointer) {
    let bytes = Array(input)
    if let message = try? Codec.decodeMessage(bytes) {
        require((try? Codec.encode(message)) == bytes, "one encoding a message: \(message)")
    }
    if let order = try? Codec.decodeOrder(bytes) {
        require((try? Codec.encode(order)) == bytes, "one encoding an order: \(order)")
    }
    if let login = try? SignedLogin(bytes) {
        require((try? login.encoded()) == bytes, "one encoding of what is signed: \(login)")
    }
}

/// What goes over the portal's control socket, likewise.
func fuzzPortal(_ input: UnsafeRawBufferPointer) {
    let bytes = Array(input)
    if let request = try? PortalCodec.decodeRequest(bytes) {
        require((try? PortalCodec.encode(request)) == bytes, "one encoding a request: \(request)")
    }
    if let order = try? PortalCodec.decodeOrder(bytes) {
        require((try? PortalCodec.encode(order)) == bytes, "one encoding an order: \(order)")
    }
    _ = PortalCodec.version(ofWelcome: bytes)
}

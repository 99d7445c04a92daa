import SFTPCodec

/// Builds a client's packet by hand, so that the tests don't share the decoder's idea of the format.
struct PacketBytes {
    var bytes: [UInt8] = []

    init(type: UInt8, id: UInt32? = nil) {
        bytes.append(type)
        if let id { number(id) }
    }

    mutating func number<Number: FixedWidthInteger>(_ number: Number) {
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func string(_ text: String) { string(Array(text.utf8)) }

    mutating func string(_ text: [UInt8]) {
        number(UInt32(text.count))
        bytes += text
    }

    /// The bytes with their length field, as they come over the channel.
    var framed: [UInt8] {
        withUnsafeBytes(of: UInt32(bytes.count).bigEndian) { Array($0) } + bytes
    }
}

func decode(_ packet: [UInt8]) -> ClientMessage {
    packet.withUnsafeBytes { PacketDecoder.decode($0) }
}

func frame(_ bytes: [UInt8]) -> PacketDecoder.Frame {
    bytes.withUnsafeBytes { PacketDecoder.frame($0) }
}

/// A packet's fields are not what its type says.
package struct MalformedPacket: Error, Equatable, Sendable {
    package init() {}
}

/// Takes the fields of one packet, checking every length. It reads where the network's bytes lie and copies what is asked for alone: a
/// WRITE's data stay where they are, which is why this is not WireCodec's reader.
struct PacketReader {
    private let bytes: UnsafeRawBufferPointer
    private(set) var offset: Int

    init(_ bytes: UnsafeRawBufferPointer, from offset: Int = 0) {
        self.bytes = bytes
        self.offset = offset
    }

    mutating func number<Number: FixedWidthInteger>(_: Number.Type = Number.self) throws(MalformedPacket) -> Number {
        let range = try take(MemoryLayout<Number>.size)
        return Number(bigEndian: bytes.loadUnaligned(fromByteOffset: range.lowerBound, as: Number.self))
    }

    /// Where a string's bytes are.
    mutating func stringRange() throws(MalformedPacket) -> Range<Int> {
        guard let length = Int(exactly: try number(UInt32.self)) else { throw MalformedPacket() }
        return try take(length)
    }

    mutating func string() throws(MalformedPacket) -> [UInt8] {
        Array(bytes[try stringRange()])
    }

    /// A handle; nil if it is none that this server gives, which is no malformed packet.
    mutating func handle() throws(MalformedPacket) -> UInt32? {
        let range = try stringRange()
        guard range.count == 4 else { return nil }
        return UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: range.lowerBound, as: UInt32.self))
    }

    mutating func attributes() throws(MalformedPacket) -> FileAttributes {
        var attributes = FileAttributes()
        let flags = try number(UInt32.self)
        if flags & FileAttributes.Flag.size != 0 { attributes.size = try number() }
        if flags & FileAttributes.Flag.owner != 0 {
            attributes.owner = FileAttributes.Owner(user: try number(), group: try number())
        }
        if flags & FileAttributes.Flag.permissions != 0 { attributes.permissions = try number() }
        if flags & FileAttributes.Flag.times != 0 {
            attributes.times = FileAttributes.Times(accessed: try number(), modified: try number())
        }
        if flags & FileAttributes.Flag.extended != 0 {
            // Each pair takes 8 bytes at least, so that the packet's own length bounds the loop.
            for _ in 0..<(try number(UInt32.self)) {
                _ = try stringRange()
                _ = try stringRange()
            }
        }
        return attributes
    }

    private mutating func take(_ count: Int) throws(MalformedPacket) -> Range<Int> {
        guard count <= bytes.count - offset else { throw MalformedPacket() }
        defer { offset += count }
        return offset..<offset + count
    }
}

/// Builds a message: numbers in network order, bytes behind their length in 32 bits.
package struct WireWriter {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    package mutating func put<Number: FixedWidthInteger & UnsignedInteger>(_ number: Number) {
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }

    package mutating func put(_ flag: Bool) {
        bytes.append(flag ? 1 : 0)
    }

    /// A count or a time that the other end gives back as `Int`: never negative.
    package mutating func put(_ number: Int, _ field: String) throws(ProtocolError) {
        guard number >= 0 else { throw ProtocolError.invalid(field) }
        put(UInt64(number))
    }

    package mutating func put<Number: FixedWidthInteger & UnsignedInteger>(optional number: Number?) {
        put(number != nil)
        if let number { put(number) }
    }

    package mutating func put(_ value: [UInt8], _ field: String, limit: Int) throws(ProtocolError) {
        guard value.count <= limit else { throw ProtocolError.tooLong(field) }
        put(UInt32(truncatingIfNeeded: value.count))
        bytes.append(contentsOf: value)
    }

    /// A text that is cut, between two Unicode scalars, where it has more than `limit` bytes.
    package mutating func put(cutting text: String, limit: Int) {
        let whole = text.utf8
        guard whole.count > limit else {
            put(UInt32(truncatingIfNeeded: whole.count))
            bytes.append(contentsOf: whole)
            return
        }
        let all = Array(whole)
        var kept = all.prefix(limit)
        // A continuation byte of UTF-8 after the cut means that the cut is inside a character.
        while let next = all.dropFirst(kept.count).first, next & 0xC0 == 0x80 {
            kept = kept.dropLast()
        }
        put(UInt32(truncatingIfNeeded: kept.count))
        bytes.append(contentsOf: kept)
    }
}

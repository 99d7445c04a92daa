internal import WireCodec

/// Reads SSH's wire encoding: big-endian integers and strings with their length before them.
///
/// Source: RFC 4251 section 5. Every read answers nil past the end, and has taken nothing then; none traps.
struct SSHWireReader {
    private var reader: WireReader

    init(_ bytes: [UInt8]) { reader = WireReader(bytes) }

    var isAtEnd: Bool { (try? reader.finish()) != nil }

    mutating func uint32() -> UInt32? { try? reader.number() }

    mutating func string() -> [UInt8]? {
        var ahead = reader
        guard let value = try? ahead.bytes("string", limit: .max) else { return nil }
        reader = ahead
        return value
    }

    /// A positive `mpint` without its leading zero, or nil if it is negative, zero or not in its shortest form.
    mutating func positiveInteger() -> [UInt8]? {
        guard var value = string(), let first = value.first, first < 0x80 else { return nil }
        if first == 0 {
            guard value.count > 1, value[1] >= 0x80 else { return nil }
            value.removeFirst()
        }
        return value
    }
}

/// Writes SSH's wire encoding. Source: RFC 4251 section 5.
struct SSHWireWriter {
    private(set) var bytes: [UInt8] = []

    mutating func uint32(_ value: UInt32) { withUnsafeBytes(of: value.bigEndian) { bytes += $0 } }

    mutating func raw(_ value: [UInt8]) { bytes += value }

    mutating func string(_ value: [UInt8]) {
        uint32(UInt32(truncatingIfNeeded: value.count))
        bytes += value
    }

    mutating func string(_ value: String) { string(Array(value.utf8)) }

    /// A positive number given in big-endian order.
    mutating func positiveInteger(_ magnitude: [UInt8]) {
        var value = Array(magnitude.drop { $0 == 0 })
        if let first = value.first, first >= 0x80 { value.insert(0, at: 0) }
        string(value)
    }
}

/// Reads SSH's wire encoding: big-endian integers and strings with their length before them.
///
/// Source: RFC 4251 section 5. Every read answers nil past the end; none traps.
struct SSHWireReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    mutating func uint32() -> UInt32? {
        guard bytes.count - position >= 4 else { return nil }
        defer { position += 4 }
        return bytes[position..<position + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    }

    mutating func string() -> [UInt8]? {
        let start = position
        guard let length = uint32(), Int(length) <= bytes.count - position else {
            position = start
            return nil
        }
        defer { position += Int(length) }
        return Array(bytes[position..<position + Int(length)])
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

    mutating func uint32(_ value: UInt32) {
        for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: value >> UInt32(shift))) }
    }

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

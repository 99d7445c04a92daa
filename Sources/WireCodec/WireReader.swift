/// Takes a message apart. Every length is checked before it is used; nothing here can trap on any input.
package struct WireReader {
    private var rest: ArraySlice<UInt8>

    package init(_ bytes: [UInt8]) {
        rest = bytes[...]
    }

    package mutating func number<Number: FixedWidthInteger & UnsignedInteger>(
        _ type: Number.Type = Number.self
    ) throws(ProtocolError) -> Number {
        let size = Number.bitWidth / 8
        guard rest.count >= size else { throw ProtocolError.short }
        var value: Number = 0
        for byte in rest.prefix(size) {
            value = value << 8 | Number(truncatingIfNeeded: byte)
        }
        rest = rest.dropFirst(size)
        return value
    }

    /// 0 or 1, and nothing else.
    package mutating func flag(_ field: String) throws(ProtocolError) -> Bool {
        switch try number(UInt8.self) {
        case 0: false
        case 1: true
        default: throw ProtocolError.invalid(field)
        }
    }

    package mutating func count(_ field: String) throws(ProtocolError) -> Int {
        guard let value = Int(exactly: try number(UInt64.self)) else { throw ProtocolError.invalid(field) }
        return value
    }

    package mutating func optional<Number: FixedWidthInteger & UnsignedInteger>(
        _ field: String, _ type: Number.Type = Number.self
    ) throws(ProtocolError) -> Number? {
        try flag(field) ? try number(type) : nil
    }

    package mutating func bytes(_ field: String, limit: Int) throws(ProtocolError) -> [UInt8] {
        let count = Int(try number(UInt32.self))
        guard count <= limit else { throw ProtocolError.tooLong(field) }
        guard count <= rest.count else { throw ProtocolError.short }
        let value = Array(rest.prefix(count))
        rest = rest.dropFirst(count)
        return value
    }

    package mutating func text(_ field: String, limit: Int) throws(ProtocolError) -> String {
        guard let text = String(validating: try bytes(field, limit: limit), as: UTF8.self) else {
            throw ProtocolError.notUTF8(field)
        }
        return text
    }

    package mutating func value<Value: RawRepresentable>(_ field: String) throws(ProtocolError) -> Value
    where Value.RawValue: FixedWidthInteger & UnsignedInteger {
        guard let value = Value(rawValue: try number()) else { throw ProtocolError.invalid(field) }
        return value
    }

    package func finish() throws(ProtocolError) {
        guard rest.isEmpty else { throw ProtocolError.trailing(rest.count) }
    }
}

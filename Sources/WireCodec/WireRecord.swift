/// A value with fields, which one function describes for both directions: what is written is read back in the same order
/// and within the same bounds, because there is no second place where it could differ.
package protocol WireRecord: Equatable, Sendable {
    /// What the reader fills.
    init()

    /// Names the fields, in their order on the wire, with their bounds.
    mutating func fields<Coder: WireCoder>(_ coder: inout Coder) throws(ProtocolError)
}

/// Reads or writes the fields that a ``WireRecord`` names. Writing leaves the values as they are.
///
/// A text that is too long is cut, between two scalars, when it is written, and refused when it is read; everything else that is over its
/// bound is an error at both ends.
package protocol WireCoder {
    mutating func number<Number: FixedWidthInteger & UnsignedInteger>(_ value: inout Number) throws(ProtocolError)
    mutating func flag(_ value: inout Bool, _ field: String) throws(ProtocolError)
    mutating func bytes(_ value: inout [UInt8], _ field: String, limit: Int) throws(ProtocolError)
    mutating func text(_ value: inout String, _ field: String, limit: Int) throws(ProtocolError)
    mutating func choice<Value: RawRepresentable>(_ value: inout Value, _ field: String) throws(ProtocolError)
    where Value.RawValue == UInt8
    mutating func optional<Record: WireRecord>(_ value: inout Record?, _ field: String) throws(ProtocolError)
    /// - limit: of the list; each: bytes of one text.
    mutating func texts(_ value: inout [String], _ field: String, each: Int, limit: Int) throws(ProtocolError)
    mutating func list<Record: WireRecord>(
        _ value: inout [Record], _ field: String, limit: Int
    ) throws(ProtocolError)
}

extension WireCoder {
    package mutating func record<Record: WireRecord>(_ value: inout Record) throws(ProtocolError) {
        try value.fields(&self)
    }
}

extension WireWriter: WireCoder {
    package mutating func number<Number: FixedWidthInteger & UnsignedInteger>(
        _ value: inout Number
    ) throws(ProtocolError) {
        put(value)
    }

    package mutating func flag(_ value: inout Bool, _ field: String) throws(ProtocolError) {
        put(value)
    }

    package mutating func bytes(_ value: inout [UInt8], _ field: String, limit: Int) throws(ProtocolError) {
        try put(value, field, limit: limit)
    }

    package mutating func text(_ value: inout String, _ field: String, limit: Int) throws(ProtocolError) {
        put(cutting: value, limit: limit)
    }

    package mutating func choice<Value: RawRepresentable>(
        _ value: inout Value, _ field: String
    ) throws(ProtocolError) where Value.RawValue == UInt8 {
        put(value.rawValue)
    }

    package mutating func optional<Record: WireRecord>(
        _ value: inout Record?, _ field: String
    ) throws(ProtocolError) {
        put(value != nil)
        guard var record = value else { return }
        try record.fields(&self)
    }

    package mutating func list<Record: WireRecord>(
        _ value: inout [Record], _ field: String, limit: Int
    ) throws(ProtocolError) {
        try begin(value.count, field, limit)
        for var record in value { try record.fields(&self) }
    }

    package mutating func texts(
        _ value: inout [String], _ field: String, each: Int, limit: Int
    ) throws(ProtocolError) {
        try begin(value.count, field, limit)
        for text in value { put(cutting: text, limit: each) }
    }

    private mutating func begin(_ count: Int, _ field: String, _ limit: Int) throws(ProtocolError) {
        guard let short = UInt16(exactly: count), count <= limit else { throw ProtocolError.tooLong(field) }
        put(short)
    }
}

extension WireReader: WireCoder {
    package mutating func number<Number: FixedWidthInteger & UnsignedInteger>(
        _ value: inout Number
    ) throws(ProtocolError) {
        value = try number()
    }

    package mutating func flag(_ value: inout Bool, _ field: String) throws(ProtocolError) {
        value = try flag(field)
    }

    package mutating func bytes(_ value: inout [UInt8], _ field: String, limit: Int) throws(ProtocolError) {
        value = try bytes(field, limit: limit)
    }

    package mutating func text(_ value: inout String, _ field: String, limit: Int) throws(ProtocolError) {
        value = try text(field, limit: limit)
    }

    package mutating func choice<Value: RawRepresentable>(
        _ value: inout Value, _ field: String
    ) throws(ProtocolError) where Value.RawValue == UInt8 {
        value = try self.value(field)
    }

    package mutating func optional<Record: WireRecord>(
        _ value: inout Record?, _ field: String
    ) throws(ProtocolError) {
        guard try flag(field) else {
            value = nil
            return
        }
        var record = Record()
        try record.fields(&self)
        value = record
    }

    package mutating func list<Record: WireRecord>(
        _ value: inout [Record], _ field: String, limit: Int
    ) throws(ProtocolError) {
        value = []
        for _ in 0..<(try length(field, limit)) {
            var record = Record()
            try record.fields(&self)
            value.append(record)
        }
    }

    package mutating func texts(
        _ value: inout [String], _ field: String, each: Int, limit: Int
    ) throws(ProtocolError) {
        value = []
        for _ in 0..<(try length(field, limit)) { value.append(try text(field, limit: each)) }
    }

    private mutating func length(_ field: String, _ limit: Int) throws(ProtocolError) -> Int {
        let count = Int(try number(UInt16.self))
        guard count <= limit else { throw ProtocolError.tooLong(field) }
        return count
    }
}

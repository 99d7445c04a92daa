import Characters

/// The fields of a form or of a query string: `application/x-www-form-urlencoded`, taken apart as bytes.
package struct FormFields: Equatable, Sendable {
    package enum Fault: Error, Equatable {
        case tooMany
        /// A `%` without two hexadecimal digits.
        case badEscape
        /// Which of the two would be meant?
        case duplicate
        case notUTF8
        case control
    }

    /// The largest body of a form without a file, in bytes.
    package static let limit = 16_384
    private static let mostFields = 32

    private var values: [String: [UInt8]] = [:]

    package init() {}

    package init(_ bytes: some Collection<UInt8>) throws(Fault) {
        for pair in bytes.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: true) {
            guard values.count < FormFields.mostFields else { throw .tooMany }
            let equals = pair.firstIndex(of: UInt8(ascii: "="))
            let name = try FormFields.decode(pair[..<(equals ?? pair.endIndex)])
            let value = try equals.map { equals throws(Fault) in
                try FormFields.decode(pair[pair.index(after: equals)...])
            }
            guard let name = String(validating: name, as: UTF8.self) else { throw .notUTF8 }
            guard values.updateValue(value ?? [], forKey: name) == nil else { throw .duplicate }
        }
    }

    package mutating func set(_ name: String, _ value: [UInt8]) throws(Fault) {
        guard values.count < FormFields.mostFields else { throw .tooMany }
        guard values.updateValue(value, forKey: name) == nil else { throw .duplicate }
    }

    /// What was typed, as it is. Empty where there is no such field.
    package func bytes(_ name: String) -> [UInt8] { values[name] ?? [] }

    /// One line of text without the blanks around it. Empty where there is no such field.
    package func text(_ name: String) throws(Fault) -> String {
        // A tab comes with what is pasted from a table.
        guard let bytes = values[name]?.map({ $0 == 0x09 ? 0x20 : $0 }) else { return "" }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .notUTF8 }
        guard !bytes.contains(where: \.isASCIIControl) else { throw .control }
        let isBlank = { (scalar: Unicode.Scalar) in scalar.properties.isWhitespace }
        let scalars = text.unicodeScalars
        guard let first = scalars.firstIndex(where: { !isBlank($0) }),
            let last = scalars.lastIndex(where: { !isBlank($0) })
        else { return "" }
        return String(scalars[first...last])
    }

    package func has(_ name: String) -> Bool { values[name] != nil }

    private static func decode(_ bytes: some Collection<UInt8>) throws(Fault) -> [UInt8] {
        var decoded: [UInt8] = []
        var rest = bytes.makeIterator()
        while let byte = rest.next() {
            switch byte {
            case UInt8(ascii: "+"):
                decoded.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = rest.next().flatMap(Hexadecimal.value),
                    let low = rest.next().flatMap(Hexadecimal.value)
                else { throw .badEscape }
                decoded.append(high << 4 | low)
            default:
                decoded.append(byte)
            }
        }
        return decoded
    }
}

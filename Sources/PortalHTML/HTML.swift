import Characters

/// A piece of a page, as UTF-8 bytes.
///
/// Made by string interpolation alone. Its literals are `StaticString`s: only source text can be one, so they are trusted; whatever is
/// interpolated is escaped, but for another `HTML`. Attributes are always quoted, and nothing is ever interpolated into a script, a style or an
/// attribute that holds either.
package struct HTML: Sendable, ExpressibleByStringInterpolation {
    package private(set) var bytes: [UInt8]

    package init() {
        bytes = []
    }

    package init(stringLiteral literal: StaticString) {
        bytes = []
        bytes.append(literal)
    }

    package init(stringInterpolation: StringInterpolation) {
        bytes = stringInterpolation.bytes
    }

    package static func += (page: inout HTML, more: HTML) {
        page.bytes.append(contentsOf: more.bytes)
    }

    /// Bytes of a page that is one already.
    mutating func adopt(_ page: [UInt8]) { bytes = page }

    package struct StringInterpolation: StringInterpolationProtocol {
        package typealias StringLiteralType = StaticString

        fileprivate var bytes: [UInt8] = []

        package init(literalCapacity: Int, interpolationCount: Int) {
            bytes.reserveCapacity(literalCapacity + interpolationCount * 24)
        }

        package mutating func appendLiteral(_ literal: StaticString) {
            bytes.append(literal)
        }

        package mutating func appendInterpolation(_ text: String) {
            bytes.append(escaping: text)
        }

        package mutating func appendInterpolation(_ number: some BinaryInteger) {
            bytes.append(contentsOf: String(number).utf8)
        }

        package mutating func appendInterpolation(_ html: HTML) {
            bytes.append(contentsOf: html.bytes)
        }

        package mutating func appendInterpolation(_ address: Address) {
            bytes.append(escaping: address.text)
        }

        package mutating func appendInterpolation(_ route: Route) {
            bytes.append(escaping: route.path)
        }

        package mutating func appendInterpolation<Elements: Sequence>(
            each elements: Elements, _ one: (Elements.Element) -> HTML
        ) {
            for element in elements { bytes.append(contentsOf: one(element).bytes) }
        }

        package mutating func appendInterpolation(if condition: Bool, _ html: @autoclosure () -> HTML) {
            if condition { bytes.append(contentsOf: html().bytes) }
        }

        package mutating func appendInterpolation<Value>(with value: Value?, _ html: (Value) -> HTML) {
            if let value { bytes.append(contentsOf: html(value).bytes) }
        }
    }
}

extension [UInt8] {
    fileprivate mutating func append(_ literal: StaticString) {
        literal.withUTF8Buffer { append(contentsOf: $0) }
    }

    /// Byte by byte: a quote is a quote whatever mark follows it. Control characters, which no page may hold, are shown as U+FFFD.
    fileprivate mutating func append(escaping text: String) {
        var text = text
        text.withUTF8 { buffer in
            var isC1 = false
            for (index, byte) in buffer.enumerated() {
                if isC1 {
                    isC1 = false
                    continue
                }
                switch byte {
                case UInt8(ascii: "&"): append("&amp;" as StaticString)
                case UInt8(ascii: "<"): append("&lt;" as StaticString)
                case UInt8(ascii: ">"): append("&gt;" as StaticString)
                case UInt8(ascii: "\""): append("&quot;" as StaticString)
                case UInt8(ascii: "'"): append("&#39;" as StaticString)
                case UInt8(ascii: "\n"), UInt8(ascii: "\t"): append(byte)
                case 0xC2 where index + 1 < buffer.count && Unicode.Scalar(buffer[index + 1]).isControl:
                    // Its second byte is the character's number.
                    append("\u{FFFD}" as StaticString)
                    isC1 = true
                case _ where byte.isASCIIControl: append("\u{FFFD}" as StaticString)
                default: append(byte)
                }
            }
        }
    }
}

/// A route with what follows its path: the only way in which an address gets into a page.
package struct Address: Sendable, Equatable {
    package var route: Route
    private var query: [(name: StaticString, value: String)]
    private var fragment: String?

    package init(_ route: Route, _ query: [(name: StaticString, value: String)] = [], fragment: String? = nil) {
        self.route = route
        self.query = query
        self.fragment = fragment
    }

    /// Percent-encoded, so that it holds ASCII alone.
    package var text: String {
        var text = route.path
        var separator = "?"
        for (name, value) in query where !value.isEmpty {
            text += "\(separator)\(name)=\(percentEncoded(value))"
            separator = "&"
        }
        if let fragment { text += "#\(percentEncoded(fragment))" }
        return text
    }

    package static func == (one: Address, other: Address) -> Bool { one.text == other.text }
}

/// Every byte but letters, digits, `-`, `.`, `_` and `~` as `%XX` (RFC 3986, 2.3).
package func percentEncoded(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var encoded: [UInt8] = []
    for byte in text.utf8 {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            encoded.append(byte)
        default:
            encoded.append(UInt8(ascii: "%"))
            encoded.append(digits[Int(byte >> 4)])
            encoded.append(digits[Int(byte & 15)])
        }
    }
    return String(decoding: encoded, as: UTF8.self)
}

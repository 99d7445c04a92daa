/// Marks around a cell that are not CSV's quotes.
enum QuoteMark {
    case apostrophe
    case straight
    case typographic

    init?(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "'": self = .apostrophe
        case "\"": self = .straight
        case "\u{AB}", "\u{BB}", "\u{2018}"..."\u{201F}", "\u{2032}", "\u{2033}", "\u{2039}", "\u{203A}", "`", "\u{B4}",
            "\u{FF02}",
            "\u{FF07}":
            self = .typographic
        default: return nil
        }
    }

    /// The mark at the start and the one at the end of a text in UTF-8; nil where there is none, and at the end of a single character.
    static func around(_ text: [UInt8]) -> (first: QuoteMark?, last: QuoteMark?) {
        let scalars = String(decoding: text, as: UTF8.self).unicodeScalars
        return (scalars.first.flatMap(QuoteMark.init), scalars.count > 1 ? scalars.last.flatMap(QuoteMark.init) : nil)
    }

    /// The text without such marks and blanks at its ends.
    static func stripped(_ text: [UInt8]) -> [UInt8] {
        func isMark(_ scalar: Unicode.Scalar) -> Bool {
            QuoteMark(scalar) != nil || UnseenCharacter.blankName(scalar) != nil
        }
        let scalars = Array(String(decoding: text, as: UTF8.self).unicodeScalars)
        guard let first = scalars.firstIndex(where: { !isMark($0) }),
            let last = scalars.lastIndex(where: { !isMark($0) })
        else { return [] }
        var kept = ""
        kept.unicodeScalars.append(contentsOf: scalars[first...last])
        return Array(kept.utf8)
    }
}

internal import Characters
internal import LinuxSystem
internal import Qualiopi
internal import ServiceConfiguration

/// Values of header fields (RFC 5322), in ASCII (RFC 2047) and on folded lines.
enum HeaderText {
    /// Longest encoded-word (RFC 2047, section 2).
    private static let longestWord = 75
    private static let wordStart = "=?utf-8?Q?"
    private static let wordEnd = "?="
    /// Lines "SHOULD be no more than 78 characters" (RFC 5322, section 2.1.1).
    private static let lineLength = 78

    /// Free text; as it stands if it can, else in encoded-words.
    ///
    /// - Parameters:
    ///   - text: Any text; control characters become blanks.
    ///   - column: Characters before it on its line.
    /// - Returns: The value, folded.
    static func unstructured(_ text: String, after column: Int) -> String {
        let clean = withoutControls(text)
        let isPlain = clean.utf8.allSatisfy { $0 < 0x7F } && !clean.contains("=?")
        let hasOuterBlanks = clean.hasPrefix(" ") || clean.hasSuffix(" ")
        if isPlain, !hasOuterBlanks, column + clean.utf8.count <= lineLength { return clean }
        return encodedWords(clean, after: column)
    }

    /// `Name <address>` with the name quoted or encoded as it needs.
    static func mailbox(_ mailbox: Mailbox) -> String {
        guard !mailbox.name.isEmpty else { return address(mailbox.address) }
        return "\(phrase(withoutControls(mailbox.name)))\r\n <\(cleanAddress(mailbox.address))>"
    }

    /// An address alone; without what can't be in one.
    static func address(_ text: String) -> String { cleanAddress(text) }

    /// `<left@right>`; what could end it is dropped.
    static func identifier(_ text: String) -> String { "<\(cleanAddress(text))>" }

    /// As in `Mon, 23 Nov 2026 10:15:02 +0100` (RFC 5322, section 3.3).
    static func date(_ time: LocalTime) -> String {
        let day = UTCTime.weekdays[(time.date.weekday - 1) % 7]
        let month = UTCTime.months[(time.date.month - 1) % 12]
        let clock = [time.hour, time.minute, time.second].map { twoDigits($0) }.joined(separator: ":")
        let minutes = Int(clamping: time.offsetSeconds.magnitude) / 60
        let zone = (time.offsetSeconds < 0 ? "-" : "+") + twoDigits(minutes / 60) + twoDigits(minutes % 60)
        return "\(day), \(time.date.day) \(month) \(time.date.year) \(clock) \(zone)"
    }

    /// A display name: bare, a quoted string, or encoded-words.
    private static func phrase(_ name: String) -> String {
        if name.utf8.allSatisfy({ isAtomCharacter($0) || $0 == 0x20 }), name.utf8.count <= 60 { return name }
        let isQuotable = name.utf8.allSatisfy { (0x20..<0x7F).contains($0) && $0 != 0x22 && $0 != 0x5C }
        if isQuotable, !name.contains("=?"), name.utf8.count <= 60 { return "\"\(name)\"" }
        return encodedWords(name, after: "Reply-To: ".utf8.count)
    }

    /// `atext` of RFC 5322, section 3.2.3.
    private static func isAtomCharacter(_ byte: UInt8) -> Bool {
        isLetterOrDigit(byte) || "!#$%&'*+-/=^_`{|}~".utf8.contains(byte)
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: false
        }
    }

    /// The "Q" encoding with only the characters that are allowed everywhere (RFC 2047, section 5, rule 3); no
    /// character is split between two words.
    private static func encodedWords(_ text: String, after column: Int) -> String {
        var words: [String] = []
        var word = wordStart
        var room = min(longestWord, lineLength - column) - wordEnd.utf8.count
        for character in text.unicodeScalars {
            let encoded = character.utf8.map(encodedByte).joined()
            if word.utf8.count + encoded.utf8.count > room {
                words.append(word + wordEnd)
                word = wordStart
                // The next word has a line of its own, after a blank.
                room = longestWord - wordEnd.utf8.count
            }
            word += encoded
        }
        words.append(word + wordEnd)
        return words.joined(separator: "\r\n ")
    }

    private static func encodedByte(_ byte: UInt8) -> String {
        if byte == 0x20 { return "_" }
        if isLetterOrDigit(byte) || "!*+-/".utf8.contains(byte) { return String(Unicode.Scalar(byte)) }
        return QuotedPrintable.escape(byte)
    }

    private static func withoutControls(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.endsHeaderLine ? " " : $0 }))
    }

    /// Printable ASCII without blanks and brackets.
    private static func cleanAddress(_ text: String) -> String {
        String(decoding: text.utf8.filter { $0 > 0x20 && $0 < 0x7F && !"<>,;".utf8.contains($0) }, as: UTF8.self)
    }
}

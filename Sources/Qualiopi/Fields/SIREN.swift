/// The nine-digit number of a French enterprise.
///
/// No key is checked: the list of OF decides whether it exists.
/// Source: manual, section 3, « SIREN : 9 chiffres ».
package struct SIREN: Hashable, Comparable, Sendable {
    package static let length = 9

    /// 0 to 999 999 999.
    package let value: UInt32

    /// Takes a value that `value` gave.
    package init(value: UInt32) { self.value = value }

    /// Reads exactly nine digits: blanks must be gone.
    package init?(_ digits: some Collection<UInt8>) { self.init(bytes: digits) }

    /// The same without the price of a generic call from another module.
    package init?(_ digits: UnsafeRawBufferPointer) { self.init(bytes: digits) }

    private init?(bytes digits: some Collection<UInt8>) {
        var value: UInt32 = 0
        var length = 0
        for byte in digits {
            length &+= 1
            guard case 0x30...0x39 = byte, length <= SIREN.length else { return nil }
            value = value &* 10 &+ UInt32(byte &- 0x30)
        }
        guard length == SIREN.length else { return nil }
        self.value = value
    }

    /// Reads a text of nine digits; blanks are removed.
    package init?(_ text: String) {
        let kept = text.unicodeScalars.filter { !$0.properties.isWhitespace }
        self.init(kept.map { UInt8(exactly: $0.value) ?? 0 })
    }

    /// The nine digits.
    package var text: String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, SIREN.length - digits.utf8.count)) + digits
    }

    /// Whether the last digit is the Luhn key of the others.
    ///
    /// Only ever a hint: the manual has no such control.
    var hasValidKey: Bool { luhnSum(text.utf8) % 10 == 0 }

    package static func < (left: SIREN, right: SIREN) -> Bool { left.value < right.value }
}

extension SIREN: CustomStringConvertible {
    package var description: String { text }
}

/// Sum of the digits, every second one from the right doubled (ISO/IEC 7812-1, annex B).
func luhnSum(_ digits: some BidirectionalCollection<UInt8>) -> Int {
    var sum = 0
    var doubled = false
    for byte in digits.reversed() {
        var digit = Int(byte) - 0x30
        if doubled { digit = digit > 4 ? digit * 2 - 9 : digit * 2 }
        sum += digit
        doubled.toggle()
    }
    return sum
}

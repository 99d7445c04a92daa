/// A « numéro de déclaration d'activité »: 11 characters 0-9 or A-Z, packed in base 36.
///
/// Letters are real (`1175P007675`). The packed order is the order of the text.
/// Source: manual, section 3, « NDA : 11 caractères alphanumériques ».
package struct NDA: Hashable, Comparable, Sendable {
    package static let length = 11

    /// One more than the largest packed value, 36 to the 11th.
    package static let packedLimit: UInt64 = 131_621_703_842_267_136

    /// The 11 characters as digits of a base 36 number, first one heaviest; under `packedLimit`.
    package let packed: UInt64

    /// Takes a packed value that `packed` gave.
    package init(packed: UInt64) { self.packed = packed }

    /// Reads exactly 11 bytes 0-9 or A-Z: blanks must be gone and letters in upper case already.
    package init?(_ normalised: some Collection<UInt8>) { self.init(bytes: normalised) }

    private init?(bytes normalised: some Collection<UInt8>) {
        var value: UInt64 = 0
        var length = 0
        for byte in normalised {
            let digit: UInt64
            switch byte {
            case 0x30...0x39: digit = UInt64(byte &- 0x30)
            case 0x41...0x5A: digit = UInt64(byte &- 0x37)
            default: return nil
            }
            length &+= 1
            guard length <= NDA.length else { return nil }
            value = value &* 36 &+ digit
        }
        guard length == NDA.length else { return nil }
        packed = value
    }

    /// The same without the price of a generic call from another module.
    package init?(_ normalised: UnsafeRawBufferPointer) { self.init(bytes: normalised) }

    /// Reads a text as an operator may type it: blanks are removed and letters put in upper case.
    package init?(text: String) {
        let kept = text.unicodeScalars.filter { !$0.properties.isWhitespace }
        self.init(kept.map { $0.isASCII ? UInt8($0.properties.isLowercase ? $0.value &- 32 : $0.value) : 0 })
    }

    /// The 11 characters.
    package var text: String {
        String(unsafeUninitializedCapacity: NDA.length) { buffer in
            var rest = packed
            for position in stride(from: NDA.length - 1, through: 0, by: -1) {
                let digit = UInt8(truncatingIfNeeded: rest % 36)
                buffer[position] = digit < 10 ? digit &+ 0x30 : digit &+ 0x37
                rest /= 36
            }
            return NDA.length
        }
    }

    package static func < (left: NDA, right: NDA) -> Bool { left.packed < right.packed }
}

extension NDA: CustomStringConvertible {
    package var description: String { text }
}

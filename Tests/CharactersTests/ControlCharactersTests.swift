import Characters
import Testing

/// The sets lie within each other, and each holds what its readers rely on.
struct ControlCharactersTests {
    private func scalars(_ range: ClosedRange<UInt32>) -> [Unicode.Scalar] { range.compactMap { Unicode.Scalar($0) } }

    @Test func `each set holds the one before`() {
        for scalar in scalars(0...0x2FFFF) {
            if scalar.isASCIIControl { #expect(scalar.isControl) }
            if scalar.isControl { #expect(scalar.endsHeaderLine) }
            if scalar.endsHeaderLine { #expect(scalar.isInvisible, "\(scalar.value)") }
        }
    }

    @Test func `controls are those of Unicode's category`() {
        for scalar in scalars(0...0x3FF) {
            #expect(scalar.isControl == (scalar.properties.generalCategory == .control), "\(scalar.value)")
        }
    }

    @Test func `of ASCII there are thirty-three, as bytes and as characters`() {
        let bytes = (UInt8.min ... .max).filter(\.isASCIIControl)
        #expect(bytes == Array(0..<0x20) + [0x7F])
    }

    @Test(arguments: [
        "\u{200B}", "\u{202E}", "\u{FEFF}", "\u{AD}", "\u{2028}", "\u{E000}", "\u{115F}", "\u{2800}", "\u{85}",
    ])
    func `what leaves nothing to see is invisible`(text: Unicode.Scalar) {
        #expect(text.isInvisible)
    }

    @Test(arguments: ["a", "é", " ", "\u{A0}", "\u{301}", "’", "😀", "한"])
    func `what is seen, and blanks, are not`(text: Unicode.Scalar) {
        #expect(!text.isInvisible && !text.isControl && !text.endsHeaderLine)
    }
}

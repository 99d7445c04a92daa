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
        "\u{34F}", "\u{180B}", "\u{FE0F}", "\u{17B4}", "\u{17B5}", "\u{E0100}", "\u{3164}", "\u{FFA0}", "\u{1160}",
        "\u{1BCA0}",
        "\u{1D173}",
    ])
    func `what leaves nothing to see is invisible`(text: Unicode.Scalar) {
        #expect(text.isInvisible)
    }

    @Test func `what Unicode ignores by default is invisible, and of Latin nothing else but controls`() {
        for scalar in scalars(0...0x10FFFF) where scalar.properties.isDefaultIgnorableCodePoint {
            #expect(scalar.isInvisible, "\(scalar.value)")
        }
        for scalar in scalars(0x80...0x2FF) {
            let category = scalar.properties.generalCategory
            #expect(scalar.isInvisible == (category == .control || category == .format), "\(scalar.value)")
        }
    }

    @Test(arguments: ["a", "é", " ", "\u{A0}", "\u{301}", "’", "😀", "한"])
    func `what is seen, and blanks, are not`(text: Unicode.Scalar) {
        #expect(!text.isInvisible && !text.isControl && !text.endsHeaderLine)
    }
}

extension HTML {
    /// The page with no-break spaces where French demands them: within guillemets, before `:` `;` `?` `!` `%` and between a number and its unit.
    ///
    /// Literals and the daemon's sentences are written with the space bar; here, once, for all of them. What somebody else wrote, and may be
    /// copied out of the page, keeps its bytes: it stands in `bdi`, `code`, `pre` or `textarea`, and in attributes.
    package func withNoBreakSpaces() -> HTML {
        var page = HTML()
        page.adopt(bytes.withUnsafeBufferPointer { NoBreakSpaces($0).rewritten() })
        return page
    }
}

private struct NoBreakSpaces {
    private static let wide: [UInt8] = [0xC2, 0xA0]
    private static let narrow: [UInt8] = [0xE2, 0x80, 0xAF]
    private static let kept = ["bdi", "code", "pre", "textarea", "script", "style"].map { Array($0.utf8) }
    private static let units = ["octet", "Ko", "Mo", "Go", "seconde", "minute", "heure", "jour"].map { Array($0.utf8) }
    /// The manual's labels (4.1.2), which stand at the beginning of their lines and are people's landmarks: as it writes them.
    private static let landmarks = [
        "Erreur", "Alerte", "Le fichier contient", "Nombre de lignes", "Fichier", "Etat", "valable 24",
    ].map { Array($0.utf8) }

    private let bytes: UnsafeBufferPointer<UInt8>

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    func rewritten() -> [UInt8] {
        var page: [UInt8] = []
        page.reserveCapacity(bytes.count + bytes.count / 32)
        var (index, copied) = (0, 0)
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "<"):
                index = afterTag(index)
            case UInt8(ascii: " "):
                if let space = space(at: index) {
                    page.append(contentsOf: bytes[copied..<index])
                    page.append(contentsOf: space)
                    copied = index + 1
                }
                index += 1
            default:
                index += 1
            }
        }
        page.append(contentsOf: bytes[copied...])
        return page
    }

    /// What stands in the place of a space; nil for itself.
    private func space(at index: Int) -> [UInt8]? {
        guard index > 0, index + 1 < bytes.count else { return nil }
        let (before, after) = (bytes[index - 1], bytes[index + 1])
        switch after {
        case UInt8(ascii: ":"):
            return isLandmark(upTo: index) ? nil : NoBreakSpaces.wide
        case UInt8(ascii: ";"), UInt8(ascii: "?"), UInt8(ascii: "!"):
            return NoBreakSpaces.narrow
        case UInt8(ascii: "%"):
            return NoBreakSpaces.wide
        case 0xC2 where index + 2 < bytes.count && bytes[index + 2] == 0xBB:
            return NoBreakSpaces.wide
        default:
            if before == 0xAB, index > 1, bytes[index - 2] == 0xC2 { return NoBreakSpaces.wide }
            let isMeasure =
                before >= UInt8(ascii: "0") && before <= UInt8(ascii: "9")
                && NoBreakSpaces.units.contains { isThere($0, at: index + 1) } && !isLandmark(upTo: index)
            return isMeasure ? NoBreakSpaces.wide : nil
        }
    }

    private func isLandmark(upTo end: Int) -> Bool {
        NoBreakSpaces.landmarks.contains { isThere($0, at: end - $0.count) }
    }

    private func isThere(_ text: [UInt8], at start: Int) -> Bool {
        guard start >= 0, bytes.count - start >= text.count else { return false }
        return text.indices.allSatisfy { bytes[start + $0] == text[$0] }
    }

    /// Behind the tag that begins here, or behind the element that it opens if that is kept as it is. A `>` in an attribute is escaped.
    private func afterTag(_ start: Int) -> Int {
        let end = bytes[start...].firstIndex(of: UInt8(ascii: ">")).map { $0 + 1 } ?? bytes.count
        for name in NoBreakSpaces.kept where isThere(name, at: start + 1) {
            let after = start + 1 + name.count
            guard after < bytes.count, bytes[after] == UInt8(ascii: ">") || bytes[after] == UInt8(ascii: " ") else {
                continue
            }
            let close = [UInt8(ascii: "<"), UInt8(ascii: "/")] + name
            return bytes[end...].indices.first { bytes[$0] == UInt8(ascii: "<") && isThere(close, at: $0) }
                ?? bytes.count
        }
        return end
    }
}

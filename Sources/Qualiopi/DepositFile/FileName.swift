/// The length of a file's name as a person counts it.
enum FileName {
    /// Unicode characters of the name in Normalization Form C: an `é` counts one, whether macOS sent it as one character or as `e` and an accent.
    ///
    /// A byte that is not UTF-8 counts one.
    static func length(_ name: [UInt8]) -> Int {
        var scalars: [Unicode.Scalar] = []
        var rest = name[...]
        while !rest.isEmpty {
            let decoded = UTF8Scalar.decode(rest)
            scalars.append(decoded?.scalar ?? "\u{FFFD}")
            rest = rest.dropFirst(decoded?.size ?? 1)
        }
        guard scalars.contains(where: { $0.value >= 0x300 }) else { return scalars.count }
        return composedCount(scalars)
    }

    /// Canonical ordering, then composition (Unicode Standard, 3.11, D108 to D117).
    private static func composedCount(_ scalars: [Unicode.Scalar]) -> Int {
        var ordered = scalars
        for index in ordered.indices.dropFirst() {
            let weight = combiningClass(ordered[index])
            var position = index
            while weight > 0, position > 0, combiningClass(ordered[position - 1]) > weight {
                ordered.swapAt(position, position - 1)
                position -= 1
            }
        }
        var count = 0
        var starter: Unicode.Scalar?
        var lastClass: UInt8 = 0
        for scalar in ordered {
            let weight = combiningClass(scalar)
            let isAdjacent = lastClass == 0
            if let base = starter, isAdjacent || lastClass < weight, let whole = composition(base, scalar) {
                starter = whole
                continue
            }
            count += 1
            lastClass = weight
            if weight == 0 { starter = scalar }
        }
        return count
    }

    private static func combiningClass(_ scalar: Unicode.Scalar) -> UInt8 {
        scalar.properties.canonicalCombiningClass.rawValue
    }

    private static func composition(_ base: Unicode.Scalar, _ mark: Unicode.Scalar) -> Unicode.Scalar? {
        var pair = String(base)
        pair.unicodeScalars.append(mark)
        if case 0x1100...0x1112 = base.value, case 0x1161...0x1175 = mark.value {
            return Unicode.Scalar(0xAC00 + ((base.value - 0x1100) * 21 + mark.value - 0x1161) * 28)
        }
        if case 0xAC00...0xD7A3 = base.value, (base.value - 0xAC00) % 28 == 0, case 0x11A8...0x11C2 = mark.value {
            return Unicode.Scalar(base.value + mark.value - 0x11A7)
        }
        return composites[pair]
    }

    /// Scalars that may be the composition of two others, found by canonical equivalence: that is how `String` compares.
    ///
    /// Made at the first name with a combining mark, in a few milliseconds.
    private static let composites: [String: Unicode.Scalar] = {
        var table: [String: Unicode.Scalar] = [:]
        let blocks: [ClosedRange<UInt32>] = [
            0xC0...0x233, 0x385...0x45E, 0x476...0x4F9, 0x622...0x6D3, 0x929...0x934, 0x9CB...0x9CC, 0xB48...0xDDE,
            0x1026...0x1026,
            0x1B06...0x1B43, 0x1E00...0x1FFC, 0x219A...0x22ED, 0x304C...0x30FE, 0x11080...0x119FF,
        ]
        for value in blocks.joined() {
            guard let scalar = Unicode.Scalar(value), !scalar.properties.isFullCompositionExclusion else { continue }
            table[String(scalar)] = scalar
        }
        return table
    }()
}

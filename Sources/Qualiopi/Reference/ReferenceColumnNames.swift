/// The names in the header of an OF list, and what they are taken for.
///
/// They were published with a leading space, with capitals, in lower case, as French labels with accents: they are compared without any of that.
struct ReferenceColumnNames {
    /// As in the file, without quotes and outer blanks; the nameless one after a final separator is not among them.
    private let shown: [String]
    /// The same without case, accents, blanks and punctuation.
    private let plain: [String]

    init(_ line: String, separator: Character) {
        var cells = line.split(separator: separator, omittingEmptySubsequences: false)
            .map { ReferenceColumnNames.trim(String($0)) }
        if cells.count > 1, cells.last == "" { cells.removeLast() }
        shown = cells
        plain = cells.map { ReferenceColumnNames.normalise($0) }
    }

    var count: Int { shown.count }
    var nda: Int? { plain.firstIndex(where: ReferenceColumnNames.isNDA) }
    var siren: Int? { plain.firstIndex(where: ReferenceColumnNames.isSIREN) }
    var former: Int? { plain.firstIndex(where: ReferenceColumnNames.isFormer) }

    /// The name of the column with the NDA is one that the public list has or had.
    var isPublished: Bool { nda.map { ReferenceColumnNames.publishedNDAs.contains(plain[$0]) } ?? false }

    /// Whether this is the header of a deposit, however it is written: it has NDAs and SIRENs too, but only those of one certifier.
    ///
    /// Two categories and a date of certification make it one; the public list has no such dates, and writes its categories otherwise.
    var isDeposit: Bool {
        let names = Set(plain)
        func count(_ columns: Column...) -> Int {
            columns.count { names.contains(ReferenceColumnNames.normalise($0.name)) }
        }
        return count(.actionsDeFormation, .bilansDeCompetences, .vae, .actionsDeFormationParApprentissage) >= 2
            && count(.dateDecisionCertif, .dateFinValiditeCertif) >= 1
    }

    /// What each column is used for.
    var use: ReferenceReading.Columns {
        let used = [nda, siren, former].compactMap(\.self)
        return ReferenceReading.Columns(
            nda: name(nda) ?? "", siren: name(siren), former: name(former),
            unused: shown.indices.filter { !used.contains($0) }.compactMap { name($0) }, doubled: doubled)
    }

    /// What is there twice, with the columns' numbers: which of them is right can't be told.
    private var doubled: [String] {
        var places: [String: [Int]] = [:]
        var order: [String] = []
        for (index, name) in plain.enumerated() where !name.isEmpty {
            let meaning =
                switch name {
                case _ where ReferenceColumnNames.isNDA(name): "NDA"
                case _ where ReferenceColumnNames.isSIREN(name): "SIREN"
                case _ where ReferenceColumnNames.isFormer(name): "former NDAs"
                default: name
                }
            if places[meaning] == nil { order.append(meaning) }
            places[meaning, default: []].append(index)
        }
        return order.compactMap { meaning in
            guard let columns = places[meaning], columns.count > 1 else { return nil }
            let named = columns.map { "\($0 + 1) \"\(DisplayText.escape(Array(shown[$0].utf8), limit: 60))\"" }
            return named.joined(separator: " and ")
        }
    }

    private func name(_ index: Int?) -> String? {
        guard let index else { return nil }
        let name = DisplayText.escape(Array(shown[index].utf8), limit: 60)
        return name.isEmpty ? "column \(index + 1)" : name
    }

    // MARK: Names

    private static let publishedNDAs = ["numerodeclarationactivite", "numda"]
    private static let otherNDAs = [
        "nda", "ndas", "numeronda", "numnda", "nonda", "nnda", "numerodeclarationdactivite",
        "numerodedeclarationdactivite", "numerodedeclaration", "numerodeclaration",
    ]
    private static let sirens = ["siren", "codesiren", "numerosiren", "numsiren", "nosiren", "nsiren", "sirens"]
    private static let formerWords = ["precedent", "ancien", "anterieur"]

    private static func isNDA(_ name: String) -> Bool { publishedNDAs.contains(name) || otherNDAs.contains(name) }
    private static func isSIREN(_ name: String) -> Bool { sirens.contains(name) }

    /// Singular and plural, « anciens NDA », « NDA précédents », « numéros de déclaration d'activité précédents »…
    private static func isFormer(_ name: String) -> Bool {
        guard formerWords.contains(where: { name.contains($0) }) else { return false }
        return name.hasPrefix("nda") || name.hasSuffix("nda") || name.hasSuffix("ndas")
            || (name.contains("num") && name.contains("declaration"))
    }

    private static func trim(_ cell: String) -> String {
        let outer: Set<Unicode.Scalar> = ["\"", "'", "\u{FEFF}"]
        let kept = cell.unicodeScalars.drop { outer.contains($0) || $0.properties.isWhitespace }
        let count = kept.reversed().drop { outer.contains($0) || $0.properties.isWhitespace }.count
        return String(String.UnicodeScalarView(kept.prefix(count)))
    }

    /// A name without case, accents, quotes, blanks, byte order mark and `. _ ' -`.
    static func normalise(_ name: some StringProtocol) -> String {
        var result = ""
        for scalar in name.lowercased().unicodeScalars {
            switch scalar {
            case "a"..."z", "0"..."9": result.unicodeScalars.append(scalar)
            case "à", "â", "ä": result += "a"
            case "ç": result += "c"
            case "é", "è", "ê", "ë": result += "e"
            case "î", "ï": result += "i"
            case "ô", "ö": result += "o"
            case "ù", "û", "ü": result += "u"
            // Combining accents and everything else fall away.
            default: continue
            }
        }
        return result
    }
}

internal import Characters
internal import Qualiopi

/// Which names a deposit may have.
package enum FileNames {
    /// Bytes: the report's name, which is longer by its time and ending, must fit in 255.
    package static let longest = 200

    private static let reportEndings = [".rapport.txt", ".rapport.json"].map { Array($0.utf8) }

    /// Reports are reserved: never uploaded over, never taken for deposits, whoever wrote them.
    package static func isReport(_ name: [UInt8]) -> Bool { reportEndings.contains { name.ends(with: $0) } }

    private static let draftBeginning = Array(".formulaire-".utf8)

    /// A name of the staging folder for a form's file. It is reserved: no path of a client leads there.
    package static func newDraft() -> [UInt8] {
        draftBeginning + Array("\(UInt64.random(in: .min ... .max))".utf8)
    }

    package static func isDraft(_ name: [UInt8]) -> Bool { name.starts(with: draftBeginning) }

    /// A name under which clients store what isn't complete yet: it is kept and never claimed until it is renamed.
    ///
    /// By its ending, whatever its case; by its beginning, `.`, `~` or Azure's `tmp.`; as Emacs has it, `#liste.csv#`; as Cyberduck
    /// has it, `liste.csv-Xy12ab`.
    package static func isTemporary(_ name: [UInt8], suffixes: [String]) -> Bool {
        if name.first == UInt8(ascii: ".") || name.first == UInt8(ascii: "~") { return true }
        if name.count > 4, lower(name.prefix(4)).elementsEqual("tmp.".utf8) { return true }
        if name.count > 1, name.first == UInt8(ascii: "#"), name.last == UInt8(ascii: "#") { return true }
        return hasEnding(name, among: suffixes) || hasRandomEnding(name)
    }

    /// Whether a name ends with one of these, whatever its case.
    package static func hasEnding(_ name: [UInt8], among suffixes: [String]) -> Bool {
        suffixes.contains { suffix in
            let bytes = lower(Array(suffix.utf8)[...])
            return name.count >= bytes.count && lower(name.suffix(bytes.count)) == bytes
        }
    }

    /// An extension, a hyphen, and six letters and digits that are no word and no number.
    private static func hasRandomEnding(_ name: [UInt8]) -> Bool {
        guard name.count > 8, name[name.count - 7] == UInt8(ascii: "-") else { return false }
        let random = name.suffix(6)
        let kinds = [random.contains(where: isDigit), random.contains(where: isLower), random.contains(where: isUpper)]
        guard random.allSatisfy({ isDigit($0) || isLower($0) || isUpper($0) }), kinds.count(where: \.self) > 1 else {
            return false
        }
        let stem = name.dropLast(7)
        guard let dot = stem.lastIndex(of: UInt8(ascii: ".")), dot > 0 else { return false }
        let fileExtension = stem[(dot + 1)...]
        return (1...5).contains(fileExtension.count)
            && fileExtension.allSatisfy { isDigit($0) || isLower($0) || isUpper($0) }
            && !fileExtension.allSatisfy(isDigit)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    private static func isLower(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) }
    private static func isUpper(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) }
    private static func lower(_ bytes: ArraySlice<UInt8>) -> [UInt8] { bytes.map { isUpper($0) ? $0 | 0x20 : $0 } }

    /// Why a name can't be written; nil if it can.
    package static func objection(to name: [UInt8]) -> String? {
        if name.count > longest { return RefusalTexts.nameTooLong }
        guard let text = String(validating: name, as: UTF8.self) else { return RefusalTexts.nameNotUTF8 }
        if text.unicodeScalars.contains(where: \.isControl) {
            return RefusalTexts.nameHasControls
        }
        if !DisplayText.canBeSeen(text, besides: ".") { return RefusalTexts.nameIsUnseen }
        if isReport(name) { return RefusalTexts.nameReserved }
        return nil
    }
}

extension [UInt8] {
    fileprivate func ends(with suffix: some Collection<UInt8>) -> Bool {
        count >= suffix.count && self[(count - suffix.count)...].elementsEqual(suffix)
    }
}

/// Which names a deposit may have.
package enum FileNames {
    /// Bytes: the report's name, which is longer by its time and ending, must fit in 255.
    static let longest = 200

    private static let reportEndings = [".rapport.txt", ".rapport.json"].map { Array($0.utf8) }

    /// Reports are reserved: never uploaded over, never taken for deposits, whoever wrote them.
    static func isReport(_ name: [UInt8]) -> Bool { reportEndings.contains { name.ends(with: $0) } }

    /// A name under which clients store what isn't complete yet: it is kept and never claimed until it is renamed.
    package static func isTemporary(_ name: [UInt8], suffixes: [String]) -> Bool {
        if name.first == UInt8(ascii: ".") || name.first == UInt8(ascii: "~") { return true }
        return suffixes.contains { suffix in name.count >= suffix.utf8.count && name.ends(with: suffix.utf8) }
    }

    /// Why a name can't be written; nil if it can.
    static func objection(to name: [UInt8]) -> String? {
        if name.count > longest { return DropBoxTexts.nameTooLong }
        guard let text = String(validating: name, as: UTF8.self) else { return DropBoxTexts.nameNotUTF8 }
        if text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            return DropBoxTexts.nameHasControls
        }
        if isReport(name) { return DropBoxTexts.nameReserved }
        return nil
    }
}

extension [UInt8] {
    fileprivate func ends(with suffix: some Collection<UInt8>) -> Bool {
        count >= suffix.count && self[(count - suffix.count)...].elementsEqual(suffix)
    }
}

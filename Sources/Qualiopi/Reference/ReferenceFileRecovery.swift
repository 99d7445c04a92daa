/// What can be told of a row whose quotes or number of fields are wrong.
///
/// One published row has an unescaped quote in its name; the same class of defect is known of other French registers
/// (etalab/transport-site, pull request 3586).
struct ReferenceFileRecovery {
    let nda: NDA
    /// Empty where none was found.
    let siren: Range<Int>
    let former: Range<Int>

    /// A longer line is no row.
    private static let maximumBytes = 65_536

    /// Cuts the line at every delimiter, quotes or not; nil if the NDA is not where it should be.
    init?(_ bytes: UnsafeRawBufferPointer, _ line: Range<Int>, header: ReferenceFileHeader) {
        guard line.count <= ReferenceFileRecovery.maximumBytes else { return nil }
        let parts = ReferenceFileRecovery.split(bytes, line, at: header.delimiter)
        guard header.ndaColumn < parts.count, let nda = CellText.nda(bytes, parts[header.ndaColumn]) else {
            return nil
        }
        self.nda = nda
        let isWhole =
            parts.count == header.columns || (parts.count == header.columns + 1 && parts.last?.isEmpty == true)
        let none = line.upperBound..<line.upperBound
        if let column = header.sirenColumn {
            let atColumn = column < parts.count ? parts[column] : none
            siren = isWhole ? atColumn : ReferenceFileRecovery.siren(bytes, parts) ?? atColumn
        } else {
            siren = none
        }
        // Former NDAs stand before the free text in every published form: a shift doesn't reach them.
        former = header.formerColumn.flatMap { $0 < parts.count ? parts[$0] : nil } ?? none
    }

    /// Whether a line starts as a row does: an NDA in its place, with both its quotes or none.
    static func looksLikeRow(_ bytes: UnsafeRawBufferPointer, _ line: Range<Int>, header: ReferenceFileHeader) -> Bool {
        let parts = split(bytes, line, at: header.delimiter)
        guard header.ndaColumn < parts.count, parts.count > 1 else { return false }
        var cell = parts[header.ndaColumn]
        let quote = UInt8(ascii: "\"")
        if cell.count > 2, bytes[cell.lowerBound] == quote, bytes[cell.upperBound - 1] == quote {
            cell = (cell.lowerBound + 1)..<(cell.upperBound - 1)
        }
        return !bytes[cell].contains(quote) && CellText.nda(bytes, cell) != nil
    }

    /// Nine digits followed by an establishment's number: 14 digits, or the 5 of its own part in the oldest forms.
    private static func siren(_ bytes: UnsafeRawBufferPointer, _ parts: [Range<Int>]) -> Range<Int>? {
        for (cell, next) in zip(parts, parts.dropFirst()) where CellText.siren(bytes, cell) != nil {
            let digits = bytes[next].filter { $0 != UInt8(ascii: "\"") }
            if digits.count == 14 || digits.count == 5, digits.allSatisfy({ (0x30...0x39).contains($0) }) {
                return cell
            }
        }
        return nil
    }

    /// Cuts a line at every delimiter, quotes or not.
    static func split(
        _ bytes: UnsafeRawBufferPointer, _ line: Range<Int>, at delimiter: UInt8
    ) -> [Range<Int>] {
        var parts: [Range<Int>] = []
        var start = line.lowerBound
        for position in line where bytes[position] == delimiter {
            parts.append(start..<position)
            start = position + 1
        }
        parts.append(start..<line.upperBound)
        return parts
    }
}

/// Where the columns of an OF list are.
struct ReferenceFileHeader {
    let delimiter: UInt8
    let ndaColumn: Int
    /// Nil where the file has no SIRENs: a list that harms the control of SIRENs, which whoever reads it is told.
    let sirenColumn: Int?
    /// Nil where the file has no former NDAs.
    let formerColumn: Int?
    /// The last of the columns that a row must have.
    let lastNeeded: Int
    /// Columns with a name; the published header ends with a `;`, hence with a nameless one.
    let columns: Int
    let format: ReferenceReading.Format
    /// Which column is used for what, by the names in the file.
    let use: ReferenceReading.Columns
    /// What ends a line: LF, or CR in a file without any LF.
    let lineBreak: UInt8
    /// Where the first data row starts.
    let end: Int
    /// Physical lines up to and with the header.
    let lines: Int

    /// The published header has some 1 000 bytes; a first line beyond this is none.
    private static let maximumBytes = 65_536

    /// - Throws: ``ReferenceFileError``: no column for the NDA, or the header of a deposit.
    init(_ bytes: UnsafeRawBufferPointer, from start: Int, isUTF8: Bool) throws(ReferenceFileError) {
        let lineFeed = UInt8(ascii: "\n")
        lineBreak = bytes.contains(lineFeed) ? lineFeed : UInt8(ascii: "\r")
        var position = start
        var lines = 0
        var line = position..<position
        repeat {
            let end = CellText.endOfLine(bytes, from: position, lineBreak: lineBreak)
            line = position..<end
            position = min(end + 1, bytes.count)
            lines += 1
        } while position < bytes.count && ReferenceFileHeader.isPassedOver(bytes[line])
        end = position
        self.lines = lines
        let shown = bytes[line].prefix(200)
        guard line.count <= ReferenceFileHeader.maximumBytes else {
            throw .missingColumns(["NDA", "SIREN"], header: DisplayText.escape(shown, limit: 120))
        }

        let text = ReferenceFileHeader.decode(bytes[line], isUTF8: isUTF8)
        let delimiters: [Unicode.Scalar] = [";", ",", "\t"]
        let layouts = delimiters.map { (UInt8(ascii: $0), ReferenceColumnNames(text, separator: Character($0))) }
        if layouts.contains(where: { $0.1.isDeposit }) { throw .deposit }
        let found =
            layouts.first { $0.1.nda != nil && $0.1.siren != nil }
            ?? layouts.filter { $0.1.nda != nil }.max { $0.1.count < $1.1.count }
        guard let (delimiter, names) = found, let nda = names.nda else {
            // The delimiter that gives most columns tells best what is missing.
            let likely = layouts.max { $0.1.count < $1.1.count }?.1
            let missing = likely?.siren == nil ? ["NDA", "SIREN"] : ["NDA"]
            throw .missingColumns(missing, header: DisplayText.escape(shown, limit: 120))
        }
        self.delimiter = delimiter
        ndaColumn = nda
        sirenColumn = names.siren
        formerColumn = names.former
        lastNeeded = max(nda, names.siren ?? nda)
        columns = names.count
        format = names.isPublished ? .publicList : .simple
        use = names.use
    }

    /// Empty lines, and the `sep=;` that spreadsheets put first.
    private static func isPassedOver(_ line: Slice<UnsafeRawBufferPointer>) -> Bool {
        line.allSatisfy(CellText.isBlank) || (line.count <= 6 && line.starts(with: "sep=".utf8))
    }

    /// The names with their accents; of Windows-1252 only what it shares with Latin-1 matters here.
    private static func decode(_ line: Slice<UnsafeRawBufferPointer>, isUTF8: Bool) -> String {
        if isUTF8 { return String(decoding: line, as: UTF8.self) }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: line.map { Unicode.Scalar($0) })
        return String(text)
    }
}

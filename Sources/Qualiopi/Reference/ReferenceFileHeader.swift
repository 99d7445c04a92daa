/// Where the columns of an OF list are.
///
/// Names were published with a leading space, with capitals, in lower case, as French labels with accents: they are compared without any of that.
struct ReferenceFileHeader {
    let delimiter: UInt8
    let ndaColumn: Int
    let sirenColumn: Int
    /// Nil where the file has no former NDAs.
    let formerColumn: Int?
    /// Columns with a name; the published header ends with a `;`, hence with a nameless one.
    let columns: Int
    let format: ReferenceReading.Format
    /// What ends a line: LF, or CR in a file without any LF.
    let lineBreak: UInt8
    /// Where the first data row starts.
    let end: Int
    /// Physical lines up to and with the header.
    let lines: Int

    /// The published header has some 1 000 bytes; a first line beyond this is none.
    private static let maximumBytes = 65_536

    private static let ndaNames = ["numerodeclarationactivite", "numda", "nda"]
    private static let sirenNames = ["siren", "codesiren"]
    private static let formerNames = [
        "numerosdeclarationactiviteprecedent", "numerodeclarationactiviteprecedent", "ndaprecedents",
    ]

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
        var layouts: [(delimiter: UInt8, names: [String])] = []
        for delimiter: Unicode.Scalar in [";", ",", "\t"] {
            let names = text.split(separator: Character(delimiter), omittingEmptySubsequences: false)
            layouts.append((UInt8(ascii: delimiter), names.map { ReferenceFileHeader.normalise($0) }))
        }
        func column(_ wanted: [String], _ names: [String]) -> Int? { names.firstIndex { wanted.contains($0) } }
        let found = layouts.first {
            column(ReferenceFileHeader.ndaNames, $0.names) != nil
                && column(ReferenceFileHeader.sirenNames, $0.names) != nil
        }
        // Without a match the delimiter that gives most columns tells best what is missing.
        let layout = found ?? layouts.max { $0.names.count < $1.names.count } ?? (UInt8(ascii: ";"), [])
        let nda = column(ReferenceFileHeader.ndaNames, layout.names)
        let siren = column(ReferenceFileHeader.sirenNames, layout.names)
        guard let nda, let siren else {
            let missing = [nda == nil ? "NDA" : nil, siren == nil ? "SIREN" : nil].compactMap(\.self)
            throw .missingColumns(missing, header: DisplayText.escape(shown, limit: 120))
        }
        delimiter = layout.delimiter
        ndaColumn = nda
        sirenColumn = siren
        formerColumn = column(ReferenceFileHeader.formerNames, layout.names)
        columns = layout.names.count - (layout.names.last == "" ? 1 : 0)
        format = layout.names[nda] == "nda" ? .simple : .publicList
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

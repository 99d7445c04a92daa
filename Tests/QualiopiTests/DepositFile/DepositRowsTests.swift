import SeededNumbers
import Testing

@testable import Qualiopi

/// A file that is read in pieces has the rows and the findings that it has as a whole, wherever the pieces end.
struct DepositRowsTests {
    private struct Shown: Equatable {
        var number: Int
        var text: [UInt8]
        var width: Int
    }

    // MARK: - As a whole

    private func wholeRows(_ content: [UInt8]) -> [Shown] {
        content.withUnsafeBytes { content in
            guard ForeignFormat.describeBinary(content) == nil else { return [] }
            guard let wide = WideText(content) else { return wholeRows(narrow: content) }
            return wide.utf8(content).withUnsafeBytes { wholeRows(narrow: $0) }
        }
    }

    private func wholeRows(narrow content: UnsafeRawBufferPointer) -> [Shown] {
        let bytes = TextEncoding.withoutEndMark(content)
        let survey = ByteSurvey(bytes)
        var scanner = RowScanner(bytes, encoding: survey.encoding)
        var position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        var rows: [Shown] = []
        while position < bytes.count {
            let row = scanner.row(at: position)
            let text = survey.encoding.utf8(scanner.normalised(row))
            rows.append(
                Shown(
                    number: rows.count + 1, text: survey.hasNUL ? DepositRows.withoutNUL(text) : text,
                    width: row.columns + row.surplus))
            if rows.count == 1,
                case .wrong(_, _, .some, let emptyColumns) = Header.read(bytes, encoding: survey.encoding)
            {
                scanner = RowScanner(bytes, encoding: survey.encoding, emptyColumns: emptyColumns)
            }
            position = row.next
        }
        return rows
    }

    // MARK: - Files

    private static let good = Deposit.rows.map { $0.joined(separator: ";") }

    /// Lines that take in what follows, or don't; that are read with the next one or the one before; that are longer than a window.
    private static func lines(_ count: Int, _ random: inout SeededGenerator) -> [String] {
        (0..<count).map { number in
            let line = good[number % 3]
            switch Int.random(in: 0..<26, using: &random) {
            case 0: return line.replacing("OUI", with: "\"OUI")
            case 1: return line.replacing("NON;NON", with: "\"NON\nNON\";NON")
            case 2: return line.replacing("123456782", with: "\"123\n\n456\n782\"")
            case 3: return "\"\(line)"
            case 4: return "\""
            case 5: return ""
            case 6: return ";;;;;;;"
            case 7: return line.replacing(";NON", with: ";NON;\"x\"\"y\"z")
            case 8: return "é\u{2003};\(line)"
            case 9: return line.replacing("/20", with: "-20")
            case 10: return line.replacing("OUI", with: "Oui")
            case 11: return "\(line.prefix(20))\n\(line.dropFirst(20))"
            case 12: return "Total;\(number)"
            case 13: return Deposit.header
            case 14: return line.replacing("2", with: " 2")
            case 15: return "1/2/2022;\(line)"
            case 16: return String(repeating: "très long ", count: number % 7 == 0 ? 900 : 20)
            case 17: return "\(number);A;oui;NON;NON;NON;02/03/2024;04/05/2025"
            case 18: return line.replacing("01/02/2024", with: number > count / 2 ? "12/31/2022" : "2/1/2024")
            case 19: return "x;\"\(String(repeating: "a\n", count: 12))\";1"
            case 20: return "\"\(line.replacing(";", with: "\";\""))\""
            default: return "\(1_000_000 + number)0000;\(line.dropFirst(12))"
            }
        }
    }

    private enum Kind: CaseIterable {
        case plain, marked, cut, windows, carriageReturn, emptyColumns, smallFault, wrongHeader, nul
        case utf16, bigEndian, unmarked, utf32, workbook
    }

    private static func content(_ kind: Kind, _ lines: [String]) -> [UInt8] {
        func text(_ header: String = Deposit.header, _ end: String = "\n") -> String {
            ([header] + lines).joined(separator: "\n").replacing("\n", with: end)
        }
        func wide<Unit: FixedWidthInteger>(_ units: some Sequence<Unit>, _ isBigEndian: Bool) -> [UInt8] {
            units.flatMap { unit in withUnsafeBytes(of: isBigEndian ? unit.bigEndian : unit.littleEndian) { Array($0) }
            }
        }
        switch kind {
        case .plain: return Array(text().utf8) + [0x0A]
        case .marked:
            return [0xEF, 0xBB, 0xBF] + Array(text(Deposit.header, "\r\n").utf8) + [0x0D, 0x0A, 0x1A, 0x0A, 0x1A]
        case .cut: return Array((text() + ";\"jamais fermé").utf8)
        case .windows:
            return text(Deposit.header, "\r\n").unicodeScalars.map { $0.value < 0x100 ? UInt8($0.value) : 0xA0 }
        case .carriageReturn: return Array(text(Deposit.header, "\r").utf8)
        case .emptyColumns: return Array(text("\(Deposit.header);;").utf8)
        case .smallFault: return Array(text(Deposit.header.lowercased()).utf8)
        case .wrongHeader: return Array(text("\"a;b;\nc\"").utf8)
        case .nul: return Array(text().replacing("x", with: "x\0").utf8) + [0x1A]
        case .utf16: return wide(("\u{FEFF}" + text()).utf16, false) + [0x41]
        case .bigEndian: return wide(("\u{FEFF}" + text().replacing("é", with: "😀")).utf16, true) + [0xD8, 0x3D]
        case .unmarked: return wide(text().utf16, false)
        case .utf32: return wide(("\u{FEFF}" + text()).unicodeScalars.map(\.value), true) + [0, 0]
        case .workbook: return Array("PK\u{3}\u{4}\n".utf8) + Array(text().utf8)
        }
    }

    private static func reader(_ content: [UInt8], piece: Int, window: Int) -> ContentReader {
        var reader = ContentReader(content)
        (reader.piece, reader.window) = (piece, window)
        return reader
    }

    @Test(arguments: Kind.allCases, [(61, 512), (4096, 3), (1 << 20, 1 << 20)])
    private func `the rows are those of the whole`(kind: Kind, sizes: (piece: Int, window: Int)) throws {
        var random = SeededGenerator(seed: 64)
        let content = Self.content(kind, Self.lines(1_500, &random))
        let whole = wholeRows(content)
        #expect(whole.count > 1_000 || kind == .workbook)
        var rows: [Shown] = []
        try DepositRows.forEach(Self.reader(content, piece: sizes.piece, window: sizes.window)) { number, row, found in
            rows.append(Shown(number: number, text: row.text, width: row.width))
            #expect(found.isEmpty)
        }
        #expect(rows.count == whole.count)
        #expect(zip(rows, whole).first { $0 != $1 } == nil)
    }

    @Test(arguments: Kind.allCases, [true, false])
    private func `the findings are those of the whole, each with its row`(kind: Kind, hasReference: Bool) throws {
        var random = SeededGenerator(seed: 4)
        let content = Self.content(kind, Self.lines(1_500, &random))
        var policy = Policy()
        policy.maxDetailedFindings = 1_000_000
        let context = ValidationContext(
            policy: policy, today: CivilDate(daysSinceEpoch: 20_416), reference: hasReference ? Deposit.reference : nil)
        let verdict = Validator.validate(fileName: Array("liste.csv".utf8), content: content, context: context)
        let whole = verdict.findings.filter { $0.line != nil }
        for (piece, window) in [(97, 700), (1 << 20, 1 << 20)] {
            let reader = Self.reader(content, piece: piece, window: window)
            let controls = try RepeatedControls(reader, context: context)
            let isReadable = [.plain, .marked, .cut, .windows, .carriageReturn, .emptyColumns, .smallFault].contains(
                kind)
            #expect((controls != nil) == isReadable)
            guard let controls else { continue }
            #expect(whole.count > 1_000 && controls.counts.total == whole.count)
            #expect(controls.counts.alerte == whole.count { $0.severity == .alerte })
            var findings: [Finding] = []
            try DepositRows.forEach(reader, controls: controls) { number, _, found in
                #expect(found.allSatisfy { $0.line == number })
                findings += found
            }
            #expect(findings.count == whole.count)
            if let (one, other) = zip(findings, whole).first(where: { $0 != $1 }) {
                Issue.record("\(one) instead of \(other)")
            }
        }
    }

    /// The first window is read before it is known how many empty columns each row may have, whose cells may each stand over several lines.
    @Test(arguments: [1, 13, 40])
    func `rows with as many empty columns as the header go as far as they do in the whole`(emptyColumns: Int) throws {
        let empty = Array(repeating: "\"\(String(repeating: "\n", count: 9))\"", count: emptyColumns)
        let tall = (Deposit.rows[0] + empty).joined(separator: ";").replacing("OUI", with: "Oui")
        let rest = Deposit.rows[1].joined(separator: ";") + "\n"
        for before in stride(from: 0, to: 400, by: 3) {
            let content = Array(
                ("\(Deposit.header)\(String(repeating: ";", count: emptyColumns))\n"
                    + String(repeating: rest, count: before) + tall + "\n" + rest).utf8)
            let whole = wholeRows(content)
            #expect(whole.count == before + 3)
            let verdict = Deposit().verdict(of: content)
            for window in [before * 60 + 200, content.count - 100] {
                let reader = Self.reader(content, piece: 4096, window: window)
                let controls = try #require(try RepeatedControls(reader, context: Deposit().context))
                var rows: [Shown] = []
                var faults: [String] = []
                try DepositRows.forEach(reader, controls: controls) { number, row, found in
                    rows.append(Shown(number: number, text: row.text, width: row.width))
                    faults += found.filter { $0.line == before + 2 }.map(\.rule)
                }
                #expect(rows == whole, "\(before) rows before it")
                #expect(faults == ["actionsDeFormation.valeur"], "\(before) rows before it")
                #expect(controls.counts.total == verdict.anomalies.total - 1, "\(before) rows before it")
            }
        }
    }

    @Test func `one line that is the whole file, and a file without any, are read`() throws {
        for content in [Array(repeating: UInt8(ascii: "x"), count: 100_000), [], [0xEF, 0xBB, 0xBF], [0x1A]] {
            var rows: [Shown] = []
            try DepositRows.forEach(Self.reader(content, piece: 1000, window: 64)) { number, row, _ in
                rows.append(Shown(number: number, text: row.text, width: row.width))
            }
            #expect(rows == wholeRows(content))
        }
    }

    private struct Broken: Error {}

    @Test func `what reading throws, and what is done with a row, ends it`() throws {
        let content = Self.content(.plain, Array(repeating: Self.good[0], count: 3_000))
        var reads = 0
        let reader = ContentReader { position, count in
            reads += 1
            guard reads < 5 else { throw Broken() }
            return Array(content.dropFirst(position).prefix(min(count, 10_000)))
        }
        #expect(throws: Broken.self) { try DepositRows.forEach(reader) { _, _, _ in } }
        var given = 0
        #expect(throws: Broken.self) {
            try DepositRows.forEach(ContentReader(content)) { number, _, _ in
                given = number
                if number == 700 { throw Broken() }
            }
        }
        #expect(given == 700)
    }
}

/// The first line of the deposit.
///
/// Source: manual, section 3, « Format de l'entête ». The eight names, in order, exact case, after the byte order mark, quotes and outer blanks.
enum Header {
    /// What reading the first line gives.
    enum Reading {
        /// The header is right; the data lines start there.
        case right(rows: Int)
        /// The line as received and the end of the sentence that says what is wrong.
        case wrong(cell: Cell, fault: String)
    }

    /// A right header has 129 bytes without quotes: what is wrong shows in the first ones.
    private static let mostRead = 4096

    static func read(_ bytes: UnsafeRawBufferPointer, encoding: TextEncoding) -> Reading {
        let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        guard start < bytes.count else { return .wrong(cell: .none, fault: "est absent : le fichier est vide") }
        let scanner = RowScanner(bytes, encoding: encoding)
        let row = scanner.row(at: start)
        let line = Cell(start: row.start, end: row.end).prefix(mostRead)
        let received = (0..<min(row.columns, Column.count)).map { index in
            let cell = scanner.cells[index].prefix(mostRead)
            return encoding.utf8(bytes[cell.start..<cell.end])
        }
        if !row.isUnclosed, row.columns == Column.count, zip(received, Column.allCases).allSatisfy({ isName($0, $1) }) {
            return .right(rows: row.next)
        }
        let whole = encoding.utf8(bytes[line.start..<line.end])
        let columns = Columns(received: received, count: row.columns, isUnclosed: row.isUnclosed, isEmpty: row.isEmpty)
        return .wrong(cell: line, fault: columns.fault(whole))
    }

    private static func isName(_ received: [UInt8], _ column: Column) -> Bool {
        received.elementsEqual(column.name.utf8)
    }

    /// The columns of a wrong header, to find what is wrong with them.
    private struct Columns {
        let received: [[UInt8]]
        let count: Int
        let isUnclosed: Bool
        let isEmpty: Bool

        func fault(_ line: [UInt8]) -> String {
            if isEmpty { return "est absent : la première ligne du fichier est vide" }
            if line.starts(with: "sep=".utf8) || line.starts(with: "\"sep=".utf8) {
                return
                    "est précédé de « \(DisplayText.escape(line, limit: 12)) », propre à Excel : supprimer cette ligne"
            }
            if let delimiter = otherDelimiter(line) {
                return "est séparé par \(delimiter) : le séparateur attendu est « ; »"
            }
            if isUnclosed { return "contient un guillemet qui n'est pas refermé" }
            if let first = received.first, NDA(first.filter { $0 != 0x20 }) != nil {
                return "est absent : la première ligne du fichier est déjà une ligne de données"
            }
            let index = received.indices.first { !Header.isName(received[$0], Column.allCases[$0]) }
            guard let index else {
                if count < Column.count {
                    return "s'arrête après \(count) \(count > 1 ? "colonnes" : "colonne") : la colonne \(count + 1) "
                        + "(« \(Column.allCases[count].name) ») manque"
                }
                return "compte \(count) colonnes au lieu de 8 : supprimer ce qui suit « dateFinValiditeCertif »"
            }
            let expected = Column.allCases[index]
            let value = DisplayText.escape(received[index], limit: 60)
            return "est incorrect : la colonne \(index + 1) est « \(value) » au lieu de « \(expected.name) »"
                + hint(received[index], expected)
        }

        private func otherDelimiter(_ line: [UInt8]) -> String? {
            guard count == 1 else { return nil }
            let candidates: [(UInt8, String)] = [
                (0x2C, "des virgules"), (0x09, "des tabulations"), (0x7C, "des barres verticales « | »"),
            ]
            return candidates.first { candidate in line.count { $0 == candidate.0 } >= Column.count - 2 }?.1
        }

        private func hint(_ value: [UInt8], _ expected: Column) -> String {
            let text = String(decoding: value, as: UTF8.self)
            if text.lowercased() == expected.name.lowercased() { return " (respecter les majuscules et minuscules)" }
            if let other = Column.allCases.first(where: { $0.name == text }), other != expected {
                return " (les colonnes ne sont pas dans l'ordre attendu, ou il en manque une)"
            }
            if text.isEmpty { return " (le nom de la colonne est vide)" }
            return ""
        }
    }
}

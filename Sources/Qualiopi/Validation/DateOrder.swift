/// Whether the file writes months before days, as American programs do: where both numbers could be the month, nothing can be suggested then.
///
/// Looked up in the file when the first such date is put into words.
final class DateOrder {
    private let find: () -> Bool

    init(_ source: Source, _ start: DataStart) {
        find = {
            var search = DateOrderSearch()
            search.look(
                RowScanner(source.bytes, encoding: source.encoding, emptyColumns: start.emptyColumns),
                from: start.position, to: source.bytes.count)
            return search.isMonthFirst
        }
    }

    /// Of a file in which it was looked up before.
    init(isMonthFirst: Bool) { find = { isMonthFirst } }

    lazy var isMonthFirst: Bool = find()
}

/// Looks through the first rows of a file, piece by piece, for a date that can only be read as month, day, year.
struct DateOrderSearch {
    /// Rows that are looked at.
    private static let mostRows = 1000

    private(set) var isMonthFirst = false
    private var rows = 0

    /// The next rows: those that start in a part of the text.
    mutating func look(_ scanner: RowScanner, from start: Int, to end: Int) {
        var position = start
        while !isMonthFirst, rows < DateOrderSearch.mostRows, position < end {
            let row = scanner.row(at: position)
            position = row.next
            rows += 1
            guard row.columns == Column.count else { continue }
            isMonthFirst = [Column.dateDecisionCertif, .dateFinValiditeCertif].contains {
                DateOrderSearch.isMonthFirst(scanner, scanner.cells[$0.rawValue])
            }
        }
    }

    /// Whether a cell can only be read as month, day, year.
    private static func isMonthFirst(_ scanner: RowScanner, _ cell: Cell) -> Bool {
        guard (6...10).contains(cell.count) else { return false }
        var numbers: (Int, Int) = (0, 0)
        var separators = 0
        for byte in scanner.bytes[cell.start..<cell.end] {
            let digit = byte &- 0x30
            if digit > 9 {
                separators += 1
            } else if separators == 0 {
                numbers.0 = numbers.0 * 10 + Int(digit)
            } else if separators == 1 {
                numbers.1 = numbers.1 * 10 + Int(digit)
            }
        }
        return separators == 2 && (1...12).contains(numbers.0) && (13...31).contains(numbers.1)
    }
}

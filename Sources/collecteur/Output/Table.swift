import Foundation

/// Rows under headings, aligned; columns without any content still have their heading.
struct Table {
    enum Alignment { case left, right }

    struct Column {
        let heading: String
        let alignment: Alignment

        static func left(_ heading: String) -> Column { Column(heading: heading, alignment: .left) }
        static func right(_ heading: String) -> Column { Column(heading: heading, alignment: .right) }
    }

    let columns: [Column]
    private(set) var rows: [[String]] = []

    init(columns: [Column]) {
        self.columns = columns
    }

    mutating func add(_ cells: [String]) {
        rows.append(cells.map(Terminal.printable))
    }

    /// The table's lines.
    ///
    /// - `width`: The columns of the terminal: the widest columns give way, and what is cut ends in `…`.
    func text(width: Int? = Terminal.width) -> String {
        let all = [columns.map(\.heading)] + rows
        var widths = columns.indices.map { index in all.map { $0[index].count }.max() ?? 0 }
        if let width { Table.narrow(&widths, to: width) }
        return all.map { row in
            var line = ""
            for (index, cell) in row.enumerated() {
                let shown = cell.count > widths[index] ? cell.prefix(max(0, widths[index] - 1)) + "…" : cell[...]
                let padding = String(repeating: " ", count: max(0, widths[index] - shown.count))
                if index > 0 { line += "  " }
                line += columns[index].alignment == .left ? shown + padding : padding + shown
            }
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }.joined()
    }

    /// Takes from the widest column, one character at a time, until the line fits or no column is wider than eight.
    private static func narrow(_ widths: inout [Int], to width: Int) {
        var total = widths.reduce(0, +) + 2 * (widths.count - 1)
        while total > width, let widest = widths.indices.max(by: { widths[$0] < widths[$1] }), widths[widest] > 8 {
            widths[widest] -= 1
            total -= 1
        }
    }
}

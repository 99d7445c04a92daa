internal import Foundation

/// Rows under headings, aligned; columns without any content still have their heading.
package struct Table {
    package enum Alignment { case left, right }

    /// What becomes of a column where the terminal is too narrow for all of them.
    package enum Adaptation {
        /// Keeps its width as long as others can give way: identifiers and times.
        case fixed
        /// Is cut first: free text.
        case flexible
        /// Is left out, the last one first; `--wide` shows it.
        case optional
    }

    package struct Column {
        package let heading: String
        package let alignment: Alignment
        package let adaptation: Adaptation

        package static func left(_ heading: String, _ adaptation: Adaptation = .fixed) -> Column {
            Column(heading: heading, alignment: .left, adaptation: adaptation)
        }

        package static func right(_ heading: String, _ adaptation: Adaptation = .fixed) -> Column {
            Column(heading: heading, alignment: .right, adaptation: adaptation)
        }
    }

    package let columns: [Column]
    package private(set) var rows: [[String]] = []

    /// Free text is not cut shorter than this before optional columns are left out.
    private static let legible = 12

    package init(columns: [Column]) {
        self.columns = columns
    }

    package mutating func add(_ cells: [String]) {
        rows.append(cells.map(Terminal.printable))
    }

    /// Prints the table as wide as the terminal is, or as it needs with `--wide`; columns that are left out are counted
    /// below it, on standard error.
    package func show(_ options: ListingOptions) {
        let (text, hidden) = text(width: options.wide ? nil : Terminal.width)
        Output.write(text)
        guard hidden > 0 else { return }
        Terminal.note(hidden == 1 ? "1 more column: --wide" : "\(hidden) more columns: --wide")
    }

    /// The table's lines, and how many columns are left out.
    ///
    /// - `width`: The columns of the terminal. What doesn't fit is left out or cut, and what is cut ends in `…`.
    package func text(width: Int?) -> (text: String, hidden: Int) {
        let all = [columns.map(\.heading)] + rows
        var widths = columns.indices.map { index in all.map { $0[index].count }.max() ?? 0 }
        var shown = Array(columns.indices)
        if let width {
            leaveOut(&shown, widths, to: width)
            narrow(&widths, shown.filter { columns[$0].adaptation == .flexible }, of: shown, to: width, atLeast: 8)
            narrow(&widths, shown, of: shown, to: width, atLeast: 8)
        }
        let lines = all.map { row in
            var line = ""
            for index in shown {
                let cell = row[index]
                let text = cell.count > widths[index] ? cell.prefix(max(0, widths[index] - 1)) + "…" : cell[...]
                let padding = String(repeating: " ", count: max(0, widths[index] - text.count))
                if index != shown.first { line += "  " }
                line += columns[index].alignment == .left ? text + padding : padding + text
            }
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }
        return (lines.joined(), columns.count - shown.count)
    }

    private static func total(_ widths: [Int], _ shown: [Int]) -> Int {
        shown.reduce(0) { $0 + widths[$1] } + 2 * max(0, shown.count - 1)
    }

    private func leaveOut(_ shown: inout [Int], _ widths: [Int], to width: Int) {
        let least = columns.indices.map {
            columns[$0].adaptation == .flexible ? min(widths[$0], Table.legible) : widths[$0]
        }
        while Table.total(least, shown) > width,
            let index = shown.lastIndex(where: { columns[$0].adaptation == .optional })
        {
            shown.remove(at: index)
        }
    }

    /// Takes from the widest of some columns, one character at a time, until the line fits or none is wider than the
    /// least.
    private func narrow(_ widths: inout [Int], _ some: [Int], of shown: [Int], to width: Int, atLeast least: Int) {
        var total = Table.total(widths, shown)
        while total > width, let widest = some.max(by: { widths[$0] < widths[$1] }), widths[widest] > least {
            widths[widest] -= 1
            total -= 1
        }
    }
}

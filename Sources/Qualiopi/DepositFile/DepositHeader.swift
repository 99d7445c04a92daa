/// The first line of a list: as it should be, and whether a small file could have one, before anything is made of it.
package enum DepositHeader {
    /// The separators of a data line.
    private static let separators = 7
    private static let lines = 50

    /// The header as it should be, in UTF-8.
    package static let line = Array(Column.allCases.map(\.name).joined(separator: ";").utf8)

    /// Whether the bytes begin with the header, however it is spelt, or look like a list without one: some line has eight cells, or
    /// there are NUL bytes, which UTF-16 and spreadsheets have.
    package static func begins(_ bytes: [UInt8]) -> Bool {
        if bytes.contains(0) { return true }
        let rows = bytes.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }).prefix(lines)
        if rows.contains(where: { row in row.count { $0 == UInt8(ascii: ";") } >= separators }) { return true }
        // With commas or tabs it is a list with a fault, which its report will name.
        let first = HeaderLine.name(Array(rows.first ?? []))
        return Column.allCases.allSatisfy { column in first.firstRange(of: HeaderLine.name(column)) != nil }
    }
}

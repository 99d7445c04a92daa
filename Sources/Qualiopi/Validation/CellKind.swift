/// In which of the eight columns a cell could stand, one bit each, so that a row with a column too many or too few can be lined up.
struct CellKind: OptionSet {
    let rawValue: UInt8

    static let nda = CellKind(Column.nda)
    static let siren = CellKind(Column.siren)
    static let yesOrNo: CellKind = [
        CellKind(.actionsDeFormation), CellKind(.bilansDeCompetences), CellKind(.vae),
        CellKind(.actionsDeFormationParApprentissage),
    ]
    static let decision = CellKind(Column.dateDecisionCertif)
    static let end = CellKind(Column.dateFinValiditeCertif)

    init(rawValue: UInt8) { self.rawValue = rawValue }

    init(_ column: Column) { self.init(rawValue: 1 << UInt8(truncatingIfNeeded: column.rawValue)) }

    /// Of a cell of the row last scanned; a date that is past can be a decision's, one to come an end's.
    init(_ cell: Cell, _ scanner: RowScanner, today: UInt32) {
        if scanner.siren(cell) != nil {
            self = .siren
        } else if scanner.nda(cell) != nil {
            self = .nda
        } else if let date = scanner.date(cell) {
            self = date > today ? .end : .decision
        } else {
            let text = scanner.bytes[cell.start..<cell.end]
            self = CellKind.isYesOrNo(text) ? .yesOrNo : CellKind.isLikeDate(text) ? [.decision, .end] : []
        }
    }

    /// OUI or NON, whatever their case.
    private static func isYesOrNo(_ text: Slice<UnsafeRawBufferPointer>) -> Bool {
        guard text.count == 3 else { return false }
        let letters = text.map { $0 & 0xDF }
        return letters.elementsEqual("OUI".utf8) || letters.elementsEqual("NON".utf8)
    }

    /// Digits in three groups, whatever is between them.
    private static func isLikeDate(_ text: Slice<UnsafeRawBufferPointer>) -> Bool {
        guard (6...10).contains(text.count), let first = text.first, first &- 0x30 < 10 else { return false }
        let groups = text.split { $0 == 0x2F || $0 == 0x2D || $0 == 0x2E }
        return groups.count == 3 && groups.allSatisfy { $0.allSatisfy { $0 &- 0x30 < 10 } }
    }
}

/// How the cells of a row with too few or too many columns fit into the eight.
enum Alignment {
    /// Columns that are missing, as far as it can be told.
    enum Missing: Equatable {
        case these([Column])
        /// One of the four OUI/NON columns: which one can't be told.
        case yesOrNo
    }

    /// Cells that are too many, by their places.
    enum Extra: Equatable {
        case these([Int])
        case yesOrNo
    }

    /// Columns or cells too many or too few beyond which it isn't tried: too much would fit.
    private static let most = 2

    /// The columns that a row of these cells lacks; nil if no way or more than one of filling them in fits.
    static func missing(_ cells: [CellKind]) -> Missing? {
        let lack = Column.count - cells.count
        guard (1...most).contains(lack) else { return nil }
        let ways = choices(lack, of: Column.count).filter { missing in
            var next = 0
            for column in 0..<Column.count where !missing.contains(column) {
                guard fits(cells[next], column) else { return false }
                next += 1
            }
            return true
        }
        if ways.count == 1, let only = ways.first { return .these(only.compactMap(Column.init)) }
        return lack == 1 && isAllYesOrNo(ways.flatMap(\.self).map { CellKind(rawValue: 1 << UInt8($0)) })
            ? .yesOrNo : nil
    }

    /// The cells that a row has beyond the eight; nil if no way or more than one of leaving them out fits.
    static func extra(_ cells: [CellKind]) -> Extra? {
        let surplus = cells.count - Column.count
        guard (1...most).contains(surplus) else { return nil }
        let ways = choices(surplus, of: cells.count).filter { extra in
            var column = 0
            for index in cells.indices where !extra.contains(index) {
                guard fits(cells[index], column) else { return false }
                column += 1
            }
            return true
        }
        if ways.count == 1, let only = ways.first { return .these(only) }
        return surplus == 1 && isAllYesOrNo(ways.flatMap(\.self).map { cells[$0] }) ? .yesOrNo : nil
    }

    private static func fits(_ cell: CellKind, _ column: Int) -> Bool {
        cell.rawValue & (1 << UInt8(truncatingIfNeeded: column)) != 0
    }

    private static func isAllYesOrNo(_ kinds: [CellKind]) -> Bool {
        !kinds.isEmpty && kinds.allSatisfy { !$0.isEmpty && CellKind.yesOrNo.isSuperset(of: $0) }
    }

    /// All ways to choose one or two of the numbers below `count`.
    private static func choices(_ number: Int, of count: Int) -> [[Int]] {
        if number == 1 { return (0..<count).map { [$0] } }
        return (0..<count).flatMap { first in ((first + 1)..<count).map { [first, $0] } }
    }
}

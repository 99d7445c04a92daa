/// A reason not to put an OF list in force unless a person says so.
///
/// A wrong list does harm without a word: the lines of organisations that are missing in it are rejected at their certifiers, and without
/// SIRENs those of deposits are compared with nothing.
package enum ReferenceDoubt: Sendable, Equatable {
    /// There is no column for the SIREN.
    case noSIRENColumn
    /// Columns of one name or meaning, each group as one text.
    case doubledColumns([String])
    /// Rows without an NDA that can be read, and rows without a SIREN that can be.
    case oddRows(unreadable: Int, withoutSIREN: Int, of: Int)
    /// Rows whose NDA is there already, with another SIREN.
    case contradictions(Int, of: Int)
    case cutRow(ReferenceReading.CutRow)
    /// Somebody has withdrawn this very list; who and when, as people read it.
    case withdrawn(String)
    /// Fewer organisations than the list in force.
    case smallerThanCurrent(Int, current: Int)
    /// Fewer organisations than the largest list that was in force in the last 30 days.
    case smallerThanRecent(Int, largest: Int)

    /// More odd rows than this share are a doubt, in hundredths. An ordinary list has less than one in a thousand.
    package static let oddShare = 1
    /// More organisations lost than this share are a doubt, in hundredths.
    package static let lostShare = 5
    /// Lists that were in force within so many days are compared with.
    package static let recentDays = 30

    /// The doubts about a new list, the gravest first.
    ///
    /// `lists` are those that were in force in the last ``recentDays`` days, the one in force first. Where there are none, the list's own shares
    /// are all there is to judge by.
    package static func all(_ reading: ReferenceReading, after lists: [ReferenceSize]) -> [ReferenceDoubt] {
        var doubts: [ReferenceDoubt] = []
        if reading.columns.siren == nil { doubts.append(.noSIRENColumn) }
        if !reading.columns.doubled.isEmpty { doubts.append(.doubledColumns(reading.columns.doubled)) }
        if let cut = reading.cutRow { doubts.append(.cutRow(cut)) }
        // Where there is no column for them, that is one doubt and not two.
        let withoutSIREN = reading.columns.siren == nil ? 0 : reading.withoutSIREN
        if isOver(oddShare, reading.skipped + withoutSIREN, of: reading.rowsRead) {
            doubts.append(.oddRows(unreadable: reading.skipped, withoutSIREN: withoutSIREN, of: reading.rowsRead))
        }
        if isOver(oddShare, reading.contradictions, of: reading.rowsRead) {
            doubts.append(.contradictions(reading.contradictions, of: reading.rowsRead))
        }
        doubts += losses(reading.entries.count, lists)
        return doubts
    }

    private static func losses(_ count: Int, _ lists: [ReferenceSize]) -> [ReferenceDoubt] {
        guard let current = lists.first?.count else { return [] }
        var doubts: [ReferenceDoubt] = []
        if isOver(lostShare, current &- count, of: current) {
            doubts.append(.smallerThanCurrent(count, current: current))
        }
        // A loss that a person accepted is not held against lists that lose no more.
        let accepted = lists.firstIndex { $0.acceptsLoss && count >= $0.count } ?? lists.endIndex
        let largest = lists[..<min(accepted &+ 1, lists.endIndex)].map(\.count).max() ?? current
        if largest > current, isOver(lostShare, largest &- count, of: largest) {
            doubts.append(.smallerThanRecent(count, largest: largest))
        }
        return doubts
    }

    /// Whether the doubt is that organisations are lost.
    package var isLoss: Bool {
        switch self {
        case .smallerThanCurrent, .smallerThanRecent: true
        default: false
        }
    }

    private static func isOver(_ share: Int, _ part: Int, of whole: Int) -> Bool {
        part &* 100 > whole &* share
    }
}

/// A list that was in force, as later ones are compared with it.
package struct ReferenceSize: Sendable, Equatable {
    /// Organisations.
    package var count: Int
    /// A person accepted that it had far fewer of them than the lists before it.
    package var acceptsLoss: Bool

    package init(count: Int, acceptsLoss: Bool = false) {
        self.count = count
        self.acceptsLoss = acceptsLoss
    }
}

extension ReferenceDoubt: CustomStringConvertible {
    /// In English, for operators: what was seen.
    package var description: String {
        switch self {
        case .noSIRENColumn:
            "no column for the SIREN: those of deposits could not be compared with anything"
        case .doubledColumns(let groups):
            "columns that mean the same: \(groups.joined(separator: "; ")); only the first is used, what the others hold "
                + "would be lost"
        case .oddRows(let unreadable, let withoutSIREN, let rows):
            "\(unreadable + withoutSIREN) of \(rows) rows (\(Share(unreadable + withoutSIREN, of: rows))) are odd, "
                + "more than \(ReferenceDoubt.oddShare) %: \(ReferenceDoubt.parts(unreadable, withoutSIREN))"
        case .contradictions(let count, let rows):
            "\(count) of \(rows) rows (\(Share(count, of: rows))) give an NDA that is there already another SIREN: "
                + "only the first would count"
        case .cutRow(let row):
            "the last row, line \(row.line), is cut (it ends in \(row.text)): the organisations after it would be lost"
        case .withdrawn(let text):
            "this very list was withdrawn \(text)"
        case .smallerThanCurrent(let count, let current):
            "\(count) organisations are \(Share(current &- count, of: current)) fewer than the \(current) in force, "
                + "more than \(ReferenceDoubt.lostShare) %"
        case .smallerThanRecent(let count, let largest):
            "\(count) organisations are \(Share(largest &- count, of: largest)) fewer than the \(largest) of the largest "
                + "list of the last \(ReferenceDoubt.recentDays) days, more than \(ReferenceDoubt.lostShare) %"
        }
    }
}

extension ReferenceDoubt {
    fileprivate static func parts(_ unreadable: Int, _ withoutSIREN: Int) -> String {
        var parts: [String] = []
        if unreadable > 0 {
            parts.append("\(unreadable) without an NDA that can be read, whose organisations would be lost")
        }
        if withoutSIREN > 0 {
            parts.append("\(withoutSIREN) without a valid SIREN, with which deposits could not be compared")
        }
        return parts.joined(separator: "; ")
    }
}

/// A share as people read it: « 20 % », « 1.2 % », « under 0.1 % ».
struct Share: CustomStringConvertible {
    private let part: Int
    private let whole: Int

    init(_ part: Int, of whole: Int) {
        self.part = part
        self.whole = whole
    }

    var description: String {
        guard whole > 0 else { return "0 %" }
        let thousandths = (part &* 1000 &+ whole / 2) / whole
        if thousandths == 0 { return part == 0 ? "0 %" : "under 0.1 %" }
        return thousandths.isMultiple(of: 10) ? "\(thousandths / 10) %" : "\(thousandths / 10).\(thousandths % 10) %"
    }
}

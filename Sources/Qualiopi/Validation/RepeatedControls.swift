/// The controls of a deposit's lines, done once more to show what a report has no room for: found in the order of the file, and never all held.
package struct RepeatedControls {
    /// Findings on lines; nothing of them is detailed.
    package let counts: FindingCounts
    let context: ValidationContext
    let isMonthFirst: Bool

    /// Notes that are put into words at once.
    static let batch = 1024

    /// Counts the findings of the content that is read. Nil where its lines can't be read, because of its header or because it is no text.
    ///
    /// - Throws: what reading does.
    package init?(_ content: ContentReader, context: ValidationContext) throws {
        var context = context
        context.policy.maxDetailedFindings = 0
        let survey = try TextSurvey(content)
        let head = try content.read(0, ContentReader.head)
        guard !survey.hasNUL, head.withUnsafeBytes({ ForeignFormat.describe($0, hasNUL: false) }) == nil else {
            return nil
        }
        let window = try TextWindow(content, survey)
        _ = try window.move(to: 0, ahead: DepositRows.lines(emptyColumns: 0))
        guard let start = Header.dataStart(window.bytes, encoding: survey.encoding) else { return nil }
        _ = try window.move(to: 0, ahead: DepositRows.lines(emptyColumns: start.emptyColumns))
        self.context = context
        func count(_ reference: ReferenceProbe?) throws -> (FindingCounts, Bool) {
            try RepeatedControls.count(window, survey.encoding, start, context, reference)
        }
        (counts, isMonthFirst) = try context.reference.map { try $0.withProbe(count) } ?? count(nil)
    }

    private static func count(
        _ window: TextWindow, _ encoding: TextEncoding, _ start: DataStart, _ context: ValidationContext,
        _ reference: ReferenceProbe?
    ) throws -> (FindingCounts, Bool) {
        func scanner() -> RowScanner {
            RowScanner(window.bytes, encoding: encoding, emptyColumns: start.emptyColumns)
        }
        var rows = LineControls(scanner(), from: start.position, context: context, reference: reference)
        var order = DateOrderSearch()
        let ahead = DepositRows.lines(emptyColumns: start.emptyColumns)
        while rows.position < window.bytes.count {
            if rows.position > window.limit {
                let position = rows.position - (try window.move(to: rows.position, ahead: ahead))
                rows = LineControls(rows, scanner(), at: position)
            }
            let first = rows.position
            rows.run(upTo: window.limit, notes: batch)
            order.look(scanner(), from: first, to: rows.position)
        }
        return (rows.counts, order.isMonthFirst)
    }

    /// The findings of a piece of the file after the other.
    struct Run {
        private var rows: LineControls
        private var wording: Wording
        private let start: DataStart

        /// - window: at the file's beginning, where `position` is that of the first data line.
        init(
            _ controls: RepeatedControls, _ scanner: RowScanner, from position: Int, emptyColumns: Int,
            _ reference: ReferenceProbe?
        ) {
            var context = controls.context
            context.policy.maxDetailedFindings = .max
            start = DataStart(position: position, emptyColumns: emptyColumns)
            rows = LineControls(scanner, from: position, context: context, reference: reference)
            wording = Wording(
                source: Source(bytes: scanner.bytes, encoding: scanner.encoding), start: start, context: context,
                isMonthFirst: controls.isMonthFirst)
        }

        /// What is left of the text is in another place, and the next row at that position.
        mutating func move(_ scanner: RowScanner, to position: Int) {
            rows = LineControls(rows, scanner, at: position)
            wording.move(to: Source(bytes: scanner.bytes, encoding: scanner.encoding), start)
        }

        /// The findings of the next rows, those that start at `last` or before, or fewer rows; where the row after them starts.
        mutating func findings(upTo last: Int) -> (findings: [Finding], next: Int) {
            rows.run(upTo: last, notes: RepeatedControls.batch)
            let notes = rows.takeNotes()
            return (notes.map { wording.finding($0) }, rows.position)
        }
    }
}

/// One row of the « Synthèse »: what one rule raised in the whole file.
package struct RuleSummary: Sendable, Equatable {
    /// How many runs of lines are kept: the ten first lines are in them.
    static let mostRuns = 10

    /// How many findings there are, detailed or not.
    package var count: Int
    /// The first lines concerned, as runs of lines that follow each other; ten runs at most, hence ten lines at least if there are as many. Empty
    /// for a finding on the whole file.
    package var lines: [ClosedRange<Int>]
    /// The first finding: it has the rule, its field and its severity.
    package var example: Finding

    package init(count: Int, lines: [ClosedRange<Int>], example: Finding) {
        self.count = count
        self.lines = lines
        self.example = example
    }

    /// The first lines concerned, one by one.
    package func firstLines(_ most: Int) -> [Int] { Array(lines.joined().prefix(most)) }

    /// Lines that ``lines`` does not name.
    package var otherLines: Int {
        lines.isEmpty ? 0 : max(0, count - lines.reduce(0) { $0 + $1.count })
    }
}

extension [RuleSummary] {
    /// The gravest first; of one severity those on the whole file, then those that are raised most often, then as the rules are listed.
    package var gravestFirst: [RuleSummary] {
        func weight(_ row: RuleSummary) -> (Severity, Int, Int, Int) {
            let place = Rule.allCases.firstIndex { $0.rawValue == row.example.rule } ?? Rule.allCases.count
            return (row.example.severity, row.example.line == nil ? 1 : 0, row.count, -place)
        }
        return sorted { weight($0) > weight($1) }
    }

    /// What findings add up to, in the order of the file: for a result that was stored without its summary.
    package init(of findings: [Finding]) {
        self =
            Dictionary(grouping: findings, by: \.rule).values.compactMap { found in
                found.first.map { RuleSummary(count: found.count, lines: runs(found.compactMap(\.line)), example: $0) }
            }.gravestFirst
    }
}

/// Ascending lines as runs of lines that follow each other.
private func runs(_ lines: [Int]) -> [ClosedRange<Int>] {
    var runs: [ClosedRange<Int>] = []
    for line in lines {
        if let last = runs.last, line <= last.upperBound + 1 {
            runs[runs.count - 1] = last.lowerBound...Swift.max(line, last.upperBound)
        } else {
            runs.append(line...line)
        }
    }
    return Array(runs.prefix(RuleSummary.mostRuns))
}

extension RuleSummary: Codable {
    /// As the result is stored.
    private enum CodingKeys: String, CodingKey {
        case count = "nombre"
        case lines = "plages"
        case example = "exemple"
    }
}

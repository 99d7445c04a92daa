package import PortalProtocol
package import Qualiopi

/// What a report says of a file, whole, as the pages take their parts of it. What doesn't depend on the page is computed once: ten thousand
/// findings are looked through by many pages.
package struct StoredFindings: Sendable {
    /// When the verdict was given; one that is treated again has another.
    package let processedAt: Timestamp?
    package let synthesis: [SynthesisRow]
    package let findings: [Finding]
    package var movements: ShownMovements?
    /// In the order in which they first appear.
    private let rules: [RuleCount]
    /// Of each finding, its rule's place in `rules`.
    private let ruleOf: [Int]
    /// The findings' places: blocking ones first, then by their fields in the order in which those first appear.
    private let byField: [Int]

    package init(
        processedAt: Timestamp? = nil, synthesis: [SynthesisRow], findings: [Finding], movements: ShownMovements? = nil
    ) {
        self.processedAt = processedAt
        self.synthesis = synthesis
        self.findings = findings
        self.movements = movements
        var rules: [RuleCount] = []
        var (rulePlaces, fieldPlaces): ([String: Int], [String: Int]) = ([:], [:])
        var fieldOf: [Int] = []
        var ruleOf: [Int] = []
        for finding in findings {
            let place = rulePlaces[finding.rule, default: rules.count]
            if place == rules.count {
                var count = RuleCount()
                count.rule = finding.rule
                count.field = finding.field
                count.text = Rule(rawValue: finding.rule)?.text ?? finding.message
                rules.append(count)
                rulePlaces[finding.rule] = place
            }
            rules[place].count += 1
            ruleOf.append(place)
            let field = fieldPlaces[finding.field, default: fieldPlaces.count]
            fieldPlaces[finding.field] = field
            fieldOf.append(field)
        }
        self.rules = rules
        self.ruleOf = ruleOf
        byField = findings.indices.sorted { left, right in
            let one = (findings[left].severity.isBlocking ? 0 : 1, fieldOf[left], left)
            let other = (findings[right].severity.isBlocking ? 0 : 1, fieldOf[right], right)
            return one < other
        }
    }

    /// A page of one of the two views.
    package func page(_ query: FindingsQuery, heading: ReportHeading) -> FindingsPage {
        var page = FindingsPage()
        page.heading = heading
        page.rules = Array(rules.prefix(PortalBounds.rules))
        let places = places(query)
        page.matching = UInt64(clamping: places.count)
        page.pages = UInt32(clamping: max(1, (places.count + PortalBounds.findings - 1) / PortalBounds.findings))
        page.page = min(max(1, query.page), page.pages)
        page.findings = places.dropFirst(Int(page.page - 1) * PortalBounds.findings).prefix(PortalBounds.findings)
            .map { FindingRow(findings[$0]) }
        return page
    }

    private func places(_ query: FindingsQuery) -> [Int] {
        let all = query.view == .fields ? byField : Array(findings.indices)
        guard !query.rule.isEmpty else { return all }
        guard let rule = rules.firstIndex(where: { $0.rule == query.rule }) else { return [] }
        return all.filter { ruleOf[$0] == rule }
    }
}

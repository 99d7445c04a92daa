internal import PortalProtocol
internal import Qualiopi

/// What a report says of a file, whole, as the pages take their parts of it.
struct StoredFindings: Sendable {
    /// When the verdict was given; one that is treated again has another.
    var processedAt: Timestamp?
    var synthesis: [SynthesisRow]
    var findings: [Finding]
    var movements: ShownMovements?

    /// A page of one of the two views.
    func page(_ query: FindingsQuery, heading: ReportHeading) -> FindingsPage {
        var page = FindingsPage()
        page.heading = heading
        var counts: [String: RuleCount] = [:]
        var order: [String] = []
        for finding in findings {
            if counts[finding.rule] == nil {
                var count = RuleCount()
                count.rule = finding.rule
                count.field = finding.field
                count.text = Rule(rawValue: finding.rule)?.text ?? finding.message
                counts[finding.rule] = count
                order.append(finding.rule)
            }
            counts[finding.rule]?.count += 1
        }
        page.rules = order.prefix(PortalBounds.rules).compactMap { counts[$0] }
        var matching = query.rule.isEmpty ? findings : findings.filter { $0.rule == query.rule }
        if query.view == .fields { matching = StoredFindings.byField(matching) }
        page.matching = UInt64(clamping: matching.count)
        page.pages = UInt32(clamping: max(1, (matching.count + PortalBounds.findings - 1) / PortalBounds.findings))
        page.page = min(max(1, query.page), page.pages)
        page.findings = matching.dropFirst(Int(page.page - 1) * PortalBounds.findings).prefix(PortalBounds.findings)
            .map(FindingRow.init)
        return page
    }

    /// Blocking ones first, then the fields in the order in which they first appear.
    private static func byField(_ findings: [Finding]) -> [Finding] {
        var places: [String: Int] = [:]
        for finding in findings where places[finding.field] == nil { places[finding.field] = places.count }
        return findings.enumerated().sorted { left, right in
            let one = (left.element.severity.isBlocking ? 0 : 1, places[left.element.field] ?? 0, left.offset)
            let other = (right.element.severity.isBlocking ? 0 : 1, places[right.element.field] ?? 0, right.offset)
            return one < other
        }.map(\.element)
    }
}

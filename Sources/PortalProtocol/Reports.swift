package import WireCodec

package enum ShownSeverity: UInt8, CaseIterable, Sendable {
    case file = 1
    case line
    case alert
}

/// Why a deposit is in « Échec ».
package enum ShownCause: UInt8, CaseIterable, Sendable {
    case none = 1
    case control
    case technical
}

/// What heads every page of a report, be it a deposit's or a control's.
package struct ReportHeading: WireRecord {
    package var row = DepositRow()
    package var cause = ShownCause.none
    /// French: the sentences that tell of a technical cause, or where the row says that it waits a clause that says what for.
    package var reason = ""
    /// Bytes.
    package var size: UInt64 = 0
    /// Which OF list the controls used; empty when they were not made with one.
    package var reference = ""
    package var lines = ShownLines()
    /// Findings by severity, and how many of all are detailed.
    package var blockingFile: UInt64 = 0
    package var blockingLine: UInt64 = 0
    package var alerts: UInt64 = 0
    package var detailed: UInt64 = 0
    /// The archive still has the file.
    package var hasFile = false

    package init() {}

    package var blocking: UInt64 { blockingFile &+ blockingLine }
    package var undetailed: UInt64 {
        let all = blocking &+ alerts
        return all > detailed ? all - detailed : 0
    }

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.record(&row)
        try coder.choice(&cause, "cause")
        try coder.text(&reason, "reason", limit: PortalBounds.text)
        try coder.number(&size)
        try coder.text(&reference, "reference", limit: PortalBounds.name)
        try coder.record(&lines)
        try coder.number(&blockingFile)
        try coder.number(&blockingLine)
        try coder.number(&alerts)
        try coder.number(&detailed)
        try coder.flag(&hasFile, "hasFile")
    }
}

/// « Synthèse des lignes par état » (manual, 4.1.2.1).
package struct ShownLines: WireRecord {
    package var total: UInt64 = 0
    package var blockingFile: UInt64 = 0
    package var blockingLine: UInt64 = 0
    package var alert: UInt64 = 0
    package var clean: UInt64 = 0
    package var integrated: UInt64 = 0

    package init() {}

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.number(&total)
        try coder.number(&blockingFile)
        try coder.number(&blockingLine)
        try coder.number(&alert)
        try coder.number(&clean)
        try coder.number(&integrated)
    }
}

/// Lines that follow each other, both ends among them.
package struct LineRun: WireRecord {
    package var first: UInt32 = 0
    package var last: UInt32 = 0

    package init() {}

    package init(first: UInt32, last: UInt32) {
        self.first = first
        self.last = last
    }

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.number(&first)
        try coder.number(&last)
    }
}

/// One rule of the synthesis.
package struct SynthesisRow: WireRecord {
    package var rule = ""
    package var field = ""
    /// The rule as the manual words it.
    package var text = ""
    package var severity = ShownSeverity.file
    package var count: UInt64 = 0
    /// The first lines concerned, as runs of lines that follow each other.
    package var lines: [LineRun] = []
    /// Lines that `lines` does not name.
    package var otherLines: UInt64 = 0
    /// A value that was received; meaningful with `hasExample`.
    package var example = ""
    package var hasExample = false
    package var message = ""

    package init() {}

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.text(&rule, "rule", limit: PortalBounds.code)
        try coder.text(&field, "field", limit: PortalBounds.code)
        try coder.text(&text, "text", limit: PortalBounds.wording)
        try coder.choice(&severity, "severity")
        try coder.number(&count)
        try coder.list(&lines, "lines", limit: PortalBounds.lineRuns)
        try coder.number(&otherLines)
        try coder.text(&example, "example", limit: PortalBounds.value)
        try coder.flag(&hasExample, "hasExample")
        try coder.text(&message, "message", limit: PortalBounds.message)
    }
}

package enum MovementKind: UInt8, CaseIterable, Sendable {
    case added = 1
    case changed
    /// Withdrawn because the file doesn't name it.
    case absent
    /// Withdrawn because its line was rejected.
    case rejected
}

package struct MovementRow: WireRecord {
    package var kind = MovementKind.added
    package var nda = ""
    package var siren = ""
    /// The end date that the list had before, for what is withdrawn.
    package var end: ShownDay?

    package init() {}

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.choice(&kind, "kind")
        try coder.text(&nda, "nda", limit: PortalBounds.number)
        try coder.text(&siren, "siren", limit: PortalBounds.number)
        try coder.optional(&end, "end")
    }
}

/// What a deposit changes, or would change, in the certified list.
package struct ShownMovements: WireRecord {
    package var added: UInt64 = 0
    package var changed: UInt64 = 0
    package var absent: UInt64 = 0
    package var rejected: UInt64 = 0
    /// Of those withdrawn: what the file had to leave out, because its last day of validity had come.
    package var ended: UInt64 = 0
    /// The first hundred of each kind.
    package var rows: [MovementRow] = []

    package init() {}

    package var withdrawn: UInt64 { absent &+ rejected }

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.number(&added)
        try coder.number(&changed)
        try coder.number(&absent)
        try coder.number(&rejected)
        try coder.number(&ended)
        try coder.list(&rows, "rows", limit: 4 * PortalBounds.movements)
    }
}

/// A report's first page: the cause, not the lines.
package struct ReportPage: WireRecord {
    package var heading = ReportHeading()
    package var rules: [SynthesisRow] = []
    /// Nil where nothing was or will be integrated.
    package var movements: ShownMovements?

    package init() {}

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.record(&heading)
        try coder.list(&rules, "rules", limit: PortalBounds.rules)
        try coder.optional(&movements, "movements")
    }
}

package struct FindingRow: WireRecord {
    /// 0 for a finding on the whole file.
    package var line: UInt32 = 0
    package var nda = ""
    package var siren = ""
    package var field = ""
    package var rule = ""
    /// The rule as the manual words it.
    package var text = ""
    package var severity = ShownSeverity.file
    /// The cell as received; meaningful with `hasValue`.
    package var value = ""
    package var hasValue = false
    package var isCut = false
    package var message = ""

    package init() {}

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.number(&line)
        try coder.text(&nda, "nda", limit: PortalBounds.number)
        try coder.text(&siren, "siren", limit: PortalBounds.number)
        try coder.text(&field, "field", limit: PortalBounds.code)
        try coder.text(&rule, "rule", limit: PortalBounds.code)
        try coder.text(&text, "text", limit: PortalBounds.wording)
        try coder.choice(&severity, "severity")
        try coder.text(&value, "value", limit: PortalBounds.value)
        try coder.flag(&hasValue, "hasValue")
        try coder.flag(&isCut, "isCut")
        try coder.text(&message, "message", limit: PortalBounds.message)
    }
}

/// A rule to filter by.
package struct RuleCount: WireRecord {
    package var rule = ""
    package var text = ""
    package var field = ""
    package var count: UInt64 = 0

    package init() {}

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.text(&rule, "rule", limit: PortalBounds.code)
        try coder.text(&text, "text", limit: PortalBounds.wording)
        try coder.text(&field, "field", limit: PortalBounds.code)
        try coder.number(&count)
    }
}

/// A page of the manual's two views (4.1.2.1 and 4.1.2.2): a hundred findings, by line or by field.
package struct FindingsPage: WireRecord {
    package var heading = ReportHeading()
    /// All rules that have findings with details.
    package var rules: [RuleCount] = []
    package var findings: [FindingRow] = []
    /// Findings that the filter lets through and that have details.
    package var matching: UInt64 = 0
    /// From 1. The last one that there is, if one beyond was asked for.
    package var page: UInt32 = 1
    package var pages: UInt32 = 1

    package init() {}

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.record(&heading)
        try coder.list(&rules, "rules", limit: PortalBounds.rules)
        try coder.list(&findings, "findings", limit: PortalBounds.findings)
        try coder.number(&matching)
        try coder.number(&page)
        try coder.number(&pages)
    }
}

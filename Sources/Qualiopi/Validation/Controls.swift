/// A rule with the severity that applies, ready for the row loop.
struct Control {
    let rule: Rule
    /// Nil if the rule is off.
    let severity: Severity?
    /// The rule's place among all of them.
    let place: UInt8

    init(_ rule: Rule, _ policy: Policy) {
        self.rule = rule
        severity = policy.severity(of: rule)
        place = UInt8(truncatingIfNeeded: Rule.allCases.firstIndex(of: rule) ?? 0)
    }

    /// Whether this control is on and its finding would be worse than the other's.
    func isGraver(than other: Control?) -> Bool {
        guard let severity else { return false }
        guard let others = other?.severity else { return true }
        return severity > others
    }
}

/// The controls of a line, looked up once instead of at every finding.
struct Controls {
    let columns: Control
    let ndaFormat: Control
    let ndaUnique: Control
    let ndaUnknown: Control
    let otherCertifier: Control
    let sirenFormat: Control
    let sirenUnknown: Control
    let certification: Control
    let decisionFormat: Control
    let decisionFuture: Control
    let decisionAge: Control
    let endFormat: Control
    let endExpired: Control
    let endHorizon: Control
    let endSoon: Control
    /// By column.
    let required: [Control]
    /// By category.
    let yesOrNo: [Control]

    init(_ policy: Policy) {
        func control(_ rule: Rule) -> Control { Control(rule, policy) }
        columns = control(.columns)
        ndaFormat = control(.ndaFormat)
        ndaUnique = control(.ndaUnique)
        ndaUnknown = control(.ndaUnknown)
        otherCertifier = control(.otherCertifier)
        sirenFormat = control(.sirenFormat)
        sirenUnknown = control(.sirenUnknown)
        certification = control(.certification)
        decisionFormat = control(.decisionFormat)
        decisionFuture = control(.decisionFuture)
        decisionAge = control(.decisionAge)
        endFormat = control(.endFormat)
        endExpired = control(.endExpired)
        endHorizon = control(.endHorizon)
        endSoon = control(.endSoon)
        required = [
            control(.ndaRequired), control(.sirenRequired), control(.trainingRequired), control(.assessmentRequired),
            control(.vaeRequired), control(.apprenticeshipRequired), control(.decisionRequired), control(.endRequired),
        ]
        yesOrNo = [
            control(.trainingValue), control(.assessmentValue), control(.vaeValue), control(.apprenticeshipValue),
        ]
    }
}

/// The days that dates are compared with, as `CivilDate.packed`.
struct DateBounds {
    let today: UInt32
    /// A decision must be later than this.
    let oldest: UInt32
    /// An end must be before this.
    let horizon: UInt32
    /// An end up to this day is « proche ».
    let soon: UInt32

    init(today: CivilDate) {
        self.today = today.packed
        oldest = today.adding(years: -10).packed
        horizon = today.adding(years: 10).packed
        soon = today.adding(days: 30).packed
    }

    func allowsDecision(_ date: UInt32) -> Bool { date <= today && date > oldest }

    func allowsEnd(_ date: UInt32) -> Bool { date > today && date < horizon }
}

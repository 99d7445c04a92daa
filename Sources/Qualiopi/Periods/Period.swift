/// How often a deposit is owed.
///
/// The manual asks for one a day (section 1, « quotidiennement »); the others are project data.
package enum PeriodUnit: String, Sendable, CaseIterable, Codable {
    case day
    /// Monday to Sunday.
    case week
    case month
    case year
}

/// The days within which a depositor owes one deposit.
package struct Period: Hashable, Sendable {
    package let unit: PeriodUnit
    /// First day.
    package let start: CivilDate
    /// Last day.
    package let end: CivilDate

    /// The period that a day belongs to.
    package static func containing(_ day: CivilDate, _ unit: PeriodUnit) -> Period {
        switch unit {
        case .day:
            return Period(unit: unit, start: day, end: day)
        case .week:
            let monday = day.adding(days: 1 - day.weekday)
            return Period(unit: unit, start: monday, end: monday.adding(days: 6))
        case .month:
            let first = day.adding(days: 1 - day.day)
            return Period(unit: unit, start: first, end: first.adding(months: 1).adding(days: -1))
        case .year:
            let first = day.adding(days: 1 - day.day).adding(months: 1 - day.month)
            return Period(unit: unit, start: first, end: first.adding(years: 1).adding(days: -1))
        }
    }

    /// The one after it.
    package var next: Period { Period.containing(end.adding(days: 1), unit) }

    /// The one before it.
    package var previous: Period { Period.containing(start.adding(days: -1), unit) }

    /// As the list of deposits shows it: « Du 11-08-2021 au 10-08-2022 ».
    ///
    /// Source: manual, 4.1.2, column « Période de dépôt ».
    package var french: String { "Du \(Period.dashed(start)) au \(Period.dashed(end))" }

    private static func dashed(_ day: CivilDate) -> String {
        day.french.split(separator: "/").joined(separator: "-")
    }
}

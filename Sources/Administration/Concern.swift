package import Qualiopi

/// Something in an installation that a person must look at.
package struct Concern: Sendable, Equatable {
    /// What it is, with how many and whose.
    package let cause: String
    /// Since when; nil where nobody knows.
    package let since: Timestamp?
    /// What mends it, or shows it: a command, or a setting to change.
    package let remedy: String

    init(_ cause: String, since: Timestamp? = nil, remedy: String) {
        self.cause = cause
        self.since = since
        self.remedy = remedy
    }

    /// A few names of many.
    static func some(_ names: [String]) -> String {
        let shown = names.prefix(3).joined(separator: ", ")
        return names.count > 3 ? "\(shown) and \(names.count - 3) more" : shown
    }
}

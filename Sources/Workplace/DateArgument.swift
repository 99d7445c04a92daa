internal import ArgumentParser
package import Qualiopi

/// A date as commands take it.
package struct DateArgument: ExpressibleByArgument {
    package let date: CivilDate

    package init?(argument: String) {
        guard let date = CivilDate(iso: argument) else { return nil }
        self.date = date
    }
}

/// The kinds of training action that a certification covers, one bit each.
///
/// Source: manual, section 3, the four OUI/NON columns. The raw values are stored: they must not change.
package struct Categories: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let actionsDeFormation = Categories(rawValue: 1)
    package static let bilansDeCompetences = Categories(rawValue: 2)
    package static let vae = Categories(rawValue: 4)
    package static let actionsDeFormationParApprentissage = Categories(rawValue: 8)
}

internal import GRDB

/// What a person says of himself at the registration (manual, 2.1).
package struct PersonDetails: Sendable, Equatable {
    /// `madame` or `monsieur`.
    package var title = ""
    package var lastName = ""
    package var firstName = ""
    package var phone = ""
    package var siret = ""
    package var company = ""
    package var street = ""
    package var postalCode = ""
    package var city = ""

    package init() {}

    /// « Prénom NOM ».
    package var shownName: String { "\(firstName) \(lastName.uppercased())" }

    init(_ row: Row) {
        title = row["title"]
        lastName = row["last_name"]
        firstName = row["first_name"]
        phone = row["phone"]
        siret = row["siret"]
        company = row["company"]
        street = row["street"]
        postalCode = row["postal_code"]
        city = row["city"]
    }

    static let columns = "title, last_name, first_name, phone, siret, company, street, postal_code, city"

    var values: StatementArguments {
        [title, lastName, firstName, phone, siret, company, street, postalCode, city]
    }
}

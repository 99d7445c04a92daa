internal import GRDB

/// Where an establishment is, as « Mes Informations » shows it (manual, 4.2.1); empty where it isn't known.
package struct DepositorAddress: Sendable, Equatable {
    package var street: String
    package var postalCode: String
    package var city: String

    package static let unknown = DepositorAddress(street: "", postalCode: "", city: "")

    package init(street: String, postalCode: String, city: String) {
        self.street = street
        self.postalCode = postalCode
        self.city = city
    }

    init(_ row: Row) {
        street = row["street"]
        postalCode = row["postal_code"]
        city = row["city"]
    }
}

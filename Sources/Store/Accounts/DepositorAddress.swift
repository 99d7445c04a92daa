internal import GRDB
package import Qualiopi

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

extension Store.Accounts {
    /// - Throws: ``StoreError``; `notFound` if there is no such depositor.
    package func setDepositorAddress(
        code: String, _ address: DepositorAddress, by author: AuditAuthor, at now: Timestamp
    ) throws(StoreError) -> Depositor {
        try write { db in
            guard try Store.Depositors.depositor(db, code: code).state != .removed else {
                throw StoreError.notFound("the depositor \(code)")
            }
            try Store.Accounts.set(db, address, of: code)
            try Store.Accounts.log(db, accountsOf: code, "depositor-address", by: author, at: now, detail: code)
            return try Store.Depositors.depositor(db, code: code)
        }
    }

    static func set(_ db: Database, _ address: DepositorAddress, of code: String) throws {
        try db.execute(
            sql: "UPDATE depositors SET street = ?, postal_code = ?, city = ? WHERE code = ?",
            arguments: [address.street, address.postalCode, address.city, code])
    }
}

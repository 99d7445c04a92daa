internal import Foundation
internal import GRDB
package import Qualiopi

/// An organisation as one depositor certifies it.
package struct RegistryEntry: Sendable, Equatable {
    /// Code.
    package var depositor: String
    package var organisation: CertifiedOrganisation
}

extension Store.Registry {
    /// The depositor's list in force, by ascending NDA.
    /// - Throws: ``StoreError``; `notFound` if there is no such depositor.
    package func currentList(depositor code: String) throws(StoreError) -> [CertifiedOrganisation] {
        try read { db in
            let owner = try Store.Depositors.requireDepositorID(db, code: code)
            let sql = "SELECT entries FROM certified_lists WHERE depositor = ?"
            return try Data.fetchOne(db, sql: sql, arguments: [owner]).map(PackedList.organisations) ?? []
        }
    }

    /// The organisations certified on a day, over all depositors, by ascending NDA.
    package func publicRegistry(on day: CivilDate) throws(StoreError) -> [CertifiedOrganisation] {
        let lists = try read { db in
            var lists: [CertifiedOrganisation] = []
            let cursor = try Data.fetchCursor(db, sql: "SELECT entries FROM certified_lists ORDER BY depositor")
            while let entries = try cursor.next() {
                lists.append(contentsOf: try PackedList.organisations(entries))
            }
            return lists
        }
        return PublicRegistry.union(lists, on: day)
    }

    /// Who certifies an organisation now, by code.
    package func entries(nda: NDA) throws(StoreError) -> [RegistryEntry] {
        try read { db in
            try Store.Registry.entries(db, of: nda).compactMap { code, entry in
                entry.isWithdrawn ? nil : RegistryEntry(depositor: code, organisation: entry.organisation)
            }
        }
    }

    /// The NDAs that other depositors certify now.
    /// - Throws: ``StoreError``; `notFound` if there is no such depositor.
    package func ndas(exceptOf code: String) throws(StoreError) -> Set<NDA> {
        try read { db in
            var ndas: Set<NDA> = []
            let cursor = try Data.fetchCursor(
                db, sql: "SELECT entries FROM certified_lists WHERE depositor <> ?",
                arguments: [try Store.Depositors.requireDepositorID(db, code: code)])
            while let entries = try cursor.next() {
                for organisation in try PackedList.organisations(entries) { ndas.insert(organisation.nda) }
            }
            return ndas
        }
    }

    /// What each depositor's list says of an organisation, withdrawn or not, by code.
    static func entries(_ db: Database, of nda: NDA) throws -> [(depositor: String, entry: ListEntry)] {
        let cursor = try Row.fetchCursor(
            db,
            sql: """
                SELECT code, entries FROM depositors JOIN certified_lists ON certified_lists.depositor = depositors.id
                ORDER BY code
                """)
        var found: [(depositor: String, entry: ListEntry)] = []
        while let row = try cursor.next() {
            if let entry = try PackedList.entry(of: nda, in: row["entries"]) { found.append((row["code"], entry)) }
        }
        return found
    }
}

import DepositorStore
internal import Foundation
package import GRDB
package import Qualiopi
package import Store

/// An organisation as one depositor certifies it.
package struct RegistryEntry: Sendable, Equatable {
    /// Code.
    package var depositor: String
    package var organisation: CertifiedOrganisation
}

/// What the registry knows of one organisation, at one instant.
package struct RegisteredOrganisation: Sendable, Equatable {
    /// In whose lists it stands, by code; what is past its end date included.
    package var entries: [RegistryEntry]
    /// What became of it, in order.
    package var history: [RegistryEvent]
}

extension Store {
    /// The certified lists in force and their history.
    package struct Registry: StoreFacet { package let store: Store }

    package var registry: Registry { Registry(store: self) }
}

extension Store.Registry {
    /// The depositor's list in force, by ascending NDA.
    /// - Throws: ``StoreError``; `notFound` if there is no such depositor.
    package func currentList(depositor code: String) throws(StoreError) -> [CertifiedOrganisation] {
        try read { try Store.Registry.currentList($0, try Store.Depositors.requireDepositorID($0, code: code)) }
    }

    /// The NDAs of the depositor's list that a file received on a day may still list, in ascending order
    /// (``CertifiedOrganisation/mayBeListed(on:)``).
    /// - Throws: ``StoreError``; `notFound` if there is no such depositor.
    package func ndasToList(depositor code: String, on day: CivilDate) throws(StoreError) -> [NDA] {
        try read { db in
            let owner = try Store.Depositors.requireDepositorID(db, code: code)
            return try Store.Registry.ndas(
                db, "SELECT nda FROM registry WHERE depositor_id = ? AND end > ? ORDER BY nda", [owner, day.iso])
        }
    }

    /// Grows with each change of any depositor's list.
    package func revision() throws(StoreError) -> Int64 {
        try read { try Int64.fetchOne($0.cachedStatement(sql: "SELECT sum(edition) FROM depositors")) ?? 0 }
    }

    /// How many organisations the depositor certifies on a day.
    /// - Throws: ``StoreError``; `notFound` if there is no such depositor.
    package func certifiedCount(depositor code: String, on day: CivilDate) throws(StoreError) -> Int {
        try read { db in
            let owner = try Store.Depositors.requireDepositorID(db, code: code)
            let sql = "SELECT count(*) FROM registry WHERE depositor_id = ? AND end >= ?"
            return try Int.fetchOne(db.cachedStatement(sql: sql), arguments: [owner, day.iso]) ?? 0
        }
    }

    /// How many organisations the depositor's last integrated list has, those past their end date included.
    /// - Throws: ``StoreError``; `notFound` if there is no such depositor.
    package func listSize(depositor code: String) throws(StoreError) -> Int {
        try read { db in
            let owner = try Store.Depositors.requireDepositorID(db, code: code)
            let sql = "SELECT count(*) FROM registry WHERE depositor_id = ?"
            return try Int.fetchOne(db.cachedStatement(sql: sql), arguments: [owner]) ?? 0
        }
    }

    /// A page of what depositors certify on a day, by ascending NDA, then by depositor; found along their lists, however large these are.
    ///
    /// - beginning: of the NDA or of the SIREN, in upper case and without blanks; empty for all.
    /// - page: from 1 on; the last there is where there are fewer.
    /// - Returns: that page of `size` entries, its number, and how many entries there are in all.
    /// - Throws: ``StoreError``; `notFound` if there is no such depositor.
    package func entries(
        depositors codes: [String], on day: CivilDate, beginning: String, page: Int, size: Int
    ) throws(StoreError) -> (entries: [RegistryEntry], page: Int, matching: Int) {
        try read { db in
            let owners = try codes.sorted().map { try Store.Depositors.requireDepositorID(db, code: $0) }
            let wanted = Store.Registry.beginning(beginning)
            let own = "FROM registry WHERE depositor_id = ? AND end >= ?\(wanted.condition)"
            func bounds(_ owner: Int64) -> StatementArguments { [owner, day.iso] + wanted.arguments }
            let count = try db.cachedStatement(sql: "SELECT count(*) \(own)")
            var matching = 0
            for owner in owners {
                matching += try Int.fetchOne(count, arguments: bounds(owner)) ?? 0
            }
            let last = max(1, (matching + size - 1) / size)
            let shown = min(max(1, page), last)
            guard matching > 0 else { return ([], shown, 0) }
            let list = "SELECT \(EntryRow.columns) \(own) ORDER BY nda"
            var merge = try ListMerge(
                owners.map { try EntryRow.fetchCursor(db.makeStatement(sql: list), arguments: bounds($0)) },
                by: { try $0.entry.organisation.nda })
            for _ in 0..<((shown - 1) * size) { _ = try merge.next() }
            var entries: [RegistryEntry] = []
            while entries.count < size, let row = try merge.next() { entries.append(try row.entry) }
            return (entries, shown, matching)
        }
    }

    /// What is true of the organisations whose NDA or SIREN begins so.
    private static func beginning(_ text: String) -> (condition: String, arguments: StatementArguments) {
        // Behind every text that begins so: neither number has this character.
        let range: StatementArguments = [text, "\(text)\u{10FFFF}"]
        if text.isEmpty { return ("", []) }
        guard text.utf8.count <= SIREN.length, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return (" AND nda >= ? AND nda < ?", range)
        }
        return (" AND (nda >= ? AND nda < ? OR siren >= ? AND siren < ?)", range + range)
    }

    /// The organisations certified on a day, over all depositors, by ascending NDA.
    package func publicRegistry(on day: CivilDate) throws(StoreError) -> [CertifiedOrganisation] {
        let lists = try read { db in
            try Store.Registry.organisations(
                db, "SELECT \(OrganisationRow.columns) FROM registry WHERE end >= ?", [day.iso])
        }
        return PublicRegistry.union(lists, on: day)
    }

    /// Who lists an organisation now, and what became of it.
    package func registered(nda: NDA) throws(StoreError) -> RegisteredOrganisation {
        try read { db in
            let entries = try EntryRow.fetchCursor(
                db.cachedStatement(
                    sql: "SELECT \(EntryRow.columns) FROM registry WHERE \(Store.Registry.ofNDA) ORDER BY depositor"),
                arguments: [nda.text])
            return RegisteredOrganisation(
                entries: try Array(entries.map { try $0.entry }),
                history: try Store.Registry.events(
                    db,
                    "\(Store.Registry.selectChanges) WHERE \(Store.Registry.ofNDA) ORDER BY at, deposit, edition",
                    [nda.text]))
        }
    }

    /// One look at each depositor's list: rows lie by depositor, then by NDA.
    private static let ofNDA = "depositor_id IN (SELECT id FROM depositors) AND nda = ?"

    /// The NDAs that other depositors certify on a day.
    /// - Throws: ``StoreError``; `notFound` if there is no such depositor.
    package func ndas(exceptOf code: String, on day: CivilDate) throws(StoreError) -> Set<NDA> {
        try read { db in
            let owner = try Store.Depositors.requireDepositorID(db, code: code)
            return Set(
                try Store.Registry.ndas(
                    db, "SELECT nda FROM registry WHERE depositor_id <> ? AND end >= ?", [owner, day.iso]))
        }
    }

    /// Withdraws every organisation of a depositor's list, because the depositor is removed, and lets `removed` do the rest of
    /// that, given how many there were: all in one transaction, and none of it where `removed` throws.
    ///
    /// No deposit that was received until then brings the list back.
    /// - Throws: ``StoreError``; `notFound` if there is no such depositor.
    package func withdrawList<T>(
        depositor code: String, now: Timestamp, removed: (Database, Movements) throws -> T
    ) throws(StoreError) -> T {
        try StoreError.translating(at: store.pool.path) {
            let owner = try store.pool.read { try Store.Depositors.requireDepositorID($0, code: code) }
            let replacement = ListReplacement(pool: store.pool, owner: owner, next: [], rejected: [], staged: {})
            return try replacement.run { db, edition in
                let removal = try removed(db, Movements(edition.changes))
                try edition.putInForce(db, deposit: nil, at: now)
                let newest = try Int64.fetchOne(
                    db.cachedStatement(sql: "SELECT seq FROM sqlite_sequence WHERE name = 'deposits'"))
                try Store.Registry.setListOrder(db, owner, received: now, deposit: newest ?? 0)
                return removal
            }
        }
    }

    /// The depositors whose list could not be read whole when the database was brought up to date, and who have had
    /// none accepted since; by code.
    package func unreadLists() throws(StoreError) -> [String] {
        try read { db in
            try String.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT code FROM unread_lists JOIN depositors ON depositors.id = unread_lists.depositor ORDER BY code
                        """))
        }
    }

    /// Notes the deposit whose list is in force: none that was received before replaces it.
    package static func setListOrder(_ db: Database, _ owner: Int64, received: Timestamp, deposit: Int64) throws {
        try db.execute(
            cached: "UPDATE depositors SET list_received_at = ?, list_deposit = ? WHERE id = ?",
            arguments: [received.milliseconds, deposit, owner])
    }

    static func currentList(_ db: Database, _ owner: Int64) throws -> [CertifiedOrganisation] {
        try organisations(
            db, "SELECT \(OrganisationRow.columns) FROM registry WHERE depositor_id = ? ORDER BY nda", [owner])
    }

    private static func organisations(
        _ db: Database, _ sql: String, _ arguments: StatementArguments
    ) throws -> [CertifiedOrganisation] {
        try Array(
            OrganisationRow.fetchCursor(db.cachedStatement(sql: sql), arguments: arguments).map { try $0.organisation })
    }

    private static func ndas(_ db: Database, _ sql: String, _ arguments: StatementArguments) throws -> [NDA] {
        try Array(NDARow.fetchCursor(db.cachedStatement(sql: sql), arguments: arguments).map { try $0.nda })
    }
}

internal import Foundation
internal import GRDB
internal import Qualiopi

/// What a deposit's list makes of its depositor's: pure, so that it is tried without a database.
struct ListReplacement {
    private(set) var entries: [ListEntry] = []
    private(set) var changes: [LinkedChange] = []

    /// Both lists by ascending NDA, each NDA once.
    init(of entries: [ListEntry], by next: [CertifiedOrganisation], rejected: Set<NDA> = [], deposit: Int64) {
        let current = entries.compactMap { $0.isWithdrawn ? nil : $0.organisation }
        let changes = Movements.compare(previous: current, next: next, rejected: rejected)
        if changes.isEmpty {
            self.entries = entries
            return
        }
        self.entries.reserveCapacity(entries.count + changes.count)
        self.changes.reserveCapacity(changes.count)
        var kept = 0
        for change in changes {
            while kept < entries.count, entries[kept].organisation.nda < change.nda {
                self.entries.append(entries[kept])
                kept += 1
            }
            var previous: Int64?
            if kept < entries.count, entries[kept].organisation.nda == change.nda {
                previous = entries[kept].deposit
                kept += 1
            }
            if let organisation = change.after ?? change.before {
                self.entries.append(
                    ListEntry(organisation: organisation, deposit: deposit, isWithdrawn: change.after == nil))
            }
            self.changes.append(LinkedChange(change: change, previous: previous))
        }
        self.entries.append(contentsOf: entries[kept...])
    }
}

extension Store.Registry {
    /// Replaces a depositor's list and records what that changed; writes nothing but the order where nothing changes.
    ///
    /// The list is given by ascending NDA, each NDA once; `rejected` are the NDAs of the file's rejected lines.
    static func replaceList(
        _ db: Database, _ owner: Int64, _ next: [CertifiedOrganisation], rejected: Set<NDA>, by deposit: Deposit
    ) throws -> Movements {
        let replacement = ListReplacement(
            of: try entries(db, owner), by: next, rejected: rejected, deposit: deposit.id)
        if !replacement.changes.isEmpty {
            try db.execute(
                sql: "INSERT OR REPLACE INTO certified_lists (depositor, entries) VALUES (?, ?)",
                arguments: [owner, PackedList.encode(replacement.entries)])
            try db.execute(
                sql: "INSERT INTO registry_changes (deposit, changes) VALUES (?, ?)",
                arguments: [deposit.id, PackedChanges.encode(replacement.changes)])
        }
        try db.execute(
            sql: "UPDATE depositors SET list_received_at = ?, list_deposit = ? WHERE id = ?",
            arguments: [deposit.receivedAt.milliseconds, deposit.id, owner])
        return Movements(replacement.changes.map(\.change))
    }

    private static func entries(_ db: Database, _ owner: Int64) throws -> [ListEntry] {
        try Data.fetchOne(db, sql: "SELECT entries FROM certified_lists WHERE depositor = ?", arguments: [owner])
            .map(PackedList.decode) ?? []
    }
}

import DepositorStore
internal import GRDB
package import Qualiopi
package import Store

/// What is known of a file when it is claimed.
package struct ClaimFacts: Sendable {
    /// Code.
    package var depositor: String
    package var name: [UInt8]
    package var device: UInt64
    package var inode: UInt64
    package var size: Int64
    /// The file's modification time, in seconds since 1970: what its client has set, or when it was written.
    package var modified: Int64
    /// The file's change time: the time of reception where no publication tells a better one.
    package var changed: Timestamp

    package init(
        depositor: String, name: [UInt8], device: UInt64, inode: UInt64, size: Int64, modified: Int64,
        changed: Timestamp
    ) {
        self.depositor = depositor
        self.name = name
        self.device = device
        self.inode = inode
        self.size = size
        self.modified = modified
        self.changed = changed
    }
}

extension Store.Publications {
    /// The author of a file that nobody is known to have sent.
    package static let unknownAuthor = "inconnu"

    /// Makes a settled file a deposit: its row, in one transaction with the end of its publication. The file moves only
    /// afterwards.
    ///
    /// Idempotent: the same file, whose row is there and which could neither be moved nor be given up, keeps its row.
    ///
    /// `civilDay` gives the civil day of an instant.
    package func claim(
        _ facts: ClaimFacts, now: Timestamp, civilDay: (Timestamp) -> CivilDate
    ) throws(StoreError) -> Deposit {
        try write { db in
            let published = try Store.Publications.publication(
                db, facts.depositor, device: facts.device, inode: facts.inode)
            // One that was published since is another file, which has got the number of one that is gone.
            if published == nil, let id = try Store.Publications.unmovedClaim(db, facts) {
                return try Deposit.row(db, id)
            }
            let received = published?.receivedAt ?? facts.changed
            let id = try Store.Publications.insertDeposit(
                db, depositor: facts.depositor, name: facts.name, size: facts.size, modified: facts.modified,
                received: received, day: civilDay(received), now: now, published: published,
                inode: (facts.device, facts.inode))
            try Store.Publications.removePublication(
                db, depositor: facts.depositor, device: facts.device, inode: facts.inode)
            try Deposit.note(db, id, now, "claimed", "")
            return try Deposit.row(db, id)
        }
    }

    /// Records a file that never became whole: past the upload cap. Nil if that name was recorded within the hour
    /// before.
    package func recordOversize(
        depositor: String, name: [UInt8], size: Int64, login: String, channel: String = "sftp", address: String?,
        now: Timestamp, day: CivilDate
    ) throws(StoreError) -> Deposit? {
        try write { db in
            let owner = try Store.Depositors.requireDepositorID(db, code: depositor)
            let recent = try Int64.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT id FROM deposits
                        WHERE depositor = ? AND file = ? AND received_at > ? AND received_at <= ? AND inode IS NULL LIMIT 1
                        """),
                // What is dated after now was so by a clock that has been set back since.
                arguments: [
                    owner, Store.data(name), now.adding(seconds: -3600).milliseconds, now.milliseconds,
                ])
            if recent != nil { return nil }
            let published = Publication(
                device: 0, inode: 0, depositor: depositor, name: name, login: login, channel: channel, address: address,
                receivedAt: now)
            let id = try Store.Publications.insertDeposit(
                db, depositor: depositor, name: name, size: size, modified: nil, received: now, day: day, now: now,
                published: published, inode: nil)
            try Deposit.note(db, id, now, "discarded", "over the upload cap")
            return try Deposit.row(db, id)
        }
    }

    /// Gives a deposit another name, unless it has been judged: then it keeps its own, which its report has.
    ///
    /// - Returns: The deposit as it is then.
    package func rename(deposit id: Int64, to name: [UInt8], now: Timestamp) throws(StoreError) -> Deposit {
        try write { db in
            let deposit = try Deposit.row(db, id)
            guard deposit.step == .claimed else { return deposit }
            try db.execute(cached: "UPDATE deposits SET file = ? WHERE id = ?", arguments: [Store.data(name), id])
            try Deposit.note(db, id, now, "renamed", "from \(deposit.fileText)")
            return try Deposit.row(db, id)
        }
    }

    /// Takes a claim back, because the file could not be moved; what was known of its sender is known again.
    package func abandonClaim(id: Int64, republish publication: Publication? = nil) throws(StoreError) {
        try write { db in
            try db.execute(cached: "DELETE FROM deposits WHERE id = ? AND step = 'claimed'", arguments: [id])
            if let publication { try Store.Publications.record(db, publication) }
        }
    }

    /// What was claimed since an instant and until another: the drop box shows it to its account as taken.
    package func taken(since: Timestamp, until: Timestamp) throws(StoreError) -> [Deposit] {
        try read {
            try Row.fetchAll(
                $0.cachedStatement(
                    sql: """
                        \(Deposit.select) WHERE claimed_at >= ? AND claimed_at <= ? AND inode IS NOT NULL ORDER BY claimed_at
                        """),
                arguments: [since.milliseconds, until.milliseconds]
            ).map(Deposit.init)
        }
    }

    private static func unmovedClaim(_ db: Database, _ facts: ClaimFacts) throws -> Int64? {
        try Int64.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT id FROM deposits WHERE step = 'claimed' AND inode = ? AND device = ? AND file = ?
                    AND depositor = ?
                    """),
            arguments: [
                Int64(bitPattern: facts.inode), Int64(bitPattern: facts.device), Store.data(facts.name),
                try Store.Depositors.requireDepositorID(db, code: facts.depositor),
            ])
    }

    private static func insertDeposit(
        _ db: Database, depositor code: String, name: [UInt8], size: Int64, modified: Int64?, received: Timestamp,
        day: CivilDate, now: Timestamp, published: Publication?, inode: (device: UInt64, inode: UInt64)?
    ) throws -> Int64 {
        let owner = try Store.Depositors.requireDepositorID(db, code: code)
        try db.execute(
            cached: """
                INSERT INTO deposits (depositor, file, device, inode, size, modified, state, mode, author, channel, address,
                                      received_at, civil_date, claimed_at, step, identity)
                SELECT id, ?, ?, ?, ?, ?, 'enCours', mode, ?, ?, ?, ?, ?, ?, 'claimed', ? FROM depositors WHERE id = ?
                """,
            arguments: [
                Store.data(name), inode.map { Int64(bitPattern: $0.device) }, inode.map { Int64(bitPattern: $0.inode) },
                size,
                modified, published?.login ?? unknownAuthor, published?.channel ?? "fichier",
                published?.address, received.milliseconds, day.iso, now.milliseconds,
                published?.identity.map(Store.data), owner,
            ])
        return db.lastInsertedRowID
    }
}

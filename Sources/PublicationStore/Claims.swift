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
    private static let unknownChannel = "fichier"

    /// Makes a settled file a deposit: its row, in one transaction with the end of its publication and around the file's
    /// move. Whoever reads meanwhile sees the publication, and afterwards a deposit whose file has moved: never neither, never a
    /// number that is given to something else later.
    ///
    /// Idempotent: the same file, whose row is there and which a crash kept from moving, keeps its row.
    ///
    /// - civilDay: gives the civil day of an instant.
    /// - move: moves the file to where the deposit has it; false where its number's place is taken, and then the next number is
    ///   tried. What it throws undoes everything, and comes out as a ``StoreError``.
    package func claim(
        _ facts: ClaimFacts, now: Timestamp, civilDay: (Timestamp) -> CivilDate,
        move: (Deposit) throws -> Bool = { _ in true }
    ) throws(StoreError) -> Deposit {
        try write { db in
            let published = try Store.Publications.publication(
                db, facts.depositor, device: facts.device, inode: facts.inode)
            // One that was published since is another file, which has got the number of one that is gone.
            if published == nil, let id = try Store.Publications.unmovedClaim(db, facts) {
                let deposit = try Deposit.row(db, id)
                guard try move(deposit) else { throw StoreError.conflict("the place of the deposit \(id) is taken") }
                return deposit
            }
            let received = published?.receivedAt ?? facts.changed
            for _ in 0..<Store.Publications.mostPlaces {
                let id = try Store.Publications.insertDeposit(
                    db, depositor: facts.depositor, name: facts.name, size: facts.size, modified: facts.modified,
                    received: received, day: civilDay(received), now: now, published: published,
                    inode: (facts.device, facts.inode))
                let deposit = try Deposit.row(db, id)
                guard try move(deposit) else {
                    // The number stays used.
                    try db.execute(cached: "DELETE FROM deposits WHERE id = ?", arguments: [id])
                    continue
                }
                try Store.Publications.removePublication(
                    db, depositor: facts.depositor, device: facts.device, inode: facts.inode)
                try Deposit.note(db, id, now, "claimed", "")
                return deposit
            }
            throw StoreError.conflict("the places of \(Store.Publications.mostPlaces) deposits are taken")
        }
    }

    /// So many numbers are tried whose places somebody has taken.
    private static let mostPlaces = 1000

    /// Notes under which name a file is about to be claimed, and one that nobody is known to have sent: what a crash in the middle of the
    /// claim leaves in the wrong folder goes back by that. Nothing is written of one that is known so, or has its row.
    package func noteClaim(_ facts: ClaimFacts) throws(StoreError) {
        let known = try publication(depositor: facts.depositor, device: facts.device, inode: facts.inode)
        if let known, known.name == facts.name { return }
        try write { db in
            guard
                var publication = try Store.Publications.publication(
                    db, facts.depositor, device: facts.device, inode: facts.inode)
            else {
                guard try Store.Publications.unmovedClaim(db, facts) == nil else { return }
                return try Store.Publications.record(
                    db,
                    Publication(
                        device: facts.device, inode: facts.inode, depositor: facts.depositor, name: facts.name,
                        login: Store.Publications.unknownAuthor, channel: Store.Publications.unknownChannel,
                        address: nil, receivedAt: facts.changed))
            }
            publication.name = facts.name
            try Store.Publications.record(db, publication)
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
                                      received_at, civil_date, claimed_at, step, identity, continued)
                SELECT id, ?, ?, ?, ?, ?, 'enCours', mode, ?, ?, ?, ?, ?, ?, 'claimed', ?, ? FROM depositors WHERE id = ?
                """,
            arguments: [
                Store.data(name), inode.map { Int64(bitPattern: $0.device) }, inode.map { Int64(bitPattern: $0.inode) },
                size,
                modified, published?.login ?? unknownAuthor, published?.channel ?? unknownChannel,
                published?.address, received.milliseconds, day.iso, now.milliseconds,
                published?.identity.map(Store.data), published?.continued?.stored, owner,
            ])
        return db.lastInsertedRowID
    }
}

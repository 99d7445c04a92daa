internal import GRDB
package import Qualiopi
package import Store

extension Store {
    /// The OF lists.
    package struct ReferenceLists: StoreFacet { package let store: Store }

    package var referenceLists: ReferenceLists { ReferenceLists(store: self) }
}

extension Store.ReferenceLists {
    /// How many of the newest lists keep their content, some 3 MB each for the public list: a week of daily imports that can be gone back to. The
    /// others keep who, when and what hash.
    package static var referenceContentsKept: Int { 7 }

    /// Puts a list in force, in one transaction; one that is in force already is only seen again.
    ///
    /// `judgement` is what was found out about it before, and `judgedAgainst` the list that was in force then, if somebody looked.
    /// - Returns: The list in force: another identifier than that of `judgedAgainst` if it is a new one.
    /// - Throws: ``StoreError``; `conflict` if another list has come in force since it was judged.
    package func importReference(
        packed: [UInt8], count: Int, sha256: String, by actor: String, at now: Timestamp, source: String,
        judgement: ReferenceJudgement = ReferenceJudgement(), judgedAgainst: ReferenceVersion?? = nil
    ) throws(StoreError) -> ReferenceVersion {
        try write { db in
            let inForce = try Store.ReferenceLists.inForce(db)
            if let judgedAgainst, judgedAgainst?.id != inForce?["id"] {
                throw StoreError.conflict("another OF list was put in force meanwhile: import this one again")
            }
            if let inForce, try Store.ReferenceLists.content(db, of: inForce["id"]) == packed {
                try db.execute(
                    cached: "UPDATE reference_lists SET seen_at = ? WHERE id = ?",
                    arguments: [now.milliseconds, inForce["id"] as Int64])
            } else {
                try db.execute(
                    cached: """
                        INSERT INTO reference_lists
                            (imported_at, imported_by, source, sha256, count, without_siren, doubts, losses)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                        """,
                    arguments: [
                        now.milliseconds, actor, source, sha256, count, judgement.withoutSIREN,
                        judgement.doubts.joined(separator: "\n"), judgement.losses.joined(separator: "\n"),
                    ])
                let id = db.lastInsertedRowID
                try db.execute(
                    cached: "INSERT INTO reference_contents (list, packed) VALUES (?, ?)",
                    arguments: [id, Store.data(packed)])
                try db.execute(
                    cached: "DELETE FROM reference_contents WHERE list <= ?",
                    arguments: [id - Int64(Store.ReferenceLists.referenceContentsKept)])
                try Store.Changes.note(db, .referenceList)
            }
            guard let row = try Store.ReferenceLists.inForce(db) else {
                throw StoreError.conflict("no OF list is in force")
            }
            return ReferenceVersion(row)
        }
    }

    /// Goes back to the list before the one in force, in one transaction; the one that was in force stays in the history as withdrawn.
    ///
    /// - Throws: ``StoreError``; `conflict` if there is no list to go back to.
    package func rollBackReference(
        by actor: String, at now: Timestamp
    ) throws(StoreError) -> (withdrawn: ReferenceVersion, inForce: ReferenceVersion) {
        try write { db in
            guard let current = try Store.ReferenceLists.inForce(db) else {
                throw StoreError.conflict("no OF list is in force: collecteur reference import")
            }
            let id: Int64 = current["id"]
            try db.execute(
                cached: "UPDATE reference_lists SET withdrawn_at = ?, withdrawn_by = ? WHERE id = ?",
                arguments: [now.milliseconds, actor, id])
            guard let before = try Store.ReferenceLists.inForce(db) else {
                throw StoreError.conflict("there is no OF list before the one in force: collecteur reference import")
            }
            let version = ReferenceVersion(before)
            guard version.hasContent else {
                throw StoreError.conflict(
                    "the content of the OF list before the one in force is gone: only the newest "
                        + "\(Store.ReferenceLists.referenceContentsKept) keep theirs; import its file again (\(version.source))"
                )
            }
            var withdrawn = ReferenceVersion(current)
            withdrawn.withdrawal = ReferenceVersion.Withdrawal(at: now, by: actor)
            try Store.Changes.note(db, .referenceList)
            return (withdrawn, version)
        }
    }

    /// The version in force, without its content; nil if none was imported.
    package func currentReferenceVersion() throws(StoreError) -> ReferenceVersion? {
        try read { try Store.ReferenceLists.inForce($0).map(ReferenceVersion.init) }
    }

    /// The list in force with its packed content; nil if none was imported.
    package func currentReference() throws(StoreError) -> (version: ReferenceVersion, packed: [UInt8])? {
        try read { db in
            guard let row = try Store.ReferenceLists.inForce(db) else { return nil }
            return (ReferenceVersion(row), try Store.ReferenceLists.content(db, of: row["id"]) ?? [])
        }
    }

    /// A version by its identifier, in force or not; nil if there is none.
    package func referenceVersion(id: Int64) throws(StoreError) -> ReferenceVersion? {
        try read { db in
            try Row.fetchOne(
                db.cachedStatement(sql: "SELECT \(ReferenceVersion.columns) FROM reference_lists WHERE id = ?"),
                arguments: [id]
            ).map(ReferenceVersion.init)
        }
    }

    /// Every import, the newest first.
    package func referenceVersions(limit: Int = 50) throws(StoreError) -> [ReferenceVersion] {
        try read { db in
            try Row.fetchAll(
                db.cachedStatement(
                    sql: "SELECT \(ReferenceVersion.columns) FROM reference_lists ORDER BY id DESC LIMIT ?"),
                arguments: [limit]
            ).map(ReferenceVersion.init)
        }
    }

    /// The lists that were in force at any time since then, the newest first; withdrawn ones are none.
    package func referenceSizes(since: Timestamp) throws(StoreError) -> [ReferenceSize] {
        try read { db in
            var sizes: [ReferenceSize] = []
            let cursor = try Row.fetchCursor(
                db.cachedStatement(
                    sql: """
                        SELECT imported_at, count, losses <> '' AS accepts_loss FROM reference_lists WHERE withdrawn_at IS NULL
                        ORDER BY id DESC
                        """))
            // The one that was in force when the time began is the last of them.
            while let row = try cursor.next() {
                sizes.append(ReferenceSize(count: row["count"], acceptsLoss: row["accepts_loss"]))
                if Timestamp(row, "imported_at") <= since { break }
            }
            return sizes
        }
    }

    /// The list with this content, or of this file, if it was withdrawn and has not come in force again since.
    package func withdrawnReference(sha256: String, packed: [UInt8]) throws(StoreError) -> ReferenceVersion? {
        try read { db in
            let newest = try Row.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT \(ReferenceVersion.columns) FROM reference_lists
                        WHERE sha256 = ? OR id IN (SELECT list FROM reference_contents WHERE packed = ?)
                        ORDER BY id DESC LIMIT 1
                        """),
                arguments: [sha256, Store.data(packed)]
            ).map(ReferenceVersion.init)
            return newest?.withdrawal == nil ? nil : newest
        }
    }

    /// Nil once newer lists are there.
    private static func content(_ db: Database, of list: Int64) throws -> [UInt8]? {
        try Row.fetchOne(
            db.cachedStatement(sql: "SELECT packed FROM reference_contents WHERE list = ?"), arguments: [list]
        )
        .map { Store.bytes($0, "packed") }
    }

    private static func inForce(_ db: Database) throws -> Row? {
        try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT \(ReferenceVersion.columns) FROM reference_lists WHERE withdrawn_at IS NULL ORDER BY id DESC LIMIT 1
                    """))
    }
}

import AccountStore
import DepositorStore
internal import GRDB
package import Qualiopi
package import Store

/// What became of a form's file.
package enum FormFate: Sendable, Equatable {
    /// No file of that form was let in.
    case none
    /// It is in the drop folder and will be claimed.
    case published
    case deposited(Int64)
}

/// What a form's file was that was let into the drop folder.
package struct FormFile: Sendable, Equatable {
    /// Code.
    package var depositor: String
    /// Empty, like the hash, where an earlier version let it in.
    package var name: [UInt8]
    package var sha256: [UInt8]
}

extension Store.Portal {
    /// Deposits' forms: each lets one file in, whoever sends it again.
    package struct Forms: StoreFacet { package let store: Store }

    package var forms: Forms { Forms(store: store) }
}

extension Store.Portal.Forms {
    /// Notes that a form's file is about to be let into the drop folder. Of several that try only the first may: a form deposits once.
    ///
    /// What an earlier file of that form has left, which was neither published nor claimed or was removed since, stands in no way.
    ///
    /// - identity: of the file, which its publication and its deposit have too; no other file ever has it, as an inode's number would.
    /// - Returns: False where the form has let in another file, or is another person's: nothing is noted then.
    package func note(
        key: [UInt8], email: String, depositor code: String, file: [UInt8], sha256: [UInt8], identity: [UInt8],
        now: Timestamp
    ) throws(StoreError) -> Bool {
        try write { db in
            let owner = try Store.Depositors.requireDepositorID(db, code: code)
            try db.execute(
                cached: """
                    DELETE FROM portal_forms WHERE key = ? AND email = ?
                    AND NOT EXISTS (\(Self.deposit)) AND NOT EXISTS (\(Self.publication))
                    """,
                arguments: [Store.data(key), email])
            try db.execute(
                cached: """
                    INSERT OR IGNORE INTO portal_forms (key, email, depositor, file, sha256, identity, at)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    Store.data(key), email, owner, Store.data(file), Store.data(sha256),
                    Store.data(identity), now.milliseconds,
                ])
            return db.changesCount == 1
        }
    }

    /// Takes back what was noted of a form whose file was not let in after all.
    package func forget(key: [UInt8]) throws(StoreError) {
        try write { db in
            try db.execute(cached: "DELETE FROM portal_forms WHERE key = ?", arguments: [Store.data(key)])
        }
    }

    /// Forgets the forms of which neither a file nor a deposit is left, as a daemon that died leaves them. For the start, once what lies in the folders is known.
    package func forgetLost() throws(StoreError) {
        try write { db in
            try db.execute(
                cached: """
                    DELETE FROM portal_forms
                    WHERE NOT EXISTS (\(Self.deposit)) AND NOT EXISTS (\(Self.publication))
                    """)
        }
    }

    private static let deposit = "SELECT id FROM deposits WHERE deposits.identity = portal_forms.identity"
    private static let publication = "SELECT 1 FROM publications WHERE publications.identity = portal_forms.identity"

    /// Nil for a form that has let none in, and for another person's.
    package func file(of key: [UInt8], email: String) throws(StoreError) -> FormFile? {
        try read { db in
            try Row.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT depositors.code, file, sha256 FROM portal_forms
                        JOIN depositors ON depositors.id = portal_forms.depositor WHERE key = ? AND email = ?
                        """),
                arguments: [Store.data(key), email]
            ).map { row in
                FormFile(
                    depositor: row["code"], name: Store.bytes(row, "file"), sha256: Store.bytes(row, "sha256"))
            }
        }
    }

    /// What became of a form's file, whoever remembers it or not.
    package func fate(of key: [UInt8], email: String) throws(StoreError) -> FormFate {
        try read { db in
            guard
                let row = try Row.fetchOne(
                    db.cachedStatement(
                        sql: """
                            SELECT (\(Self.deposit)) AS deposit, EXISTS (\(Self.publication)) AS published
                            FROM portal_forms WHERE key = ? AND email = ?
                            """),
                    arguments: [Store.data(key), email])
            else { return .none }
            if let id: Int64 = row["deposit"] { return .deposited(id) }
            let published: Bool = row["published"]
            return published ? .published : .none
        }
    }
}

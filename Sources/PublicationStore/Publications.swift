import DepositorStore
internal import GRDB
package import Qualiopi
package import Store

/// A file in a drop folder that waits to be claimed: who sent it, from where, when.
///
/// Recorded before the file is renamed into the folder, so that what is known of it survives a crash; keyed by the
/// file, not by its name.
package struct Publication: Sendable, Equatable {
    package var device: UInt64
    package var inode: UInt64
    /// Code.
    package var depositor: String
    package var name: [UInt8]
    package var login: String
    /// `sftp`.
    package var channel: String
    package var address: String?
    /// The CLOSE that completed it.
    package var receivedAt: Timestamp
    /// A form's file: the number that it alone ever has, which its deposit keeps.
    package var identity: [UInt8]?
    /// It came in two parts.
    package var continued: Continuation?

    package init(
        device: UInt64, inode: UInt64, depositor: String, name: [UInt8], login: String, channel: String,
        address: String?, receivedAt: Timestamp, identity: [UInt8]? = nil,
        continued: Continuation? = nil
    ) {
        self.device = device
        self.inode = inode
        self.depositor = depositor
        self.name = name
        self.login = login
        self.channel = channel
        self.address = address
        self.receivedAt = receivedAt
        self.identity = identity
        self.continued = continued
    }
}

extension Store {
    /// Files that appeared in the drop folders, and their claims.
    package struct Publications: StoreFacet { package let store: Store }

    package var publications: Publications { Publications(store: self) }
}

extension Store.Publications {
    /// Records a file that is about to be renamed into its drop folder; what an earlier file with the same inode left
    /// is replaced.
    package func recordPublication(_ publication: Publication) throws(StoreError) {
        try write { try Store.Publications.record($0, publication) }
    }

    /// Forgets a depositor's file that left its drop folder without being claimed.
    ///
    /// Another depositor's file that has got the inode since keeps its row: the number is given again at once.
    package func removePublication(depositor: String, device: UInt64, inode: UInt64) throws(StoreError) {
        try write { try Store.Publications.removePublication($0, depositor: depositor, device: device, inode: inode) }
    }

    package func publication(depositor: String, device: UInt64, inode: UInt64) throws(StoreError) -> Publication? {
        try read { try Store.Publications.publication($0, depositor, device: device, inode: inode) }
    }

    package func all() throws(StoreError) -> [Publication] {
        try read {
            try Row.fetchAll($0.cachedStatement(sql: "\(Store.Publications.select) ORDER BY received_at")).map(
                Store.Publications.publication)
        }
    }

    /// A depositor's deposits received since an instant, those that wait to be claimed included, and the bytes of those
    /// that are claimed.
    package func deposited(by code: String, since: Timestamp) throws(StoreError) -> (count: Int, bytes: Int64) {
        try read { db in
            let owner = try Store.Depositors.requireDepositorID(db, code: code)
            let claimed = try Row.fetchOne(
                db.cachedStatement(
                    sql:
                        "SELECT count(*) AS count, coalesce(sum(size), 0) AS bytes FROM deposits WHERE depositor = ? AND received_at >= ?"
                ),
                arguments: [owner, since.milliseconds])
            let waiting = try Int.fetchOne(
                db.cachedStatement(sql: "SELECT count(*) FROM publications WHERE depositor = ?"), arguments: [owner])
            return ((claimed?["count"] ?? 0) + (waiting ?? 0), claimed?["bytes"] ?? 0)
        }
    }

    static func record(_ db: Database, _ publication: Publication) throws {
        try db.execute(
            cached: """
                INSERT OR REPLACE INTO publications
                (device, inode, depositor, name, login, channel, address, received_at, identity, continued)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                Int64(bitPattern: publication.device), Int64(bitPattern: publication.inode),
                try Store.Depositors.requireDepositorID(db, code: publication.depositor), Store.data(publication.name),
                publication.login, publication.channel, publication.address, publication.receivedAt.milliseconds,
                publication.identity.map(Store.data), publication.continued?.stored,
            ])
    }

    static func publication(
        _ db: Database, _ depositor: String, device: UInt64, inode: UInt64
    ) throws -> Publication? {
        try Row.fetchOne(
            db.cachedStatement(sql: "\(select) WHERE device = ? AND inode = ? AND depositors.code = ?"),
            arguments: [Int64(bitPattern: device), Int64(bitPattern: inode), depositor]
        ).map(publication)
    }

    static func removePublication(_ db: Database, depositor: String, device: UInt64, inode: UInt64) throws {
        try db.execute(
            cached: """
                DELETE FROM publications WHERE device = ? AND inode = ?
                AND depositor = (SELECT id FROM depositors WHERE code = ?)
                """,
            arguments: [Int64(bitPattern: device), Int64(bitPattern: inode), depositor])
    }

    private static let select =
        "SELECT publications.*, depositors.code FROM publications JOIN depositors ON depositors.id = publications.depositor"

    private static func publication(_ row: Row) -> Publication {
        let identity = Store.bytes(row, "identity")
        return Publication(
            device: UInt64(bitPattern: row["device"] as Int64), inode: UInt64(bitPattern: row["inode"] as Int64),
            depositor: row["code"], name: Store.bytes(row, "name"), login: row["login"], channel: row["channel"],
            address: row["address"], receivedAt: Timestamp(row, "received_at"),
            identity: identity.isEmpty ? nil : identity,
            continued: (row["continued"] as String?).flatMap(Continuation.init(stored:)))
    }
}

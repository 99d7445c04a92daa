internal import GRDB

/// What can go wrong with the database, in terms that a caller can act on.
package enum StoreError: Error, Sendable, Equatable {
    /// Another process held the database longer than the busy timeout.
    case busy
    /// The disk is full.
    case full
    /// The file can't be opened, read or written.
    case unusable(String)
    /// The file is damaged, or isn't a database of collecteur.
    case corrupt(String)
    /// The database was written by a newer collecteur.
    case newerSchema
    /// The database was written by an older collecteur, and only the daemon brings it up to date.
    case olderSchema
    /// There is no such depositor, user, account, deposit or mail.
    case notFound(String)
    /// What is asked for contradicts what the database holds; the text says how.
    case conflict(String)
}

extension StoreError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .busy: "the database is busy: try again"
        case .full: "the disk is full: free some space and try again"
        case .unusable(let detail): "the database can't be used: \(detail)"
        case .corrupt(let detail): "the database is damaged (\(detail)): restore a backup"
        case .newerSchema: "the database was written by a newer version of collecteur: install that version"
        case .olderSchema:
            "the database was written by an older version of collecteur: start this version's daemon, which brings it up to date (systemctl restart collecteur)"
        case .notFound(let what): "\(what) doesn't exist"
        case .conflict(let what): what
        }
    }
}

extension StoreError {
    /// Translates what SQLite and GRDB throw; an error of the store's own passes through.
    ///
    /// - path: the database; its disk is asked where SQLite doesn't say why it can't write.
    package static func translating<T>(at path: String? = nil, _ body: () throws -> T) throws(StoreError) -> T {
        do {
            return try body()
        } catch let error as StoreError {
            throw error
        } catch let error as DatabaseError {
            // https://www.sqlite.org/rescode.html
            switch error.resultCode {
            case .SQLITE_BUSY, .SQLITE_LOCKED: throw .busy
            case .SQLITE_FULL: throw .full
            case .SQLITE_CORRUPT, .SQLITE_NOTADB: throw .corrupt(detail(error))
            case .SQLITE_IOERR, .SQLITE_CANTOPEN:
                throw path.map(FullDisk.holds) == true ? .full : .unusable(detail(error))
            default: throw .unusable(detail(error))
            }
        } catch {
            throw .unusable(String(describing: error))
        }
    }

    private static func detail(_ error: DatabaseError) -> String { error.message ?? error.resultCode.description }
}

internal import GRDB
package import Qualiopi
package import Store

/// All that is kept on a person, but for secrets: what a request under the GDPR, article 15, is answered with.
package struct PersonRecord: Sendable, Equatable {
    package enum Value: Sendable, Equatable {
        case none
        case integer(Int64)
        case text(String)
        case time(Timestamp)
        case bytes([UInt8])
    }

    package struct Section: Sendable, Equatable {
        package var name: String
        /// One row's columns, in the table's order.
        package var rows: [[(column: String, value: Value)]]

        package static func == (one: Section, other: Section) -> Bool {
            one.name == other.name
                && one.rows.elementsEqual(other.rows) { $0.elementsEqual($1) { $0 == $1 } }
        }
    }

    package var sections: [Section]
    package var isEmpty: Bool { sections.allSatisfy(\.rows.isEmpty) }
}

extension Store.PersonalData {
    /// Hashes of passwords and of tokens: nobody's to have.
    private static let secrets: Set<String> = ["hash", "password_hash"]

    /// Every row that is about a person, whether or not there is such a user still.
    package func record(email: String) throws(StoreError) -> PersonRecord {
        try read { db in
            let traces = try PersonTraces(db, email: email)
            let own: StatementArguments = ["email": traces.email]
            let login: StatementArguments = ["login": traces.login]
            let (deposits, arguments) = traces.deposits
            let parts: [(String, String, StatementArguments)] = [
                ("user", "SELECT * FROM users WHERE email = :email", own),
                (
                    "depositors",
                    "SELECT code, siret, name FROM grants JOIN depositors ON id = depositor WHERE email = :email", own
                ),
                ("sftpAccount", "SELECT * FROM accounts WHERE email = :email", own),
                ("sftpKeys", "SELECT * FROM account_keys WHERE login = :login", login),
                ("sftpLog", "SELECT * FROM account_log WHERE login = :login ORDER BY id", login),
                ("portal", "SELECT * FROM portal_people WHERE email = :email", own),
                ("portalSessions", "SELECT * FROM portal_sessions WHERE email = :email ORDER BY id", own),
                ("portalLinks", "SELECT * FROM portal_links WHERE email = :email", own),
                ("portalLog", "SELECT * FROM portal_log WHERE email = :email ORDER BY id", own),
                ("portalForms", "SELECT email, depositor, file, at FROM portal_forms WHERE email = :email", own),
                ("registrations", "SELECT * FROM portal_registrations WHERE email = :email", own),
                (
                    "invitations",
                    "SELECT * FROM invitations WHERE email = :email COLLATE NOCASE OR used_by = :email ORDER BY id", own
                ),
                ("mails", "SELECT * FROM outbox WHERE recipient = :email COLLATE NOCASE ORDER BY id", own),
                (
                    "waitingFiles",
                    """
                    SELECT device, inode, depositor, name, login, channel, address, received_at FROM publications
                    WHERE login = :login
                    """, login
                ),
                (
                    "deposits",
                    """
                    SELECT id, file, size, sha256, state, author, channel, address, received_at FROM deposits
                    WHERE \(deposits) ORDER BY id
                    """, arguments
                ),
            ]
            return PersonRecord(
                sections: try parts.map { name, sql, arguments in
                    PersonRecord.Section(
                        name: name,
                        rows: try Row.fetchAll(db.cachedStatement(sql: sql), arguments: arguments).map(Self.values))
                })
        }
    }

    private static func values(_ row: Row) -> [(column: String, value: PersonRecord.Value)] {
        row.compactMap { column, value in secrets.contains(column) ? nil : (column, Self.value(column, value)) }
    }

    private static func value(_ column: String, _ value: DatabaseValue) -> PersonRecord.Value {
        switch value.storage {
        case .null: .none
        case .int64(let number):
            column.hasSuffix("_at") || column == "at" || column == "until"
                ? .time(Timestamp(milliseconds: number)) : .integer(number)
        case .double(let number): .text("\(number)")
        case .string(let text): .text(text)
        case .blob(let data): .bytes([UInt8](data))
        }
    }
}

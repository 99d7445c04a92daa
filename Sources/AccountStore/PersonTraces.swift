internal import GRDB
import Store

/// By what the database knows a person: address, login, and the author's words of deposits.
struct PersonTraces {
    /// As it is kept; as it was given where no such person is there any more.
    let email: String
    let login: String
    /// « Prénom NOM »; empty where it isn't known.
    let name: String
    /// Whose deposits the name stands for: another establishment may have somebody of the same name.
    let depositors: [String]

    init(_ db: Database, email given: String) throws {
        let email = try Store.Accounts.spelling(db, of: given) ?? given
        self.email = email
        login = Store.Accounts.login(forEmail: email)
        name =
            try String.fetchOne(
                db.cachedStatement(sql: "SELECT name FROM portal_people WHERE email = ?"), arguments: [email]) ?? ""
        let granted = try Store.Accounts.grantedCodes(db, email)
        let former = try String.fetchAll(
            db.cachedStatement(
                sql: "SELECT detail FROM portal_log WHERE email = ? AND event IN ('granted', 'revoked')"),
            arguments: [email])
        depositors = Set(granted + former.flatMap { $0.split(separator: ",").map { $0.filter { $0 != " " } } }).sorted()
    }

    /// The condition on `deposits` for those that the person made, and its arguments.
    ///
    /// The author of a deposit by the page is the person's name, or the address of who has given none.
    var deposits: (sql: String, arguments: StatementArguments) {
        (
            """
            (author IN (:login, :byAddress) OR (:name <> '' AND author = :byName AND depositor IN (
                SELECT depositors.id FROM depositors JOIN json_each(:codes) ON json_each.value = code)))
            """,
            [
                "login": login, "byAddress": "\(email) via le site", "name": name, "byName": "\(name) via le site",
                "codes": "[" + depositors.map { "\"\($0)\"" }.joined(separator: ",") + "]",
            ]
        )
    }
}

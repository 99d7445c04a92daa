/// Whom the limits of sessions have turned away in the last ten minutes: to be at a limit is nobody's trouble, to be denied is.
///
/// A value; instants are monotonic milliseconds. Bounded by the accounts, of which only those with a right password or key come here.
struct RecentDenials: Sendable {
    private static let span: Int64 = 600_000

    private var accounts: [String: Int64] = [:]
    private var everybody: Int64?

    /// A login was denied because its account has as many sessions as it may.
    mutating func note(_ login: String, at now: Int64) {
        accounts = accounts.filter { now - $0.value < Self.span }
        accounts[login] = now
    }

    /// A connection was refused because there are as many sessions as there may be.
    mutating func noteOfAll(at now: Int64) { everybody = now }

    func accounts(at now: Int64) -> [String] { accounts.filter { now - $0.value < Self.span }.keys.sorted() }

    func ofAll(at now: Int64) -> Bool { everybody.map { now - $0 < Self.span } ?? false }
}

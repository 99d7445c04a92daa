internal import Workplace
internal import AccountStore
internal import Console
internal import DepositorStore
internal import PortalStore
internal import Qualiopi
internal import ServiceConfiguration
internal import Store

/// A person as the commands show it: one who receives mails, or one whose account on the pages waits for its activation.
struct ListedPerson {
    var email: String
    var depositors: [String] = []
    var isMuted = false
    /// The login of the SFTP account.
    var account: String?
    /// `aucun`, `enAttente`, `actif` or `verrouille`.
    var portal = "aucun"
    var name: String?
    var lastLoginAt: Timestamp?
    /// When the registration was sent that waits.
    var registeredAt: Timestamp?
}

/// The people whom the commands know, and the accounts that they name.
struct People {
    let place: Workplace

    init(_ place: Workplace) { self.place = place }

    private var store: Store { place.store }

    /// The account that somebody named by its login, or by its person's mail address.
    func account(_ name: String) throws -> Account {
        guard name.contains("@") else {
            do {
                return try store.accounts.account(login: name)
            } catch StoreError.notFound {
                throw try unknownAccount(name)
            }
        }
        guard let login = try store.accounts.user(email: name).login else {
            throw Failure.failed("\(name) has no account: collecteur account create \(name)")
        }
        return try store.accounts.account(login: login)
    }

    /// What to say of a login that nobody has.
    private func unknownAccount(_ login: String) throws -> Failure {
        let likely = Spelling.closest(to: login, among: try store.accounts.accounts().map(\.login))
        return .failed("the account \(login) doesn't exist" + (likely.map { "; did you mean \($0)?" } ?? ""))
    }

    /// All of them, by address.
    func all() throws -> [ListedPerson] {
        let inPortal = try store.portal.people.all()
        var waiting: [String: PendingRegistration] = [:]
        for registration in try store.portal.registrations.pending(now: place.clock.now()) {
            waiting[registration.email.lowercased()] = registration
        }
        var people = try store.accounts.users().map { user in
            var person = ListedPerson(email: user.email)
            person.depositors = user.depositors
            person.isMuted = user.muted
            person.account = user.login
            if let known = inPortal[user.email] {
                person.portal = known.state.rawValue
                person.name = known.name.isEmpty ? nil : known.name
                person.lastLoginAt = known.lastLoginAt
            } else if let registration = waiting.removeValue(forKey: user.email.lowercased()) {
                person.wait(for: registration)
            }
            return person
        }
        for registration in waiting.values {
            var person = ListedPerson(email: registration.email)
            person.wait(for: registration)
            people.append(person)
        }
        return people.sorted { $0.email < $1.email }
    }

    /// Whether nothing is there but a registration that waits.
    func isOnlyWaiting(_ email: String) throws -> Bool {
        guard try !store.portal.people.isUser(email: email) else { return false }
        return try isWaiting(email)
    }

    /// Whether an account waits for its activation.
    func isWaiting(_ email: String) throws -> Bool {
        try all().contains { $0.email.lowercased() == email.lowercased() && $0.portal == "enAttente" }
    }

    /// - Throws: ``Failure`` where nothing is there but a registration that waits: what is to be done to the account can't be yet.
    func refuseWaiting(_ email: String) throws {
        guard try !isOnlyWaiting(email) else {
            throw Failure.refused(
                "\(email) waits for the activation of an account, and has none yet; to prevent it: collecteur user remove \(email)"
            )
        }
    }

    /// One of them, whatever the case of the address.
    /// - Throws: ``StoreError``; `notFound` if there is no such person.
    func one(_ email: String) throws -> ListedPerson {
        let people = try all()
        let alike = people.filter { $0.email.lowercased() == email.lowercased() }
        guard let found = alike.first(where: { $0.email == email }) ?? alike.first else {
            throw StoreError.notFound("the user \(email)")
        }
        return found
    }
}

extension ListedPerson {
    fileprivate mutating func wait(for registration: PendingRegistration) {
        portal = "enAttente"
        name = registration.person.shownName
        registeredAt = registration.createdAt
    }
}

import AccountStore
import Console
import DepositorStore
import PortalStore
import Qualiopi
import ServiceConfiguration
import Store

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

extension Workplace {
    /// All of them, by address.
    func people() throws -> [ListedPerson] {
        let inPortal = try store.portal.people()
        var waiting: [String: PendingRegistration] = [:]
        for registration in try store.portal.pendingRegistrations(now: clock.now()) {
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
        guard try !store.portal.isUser(email: email) else { return false }
        return try isWaiting(email)
    }

    func isWaiting(_ email: String) throws -> Bool {
        try people().contains { $0.email.lowercased() == email.lowercased() && $0.portal == "enAttente" }
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
    func person(_ email: String) throws -> ListedPerson {
        let people = try people()
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

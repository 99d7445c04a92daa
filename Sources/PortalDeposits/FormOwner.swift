internal import PortalStore
internal import Qualiopi

/// Whose a form is: somebody who was removed and added again under the same address is another person.
struct FormOwner: Hashable, Sendable {
    let email: String
    private let since: Timestamp

    init(_ person: PortalVisitor) {
        email = person.email
        since = person.since
    }
}

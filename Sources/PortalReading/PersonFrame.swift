internal import DepositorStore
package import PortalProtocol
package import PortalStore
package import Qualiopi

// A person, colleagues and what stands around each page.

extension ColleagueRow {
    package init(_ colleague: Colleague) {
        self.init()
        depositor = colleague.depositor
        name = colleague.name
        email = colleague.email
        isInPortal = colleague.isInPortal
        hasSFTP = colleague.hasSFTP
    }
}

extension PortalVisitor {
    /// The code itself where the depositor is not the person's any more.
    func name(ofDepositor code: String) -> String { depositors.first { $0.code == code }?.name ?? code }
}

extension Frame {
    /// What stands around each page of a person's.
    package init(_ person: PortalVisitor, idleMinutes: Int, absoluteHours: Int, now: Timestamp) {
        self.init()
        self.person = person.shown
        email = person.email
        establishments = person.depositors.prefix(PortalBounds.establishments).map { depositor in
            var one = Establishment()
            one.code = depositor.code
            one.name = depositor.name
            one.siret = depositor.siret
            one.isTest = depositor.mode == .test
            one.isSuspended = depositor.state == .suspended
            return one
        }
        moreEstablishments = UInt32(clamping: person.depositors.count - establishments.count)
        idleSeconds = UInt32(
            clamping: Int64(person.seenAt.adding(seconds: Double(idleMinutes) * 60).seconds(since: now)))
        absoluteSeconds = UInt32(
            clamping: Int64(person.begunAt.adding(seconds: Double(absoluteHours) * 3600).seconds(since: now)))
    }
}

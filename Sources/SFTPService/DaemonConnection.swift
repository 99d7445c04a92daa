package import LinuxSystem
package import SessionProtocol

/// The daemon, as the requests of a session see it.
package protocol DaemonConnection: AnyObject {
    /// Asks and waits for the answer, as long as it takes.
    func ask(_ request: Request) throws(DaemonLost) -> (reply: Reply, descriptor: SharedDescriptor?)
    /// Tells without waiting for anything.
    func tell(_ notice: Notice)
    /// The uploads of the whole session, whatever channel they were opened on.
    var uploads: OpenUploads { get }
}

/// The daemon is gone, or broke the protocol: the session must end.
package struct DaemonLost: Error {
    package init() {}
}

/// Which build a program's half of the protocol comes from: daemon and portal must agree, since a message of another build may mean anything.
package enum PortalBuild {
    /// The product's version; a test holds it to the daemon's.
    package static let version = "0.1.0"
}

/// The size of everything that goes over the portal's control socket. Both ends refuse what is larger: the daemon because the portal may
/// have been taken over, the portal because a bound that one end alone keeps is not one.
package enum PortalBounds {
    /// A request, in bytes.
    package static let request = 16_384
    /// An order, in bytes: a page of findings is the largest. Within a socket buffer of the kernel's default maximum.
    package static let order = 262_144

    /// A session's token, a form's key, a link's token, in bytes.
    package static let token = 32
    package static let key = 16
    /// What tells one page of a confirmation from the next.
    package static let shown = 8
    package static let version = 64
    package static let address = 64
    package static let agent = 256
    package static let email = 254
    package static let password = 511
    /// A field of a registration, over what the daemon takes.
    package static let typed = 600
    package static let typedPassword = 512
    /// A depositor's code.
    package static let code = 64
    /// A file's name as it came, and as it is shown, where one byte can become four.
    package static let fileName = 200
    package static let shownFileName = 1024
    /// A name of a person, an establishment, a rule, a field.
    package static let name = 300
    /// A sentence for people; longer ones are cut when they are sent.
    package static let text = 1400
    /// A cell as it was received: 200 characters.
    package static let value = 820
    package static let search = 100
    /// An NDA, a SIREN, a postal code.
    package static let number = 32
    /// The wording of a rule.
    package static let wording = 200
    /// What is said of one finding.
    package static let message = 600

    package static let establishments = 50
    package static let depositRows = 50
    package static let findings = 100
    package static let rules = 64
    package static let lineRuns = 10
    /// Organisations named of each kind of movement.
    package static let movements = 100
    package static let periods = 100
    package static let curve = 400
    package static let organisations = 50
    package static let events = 200
    package static let sessions = 10
    package static let hostKeys = 8
    /// Public keys of one account.
    package static let keys = 50
    package static let logins = 30
    /// A public key as a text: RSA of 16 384 bits, with its comment; a private key that somebody pastes is to be recognised.
    package static let publicKey = 8000
    package static let colleagues = 100
    package static let problems = 16
    package static let proxies = 64
}

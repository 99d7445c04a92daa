/// What the pages say of SFTP that the sessions alone know.
package struct SFTPFacts: Sendable {
    /// A host key's public half.
    package struct HostKey: Sendable {
        let type: String
        let fingerprint: String
        let blob: [UInt8]

        package init(type: String, fingerprint: String, blob: [UInt8]) {
            self.type = type
            self.fingerprint = fingerprint
            self.blob = blob
        }
    }

    let hostKeys: @Sendable () -> [HostKey]
    /// Seconds until an address may log in again; nil if it isn't banned.
    let ban: @Sendable (_ address: String) -> Int?
    /// Where SFTP is listened for.
    let port: UInt16

    /// The functions are called on threads of the portal's.
    package init(
        port: UInt16, hostKeys: @escaping @Sendable () -> [HostKey], ban: @escaping @Sendable (String) -> Int?
    ) {
        self.port = port
        self.hostKeys = hostKeys
        self.ban = ban
    }
}

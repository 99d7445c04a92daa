import CLibSSH
import CLibSSHHooks
import Glibc
import LinuxSystem

/// A connection of libssh with itself, to see what the installed library does rather than what its version says.
///
/// Three things are seen. Its signatures, made and verified, come through ``CLibSSHHooks``: otherwise no session may
/// begin. And a bit of AES-GCM's ciphertext that changes on its way ends the connection: libssh before Debian's
/// 0.10.6-0+deb12u3, Ubuntu's first 0.10.6 among them, took the changed text (CVE-2026-59847). And a login that libssh drops is
/// shown to ``CLibSSHHooks``, which answers it: otherwise a few clients wait for the login grace instead of going on to their password.
///
/// For a process that isn't confined yet: it makes sockets. The key is a throwaway one.
enum SelfTest {
    /// What was found.
    struct Findings {
        /// Why AES-GCM must not be offered; nil if it is sound.
        var gcmFault: String?
        /// Whether a login that libssh drops is answered.
        var answersDropped = false
    }

    /// - Throws: ``SSHError`` if no connection came about, or the signatures went another way.
    static func run() throws -> Findings {
        let before = clibssh_calls()
        let pair = try Pair(cipher: "aes256-gcm@openssh.com")
        try pair.exchangeKeys()
        let after = clibssh_calls()
        guard after.signed_data &- before.signed_data == 1, after.verified_data &- before.verified_data == 1 else {
            throw SSHError(
                "the installed libssh doesn't sign and verify by EVP_DigestSign and EVP_DigestVerify "
                    + "as this program defines them: with it no session can be served")
        }
        var findings = Findings(answersDropped: try pair.seesDroppedLogin())
        // As it should be: what isn't touched arrives.
        try pair.send()
        guard pair.isOpen else {
            findings.gcmFault = "an AES-GCM packet was refused for no reason"
            return findings
        }
        try pair.send(flipping: true)
        if pair.isOpen { findings.gcmFault = "the installed libssh takes AES-GCM packets with a flipped bit" }
        return findings
    }

    /// A client and a server in one thread, and this side between them.
    private final class Pair {
        private let bind: ssh_bind
        private let server: ssh_session
        private let client: ssh_session
        private let event: ssh_event
        /// The ends that are neither the client's nor the server's.
        private let nearClient: SharedDescriptor
        private let nearServer: SharedDescriptor
        private var buffer = [UInt8](repeating: 0, count: 65_536)

        init(cipher: String) throws {
            let (nearClient, clientEnd) = try Self.sockets()
            let (nearServer, serverEnd) = try Self.sockets()
            self.nearClient = nearClient
            self.nearServer = nearServer
            guard let bind = ssh_bind_new(), let server = ssh_new(), let client = ssh_new(), let event = ssh_event_new()
            else { throw SSHError("ssh_new") }
            self.bind = bind
            self.server = server
            self.client = client
            self.event = event
            try Self.prepare(bind)
            guard ssh_bind_accept_fd(bind, server, serverEnd) == SSH_OK else {
                throw SSHError("ssh_bind_accept_fd", bind)
            }
            ssh_set_blocking(server, 0)
            try Self.prepare(client, socket: clientEnd, cipher: cipher)
        }

        deinit {
            ssh_event_free(event)
            ssh_free(client)
            ssh_free(server)
            ssh_bind_free(bind)
        }

        var isOpen: Bool { ssh_get_status(server) & (SSH_CLOSED | SSH_CLOSED_ERROR) == 0 }

        /// Nothing waits for anybody else, so that a few turns do; more of them mean that it will never come about.
        func exchangeKeys() throws {
            var clientState = SSH_AGAIN
            var serverState = SSH_AGAIN
            for _ in 0..<100 where clientState == SSH_AGAIN || serverState == SSH_AGAIN {
                if clientState == SSH_AGAIN { clientState = ssh_connect(client) }
                pass(from: nearClient, to: nearServer)
                if serverState == SSH_AGAIN { serverState = ssh_handle_key_exchange(server) }
                pass(from: nearServer, to: nearClient)
            }
            guard clientState == SSH_OK else { throw SSHError("a key exchange with itself", client) }
            guard serverState == SSH_OK, ssh_event_add_session(event, server) == SSH_OK else {
                throw SSHError("a key exchange with itself", server)
            }
            takeIn()
        }

        /// Whether a login by a kind of key that the server does not accept is shown to the hooks, which have it answered.
        func seesDroppedLogin() throws -> Bool {
            var key: ssh_key?
            guard ssh_pki_generate(SSH_KEYTYPE_ED25519, 0, &key) == SSH_OK, let key else {
                throw SSHError("ssh_pki_generate")
            }
            defer { ssh_key_free(key) }
            ssh_set_message_callback(server, { _, _, _ in 1 }, nil)
            var count = 0
            return withUnsafeMutablePointer(to: &count) { count in
                var watch = clibssh_logins(
                    context: count,
                    dropped: { context, message in
                        context?.assumingMemoryBound(to: Int.self).pointee += 1
                        ssh_message_reply_default(message)
                    })
                return withUnsafePointer(to: &watch) { watch in
                    clibssh_watch_logins(watch)
                    defer { clibssh_watch_logins(nil) }
                    var answer = SSH_AUTH_AGAIN.rawValue
                    for _ in 0..<100 where answer == SSH_AUTH_AGAIN.rawValue {
                        answer = ssh_userauth_publickey(client, nil, key)
                        ssh_blocking_flush(client, 0)
                        pass(from: nearClient, to: nearServer)
                        takeIn()
                        pass(from: nearServer, to: nearClient)
                    }
                    return answer == SSH_AUTH_DENIED.rawValue && count.pointee == 1
                }
            }
        }

        /// One packet from the client, and the server's turn. It has something to say only if the packet is bad.
        func send(flipping: Bool = false) throws {
            guard ssh_send_ignore(client, "nothing to see here") == SSH_OK else {
                throw SSHError("ssh_send_ignore", client)
            }
            ssh_blocking_flush(client, 0)
            // The packet's length, its padding's, its number and the text's length come before the text.
            pass(from: nearClient, to: nearServer, flipping: flipping ? 12 : nil)
            takeIn()
        }

        private func takeIn() {
            for _ in 0..<4 { ssh_event_dopoll(event, 0) }
        }

        /// Moves what one side has sent to the other, changing a bit of the byte at an offset.
        private func pass(from: SharedDescriptor, to: SharedDescriptor, flipping offset: Int? = nil) {
            var count = read(from.raw, &buffer, buffer.count)
            if let offset, offset < count { buffer[offset] ^= 1 }
            // The kernel's buffers hold much more than a key exchange.
            while count > 0 {
                _ = write(to.raw, buffer, count)
                count = read(from.raw, &buffer, buffer.count)
            }
        }

        private static func prepare(_ bind: ssh_bind) throws(SSHError) {
            var isOn = false
            ssh_bind_options_set(bind, SSH_BIND_OPTIONS_PROCESS_CONFIG, &isOn)
            var key: ssh_key?
            guard ssh_pki_generate(SSH_KEYTYPE_ED25519, 0, &key) == SSH_OK, let key,
                ssh_bind_options_set(bind, SSH_BIND_OPTIONS_IMPORT_KEY, UnsafeRawPointer(key)) == SSH_OK,
                ssh_bind_options_set(bind, SSH_BIND_OPTIONS_PUBKEY_ACCEPTED_KEY_TYPES, "rsa-sha2-256") == SSH_OK
            else { throw SSHError("ssh_pki_generate", bind) }
        }

        private static func prepare(_ client: ssh_session, socket: CInt, cipher: String) throws(SSHError) {
            var isOn = false
            ssh_options_set(client, SSH_OPTIONS_PROCESS_CONFIG, &isOn)
            let options: [(ssh_options_e, String)] = [
                // Where somebody's own files would be looked for.
                (SSH_OPTIONS_SSH_DIR, "/dev/null"), (SSH_OPTIONS_KNOWNHOSTS, "/dev/null"),
                (SSH_OPTIONS_GLOBAL_KNOWNHOSTS, "/dev/null"), (SSH_OPTIONS_HOST, "self-test"),
                (SSH_OPTIONS_USER, "self-test"), (SSH_OPTIONS_KEY_EXCHANGE, "curve25519-sha256"),
                (SSH_OPTIONS_CIPHERS_C_S, cipher), (SSH_OPTIONS_CIPHERS_S_C, cipher),
            ]
            for (option, value) in options {
                guard value.withCString({ ssh_options_set(client, option, $0) }) == SSH_OK else {
                    throw SSHError("option \(option.rawValue) (\(value))", client)
                }
            }
            var socket = socket
            guard ssh_options_set(client, SSH_OPTIONS_FD, &socket) == SSH_OK else {
                throw SSHError("SSH_OPTIONS_FD", client)
            }
            ssh_set_blocking(client, 0)
        }

        /// The second end is for libssh, which closes it.
        private static func sockets() throws(SSHError) -> (SharedDescriptor, CInt) {
            var ends: [CInt] = [-1, -1]
            let kind = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_NONBLOCK.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
            guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw SSHError("socketpair") }
            return (SharedDescriptor(Descriptor(adopting: ends[0])), ends[1])
        }
    }
}

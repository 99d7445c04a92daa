import CLibSSH
import CLibSSHHooks
import Glibc
import SessionProtocol

/// The logins that libssh shows to a program, and through ``CLibSSHHooks`` those that it drops: each has its answer at once.
///
/// Everything here is called from within libssh, in the order in which the client asks.
final class Logins {
    private let authentication: Authentication
    private let signatures: SignatureRelay
    /// The algorithms that clients may sign by.
    private let accepted: Set<[UInt8]>
    private let minimumRSABits: Int
    /// The login that has been asked for its password by `keyboard-interactive`; any other request takes that back.
    private var prompted: [UInt8]?
    private let watch: UnsafeMutablePointer<clibssh_logins>

    init(_ authentication: Authentication, _ signatures: SignatureRelay, options: ServerOptions) {
        self.authentication = authentication
        self.signatures = signatures
        accepted = Set(options.algorithms.publicKeys.utf8.split(separator: UInt8(ascii: ",")).map { Array($0) })
        minimumRSABits = options.minimumRSABits
        watch = .allocate(capacity: 1)
        watch.initialize(to: clibssh_logins())
        // Unretained: ``stop()`` and deinit take it back.
        watch.pointee.context = Unmanaged.passUnretained(self).toOpaque()
        watch.pointee.dropped = { context, message in
            guard let context, let message else { return }
            Unmanaged<Logins>.fromOpaque(context).takeUnretainedValue().answerDropped(message)
        }
        clibssh_watch_logins(watch)
    }

    deinit {
        stop()
        watch.deinitialize(count: 1)
        watch.deallocate()
    }

    /// Once the client has logged in there are no others.
    func stop() { clibssh_watch_logins(nil) }

    // MARK: What libssh shows

    func password(login: [UInt8], password: [UInt8]) -> Bool {
        begin()
        guard !clibssh_login().pointee.flag else {
            authentication.refuse(login: login, algorithm: [], .passwordChange)
            return false
        }
        return authentication.password(login: login, password: password)
    }

    func key(login: [UInt8], key: ssh_key, state: CChar) -> Bool {
        begin()
        let signed: Bool
        switch ssh_publickey_state_e(Int32(state)) {
        case SSH_PUBLICKEY_STATE_NONE: signed = false
        case SSH_PUBLICKEY_STATE_VALID: signed = true
        default: return false
        }
        var blob: UnsafeMutablePointer<CChar>?
        guard ssh_pki_export_pubkey_base64(key, &blob) == SSH_OK, let blob else { return false }
        defer { ssh_string_free_char(blob) }
        // A question about an RSA key doesn't say with which hash it would sign.
        let type = ssh_key_type_to_char(ssh_key_type(key)).map { CString.bytes($0) } ?? []
        let algorithm = signed ? signatures.verifiedAlgorithm : type
        return authentication.key(
            login: login, algorithm: algorithm, blob: Base64.decode(CString.bytes(blob)), signed: signed)
    }

    /// Kerberos, which there isn't: libssh answers.
    func kerberos() {
        begin()
        authentication.question()
    }

    /// A message that no callback is for: what is left of the logins, and what is none.
    ///
    /// - Returns: Whether it has been answered; otherwise libssh answers with its refusal.
    func take(_ message: ssh_message, of session: ssh_session) -> Bool {
        guard ssh_message_type(message) == CInt(SSH_REQUEST_AUTH.rawValue) else { return false }
        guard ssh_message_auth_kbdint_is_response(message) == 0 else { return takeAnswer(message, of: session) }
        begin()
        let isPrompt = ssh_message_subtype(message) == CInt(bitPattern: SSH_AUTH_METHOD_INTERACTIVE)
        authentication.question()
        guard isPrompt, !authentication.isExhausted, let login = ssh_message_auth_user(message) else { return false }
        prompted = CString.bytes(login)
        // Robots look for this very word before they answer with their password.
        return "Password: ".withCString { prompt in
            var prompts: [UnsafePointer<CChar>?] = [prompt]
            var echo: [CChar] = [0]
            return ssh_message_auth_interactive_request(message, "", "", 1, &prompts, &echo) == SSH_OK
        }
    }

    /// RFC 4256 section 3.4: the answer to the prompt.
    private func takeAnswer(_ message: ssh_message, of session: ssh_session) -> Bool {
        let login = prompted
        begin()
        guard let login else { return false }
        guard ssh_userauth_kbdint_getnanswers(session) == 1, let answer = ssh_userauth_kbdint_getanswer(session, 0)
        else {
            authentication.refuse(login: login, algorithm: [], .malformed)
            return false
        }
        guard authentication.password(login: login, password: CString.bytes(answer)) else { return false }
        return ssh_message_auth_reply_success(message, 0) == SSH_OK
    }

    private func begin() {
        clibssh_login_shown()
        prompted = nil
    }

    // MARK: What libssh drops

    private func answerDropped(_ message: ssh_message) {
        prompted = nil
        let login = ssh_message_auth_user(message).map { CString.bytes($0) } ?? []
        let read = clibssh_login().pointee
        if read.is_key {
            if read.flag, signatures.takeRefusal() {
                authentication.noteBadSignature()
            } else {
                authentication.refuse(login: login, algorithm: Self.algorithm(read), reason(read))
            }
        } else {
            authentication.refuse(login: login, algorithm: [], .malformed)
        }
        ssh_message_reply_default(message)
    }

    private func reason(_ read: clibssh_login) -> LoginRefusal {
        guard accepted.contains(Self.algorithm(read)) else { return .keyAlgorithm }
        // What is around the modulus in an RSA key takes 22 bytes with the usual exponent.
        let isRSA = Self.algorithm(read).starts(with: "rsa-".utf8)
        return isRSA && read.key_count > 0 && Int(read.key_count) - 22 < minimumRSABits / 8 ? .keyLength : .keyMalformed
    }

    private static func algorithm(_ read: clibssh_login) -> [UInt8] {
        withUnsafeBytes(of: read.algorithm) { Array($0.prefix(Int(read.algorithm_count))) }
    }
}

/// The bytes of C's texts.
enum CString {
    static func bytes(_ text: UnsafePointer<CChar>) -> [UInt8] {
        [UInt8](UnsafeRawBufferPointer(start: text, count: strlen(text)))
    }
}

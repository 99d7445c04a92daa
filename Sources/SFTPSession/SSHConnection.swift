import CLibSSH
import CLibSSHHooks
import Glibc
import LinuxSystem
import SessionProtocol

/// One SSH connection: the libssh session, its callbacks and its channels. One thread, never `Sendable`.
///
/// libssh keeps the addresses of its callbacks and counters, so that they live in allocations of their own until the session is freed. The
/// callbacks touch nothing but ``Logins`` and the list of new channels, and never while this side holds either.
final class SSHConnection {
    /// rclone opens exec probes beside its sftp channel, FileZilla several channels. Those that are being closed don't count:
    /// a client that has seen the end of one may open another at once.
    static let maximumChannels = 8

    let session: ssh_session
    let event: ssh_event
    let authentication: Authentication
    private let daemon: DaemonLink
    private let logins: Logins
    private let callbacks: UnsafeMutablePointer<ssh_server_callbacks_struct>
    private let counters: UnsafeMutablePointer<ssh_counter_struct>
    private(set) var channels: [SFTPChannel] = []
    private var hasToldAlgorithms = false
    /// What libssh says of SHA-1 where that is offered.
    private let legacy: LegacyWatch?

    /// Makes the connection ready on the client's socket; no byte of the client has been read yet.
    init(client: consuming Descriptor, options: ServerOptions, welcome: Welcome, daemon: DaemonLink) throws(SSHError) {
        self.daemon = daemon
        authentication = Authentication(daemon: daemon, welcome: welcome)
        let signatures = SignatureRelay(daemon: daemon, authentication: authentication)
        logins = Logins(authentication, signatures, options: options)
        legacy = LegacyWatch(options.algorithms)
        guard let session = ssh_new() else { throw SSHError("ssh_new") }
        // The number is libssh's from here on, whatever it answers.
        let socket = client.release()
        guard ssh_bind_accept_fd(options.handle, session, socket) == SSH_OK else {
            let error = SSHError("ssh_bind_accept_fd", options.handle)
            ssh_free(session)
            throw error
        }
        guard let event = ssh_event_new() else {
            ssh_free(session)
            throw SSHError("ssh_event_new")
        }
        self.session = session
        self.event = event
        callbacks = .allocate(capacity: 1)
        callbacks.initialize(to: ssh_server_callbacks_struct())
        counters = .allocate(capacity: 1)
        counters.initialize(to: ssh_counter_struct())
        ssh_set_counters(session, counters, nil)
        // There is no bind option for it, and libssh offers zlib by default.
        _ = ssh_options_set(session, SSH_OPTIONS_COMPRESSION_C_S, "none")
        _ = ssh_options_set(session, SSH_OPTIONS_COMPRESSION_S_C, "none")
        _ = withUnsafePointer(to: welcome.rekeyBytes) { ssh_options_set(session, SSH_OPTIONS_REKEY_DATA, $0) }
        setCallbacks()
        ssh_set_auth_methods(
            session, CInt(SSH_AUTH_METHOD_PASSWORD | SSH_AUTH_METHOD_INTERACTIVE | SSH_AUTH_METHOD_PUBLICKEY))
        ssh_set_blocking(session, 0)
        clibssh_read_ahead(socket)
    }

    deinit {
        for channel in channels { channel.detach() }
        ssh_event_remove_session(event, session)
        ssh_event_free(event)
        ssh_disconnect(session)
        ssh_free(session)
        clibssh_read_ahead(-1)
        callbacks.deinitialize(count: 1)
        callbacks.deallocate()
        counters.deallocate()
        legacy?.stop()
    }

    /// Starts the key exchange. Once and without blocking: the blocking form of libssh 0.10 hangs on clients that pipeline their login.
    func start() -> Bool {
        guard ssh_handle_key_exchange(session) != SSH_ERROR else { return false }
        return ssh_event_add_session(event, session) == SSH_OK
    }

    /// Whether the connection is still there.
    var isOpen: Bool { ssh_get_status(session) & (SSH_CLOSED | SSH_CLOSED_ERROR) == 0 }
    /// What has come over the socket, in bytes.
    var receivedBytes: UInt64 { counters.pointee.in_bytes }
    /// What the socket has taken, in bytes.
    var sentBytes: UInt64 { counters.pointee.out_bytes }
    /// Whether libssh holds bytes that the client's socket has not taken yet.
    var writesPending: Bool { ssh_get_status(session) & SSH_WRITE_PENDING != 0 }
    var errorText: [UInt8] { ssh_get_error(UnsafeMutableRawPointer(session)).map { CString.bytes($0) } ?? [] }

    /// Lets go of the channels that are over.
    func removeFinishedChannels() {
        for channel in channels where channel.isFinished {
            channel.detach()
            ssh_channel_free(channel.handle)
        }
        channels.removeAll(where: \.isFinished)
    }

    private func setCallbacks() {
        callbacks.pointee.size = MemoryLayout<ssh_server_callbacks_struct>.size
        // Unretained: the session is freed in this object's deinit.
        callbacks.pointee.userdata = Unmanaged.passUnretained(self).toOpaque()
        callbacks.pointee.auth_password_function = { _, login, password, userdata in
            guard let connection = SSHConnection.from(userdata), let login, let password,
                connection.logins.password(login: CString.bytes(login), password: CString.bytes(password))
            else { return CInt(SSH_AUTH_DENIED.rawValue) }
            return CInt(SSH_AUTH_SUCCESS.rawValue)
        }
        callbacks.pointee.auth_pubkey_function = { _, login, key, state, userdata in
            guard let connection = SSHConnection.from(userdata), let login, let key,
                connection.logins.key(login: CString.bytes(login), key: key, state: state)
            else { return CInt(SSH_AUTH_DENIED.rawValue) }
            return CInt(SSH_AUTH_SUCCESS.rawValue)
        }
        callbacks.pointee.service_request_function = { _, name, userdata in
            guard let connection = SSHConnection.from(userdata), let name, strcmp(name, "ssh-userauth") == 0 else {
                return -1
            }
            connection.tellAlgorithms()
            return 0
        }
        callbacks.pointee.channel_open_request_session_function = { _, userdata in
            SSHConnection.from(userdata)?.openChannel()
        }
        // Without it libssh would look for Kerberos credentials on behalf of anybody.
        callbacks.pointee.gssapi_select_oid_function = { _, _, _, _, userdata in
            SSHConnection.from(userdata)?.logins.kerberos()
            return nil
        }
        ssh_set_server_callbacks(session, callbacks)
        // What no callback is for: `keyboard-interactive` has none before 0.12.
        ssh_set_message_callback(
            session,
            { session, message, userdata in
                guard let connection = SSHConnection.from(userdata), let session, let message,
                    connection.logins.take(message, of: session)
                else { return 1 }
                return 0
            }, callbacks.pointee.userdata)
    }

    private static func from(_ userdata: UnsafeMutableRawPointer?) -> SSHConnection? {
        userdata.map { Unmanaged<SSHConnection>.fromOpaque($0).takeUnretainedValue() }
    }

    private func openChannel() -> ssh_channel? {
        legacy?.stop()
        guard authentication.isAuthenticated, channels.count < 2 * Self.maximumChannels,
            channels.count(where: { !$0.hasSentEnd }) < Self.maximumChannels,
            let channel = SFTPChannel(session: session, daemon: daemon)
        else { return nil }
        logins.stop()
        channels.append(channel)
        return channel.handle
    }

    private func tellAlgorithms() {
        guard !hasToldAlgorithms else { return }
        hasToldAlgorithms = true
        func text(_ name: UnsafePointer<CChar>?) -> [UInt8] { name.map { Array(CString.bytes($0).prefix(255)) } ?? [] }
        daemon.tell(
            .established(
                clientBanner: text(ssh_get_clientbanner(session)),
                keyExchange: legacy?.keyExchange ?? Array(text(ssh_get_kex_algo(session)).prefix(Bounds.algorithm)),
                cipher: Array(text(ssh_get_cipher_in(session)).prefix(Bounds.algorithm)),
                mac: Array(text(ssh_get_hmac_in(session)).prefix(Bounds.algorithm)), hostKey: legacy?.hostKey ?? []))
    }
}

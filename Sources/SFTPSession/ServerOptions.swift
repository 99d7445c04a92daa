import CLibSSH
import SessionProtocol

/// libssh's server options. The host keys are what libssh needs to offer them: their private halves are worthless.
final class ServerOptions {
    let handle: ssh_bind
    let algorithms: Algorithms
    let minimumRSABits: Int

    /// - Throws: ``SSHError`` if a key can't be used or no algorithm of a list is known.
    init(_ setup: SessionSetup, offersGCM: Bool) throws(SSHError) {
        guard let handle = ssh_bind_new() else { throw SSHError("ssh_bind_new") }
        self.handle = handle
        minimumRSABits = setup.minimumRSABits
        var offered = setup.algorithms
        if !offersGCM {
            offered.ciphers = offered.ciphers.split(separator: ",").filter { !$0.hasSuffix("-gcm@openssh.com") }
                .joined(separator: ",")
        }
        algorithms = offered
        // First: otherwise /etc/ssh/libssh_server_config is read at the first accept and overrides what follows.
        try set(SSH_BIND_OPTIONS_PROCESS_CONFIG, false)
        try set(SSH_BIND_OPTIONS_RSA_MIN_SIZE, CInt(clamping: setup.minimumRSABits))
        try set(SSH_BIND_OPTIONS_BANNER, setup.banner)
        for key in setup.hostKeys { try use(key) }
        try set(SSH_BIND_OPTIONS_KEY_EXCHANGE, algorithms.kex)
        try set(SSH_BIND_OPTIONS_CIPHERS_C_S, algorithms.ciphers)
        try set(SSH_BIND_OPTIONS_CIPHERS_S_C, algorithms.ciphers)
        try set(SSH_BIND_OPTIONS_HMAC_C_S, algorithms.macs)
        try set(SSH_BIND_OPTIONS_HMAC_S_C, algorithms.macs)
        try set(SSH_BIND_OPTIONS_HOSTKEY_ALGORITHMS, algorithms.hostKeys)
        try set(SSH_BIND_OPTIONS_PUBKEY_ACCEPTED_KEY_TYPES, algorithms.publicKeys)
    }

    deinit { ssh_bind_free(handle) }

    /// Imports a private key; the options own it from then on.
    private func use(_ privateKey: [UInt8]) throws(SSHError) {
        var key: ssh_key?
        let result = (privateKey + [0]).withUnsafeBufferPointer { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                ssh_pki_import_privkey_base64($0.baseAddress, nil, nil, nil, &key)
            }
        }
        guard result == SSH_OK, let key else { throw SSHError("ssh_pki_import_privkey_base64") }
        guard ssh_bind_options_set(handle, SSH_BIND_OPTIONS_IMPORT_KEY, UnsafeRawPointer(key)) == SSH_OK else {
            ssh_key_free(key)
            throw SSHError("SSH_BIND_OPTIONS_IMPORT_KEY", handle)
        }
    }

    private func set(_ option: ssh_bind_options_e, _ value: String) throws(SSHError) {
        guard value.withCString({ ssh_bind_options_set(handle, option, $0) }) == SSH_OK else {
            throw SSHError("option \(option.rawValue) (\(value))", handle)
        }
    }

    private func set<Value: BitwiseCopyable>(_ option: ssh_bind_options_e, _ value: Value) throws(SSHError) {
        guard withUnsafePointer(to: value, { ssh_bind_options_set(handle, option, $0) }) == SSH_OK else {
            throw SSHError("option \(option.rawValue)", handle)
        }
    }
}

internal import Glibc
internal import LinuxSystem
package import SessionProtocol
internal import SystemPackage

/// A host key that can't be read, trusted or made. `description` says what to do.
package struct HostKeyError: Error, CustomStringConvertible {
    let path: String
    let reason: String
    package var description: String { "host key \(path): \(reason)" }
}

/// The server's private keys. They sign here and nowhere else: session processes get stand-ins.
///
/// By default one Ed25519, one ECDSA P-256 and one RSA-3072 key, made once in `<state>/host_keys`. A key that exists is
/// never replaced: clients remember it. Keys that others may read are refused, as sshd does.
/// Crash safety: each file is written whole or not at all; a key that is missing at the next start is made then.
package struct HostKeys: Sendable {
    package struct Key: Sendable {
        package let path: String
        /// The key's type, such as `ssh-ed25519`.
        package let type: String
        /// `SHA256:…`, as `ssh-keygen -l` prints it.
        package let fingerprint: String
        /// The public half in SSH's wire encoding, RFC 4253 section 6.6.
        package let blob: [UInt8]
        /// Signs.
        package let signer: SignatureKey
        /// An OpenSSH private key file with the true public half alone, for the session processes.
        package let standIn: [UInt8]
        /// Whether this start made it.
        package var isNew = false
    }

    package let keys: [Key]

    /// What signs with that kind of key by that digest, which for ECDSA says the curve.
    package func signer(_ kind: SignatureKind, _ digest: SignatureDigest) -> SignatureKey? {
        keys.first { $0.signer.kind == kind && $0.signer.digests.contains(digest) }?.signer
    }

    /// Reads the keys that the settings name; two of one type are refused, because only one could be offered.
    package static func load(paths: [String]) throws(HostKeyError) -> HostKeys {
        var keys: [Key] = []
        for path in paths {
            let key = try read(path)
            if let other = keys.first(where: { $0.type == key.type }) {
                throw HostKeyError(
                    path: path, reason: "it is of type \(key.type), as \(other.path) is: give one of each")
            }
            keys.append(key)
        }
        return HostKeys(keys: keys)
    }

    private static func isAbsent(_ path: String) -> Bool {
        do throws(Errno) {
            _ = try fileStatus(at: path, followingLinks: false)
            return false
        } catch {
            return error == .noSuchFileOrDirectory
        }
    }

    /// Reads the keys of a folder, making those that are missing.
    package static func loadOrMake(folder: String) throws(HostKeyError) -> HostKeys {
        var keys: [Key] = []
        for kind in HostKeyKind.allCases {
            let path = folder + "/" + kind.fileName
            // The link itself: one that dangles is no reason to make another key.
            let isNew = isAbsent(path)
            if isNew { try make(kind, in: folder) }
            var key = try read(path)
            key.isNew = isNew
            keys.append(key)
        }
        return HostKeys(keys: keys)
    }

    private static func make(_ kind: HostKeyKind, in folder: String) throws(HostKeyError) {
        let path = folder + "/" + kind.fileName
        do {
            let pair = try GeneratedHostKey.make(kind, comment: "collecteur")
            let target = try Folder(path: folder)
            // The public half first: the private one is what says that the key exists.
            try FileIO.writeAtomically(target, Array((kind.fileName + ".pub").utf8), pair.publicFile)
            try FileIO.writeAtomically(target, Array(kind.fileName.utf8), pair.privateFile)
        } catch {
            throw HostKeyError(path: path, reason: "it can't be made: \(error)")
        }
    }

    private static func read(_ path: String) throws(HostKeyError) -> Key {
        let raw = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard raw >= 0 else { throw HostKeyError(path: path, reason: "it can't be opened: \(Errno(rawValue: errno))") }
        defer { close(raw) }
        guard let status = try? fileStatus(of: raw), status.isRegular else {
            throw HostKeyError(path: path, reason: "it is not a regular file")
        }
        guard status.owner == geteuid() || status.owner == 0 else {
            throw HostKeyError(path: path, reason: "it belongs to another user (\(status.owner))")
        }
        guard status.permissions & 0o077 == 0 else {
            throw HostKeyError(path: path, reason: "others may read it: `chmod 600` it, and replace it if they did")
        }
        do {
            let file = try FileIO.readAll(raw, limit: 65_536)
            let (blob, secret) = try OpenSSHKeyFile.read(file)
            var reader = SSHWireReader(blob)
            guard let type = reader.string(), let standIn = OpenSSHKeyFile.standIn(for: blob),
                let signer = SignatureKey(publicBlob: blob, secret: secret)
            else { throw OpenSSHKeyFileError.damaged }
            return Key(
                path: path, type: String(decoding: type, as: UTF8.self),
                fingerprint: AuthorizedKey.fingerprint(blob: blob), blob: blob, signer: signer, standIn: standIn)
        } catch {
            throw HostKeyError(path: path, reason: "\(error)")
        }
    }
}

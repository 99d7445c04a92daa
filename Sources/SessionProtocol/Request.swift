package import SFTPCodec

/// What a session asks of the daemon; each request is answered by one ``Reply``, in order.
///
/// Paths are the client's own bytes: the daemon resolves them.
package enum Request: Equatable, Sendable {
    case authenticatePassword(login: [UInt8], password: [UInt8])
    /// - blob: the public key as RFC 4253 section 6.6 has it. signed: false for a probe (RFC 4252 section 7), true
    ///   once the signature has been verified.
    case authenticateKey(login: [UInt8], algorithm: [UInt8], blob: [UInt8], signed: Bool)
    /// - statedSize: the size in the OPEN's attributes, if it had one.
    case open(path: [UInt8], flags: OpenFlags, statedSize: UInt64?)
    case openFolder(path: [UInt8])
    case readFolder(handle: UInt32)
    /// STAT and LSTAT: there are no symbolic links.
    case status(path: [UInt8])
    /// - modified: seconds since 1970.
    case setAttributes(path: [UInt8], size: UInt64?, modified: UInt32?)
    /// Of an upload. modified: seconds since 1970.
    case setHandleTime(handle: UInt32, modified: UInt32)
    /// `fsync@openssh.com` of an upload.
    case synchronise(handle: UInt32)
    /// - upload: nil gives an upload up; it stays as a partial.
    case close(handle: UInt32, upload: UploadAccount?)
    case rename(from: [UInt8], to: [UInt8], overwrite: Bool)
    case remove(path: [UInt8])
    case fileSystem(path: [UInt8])
    /// Never granted: asked so that the daemon words and logs the refusal.
    case refuseFolderChange(path: [UInt8], kind: FolderChangeKind)
}

package enum FolderChangeKind: UInt8, CaseIterable, Sendable {
    case mkdir = 1
    case rmdir
    case symlink
    case link
    case readlink
}

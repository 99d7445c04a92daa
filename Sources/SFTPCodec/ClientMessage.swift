/// One packet from a client.
///
/// Source: draft-ietf-secsh-filexfer-02 §3 and §6. A handle is nil if it can't be one of this server's.
package enum ClientMessage: Equatable, Sendable {
    case initialise(version: UInt32)
    case request(id: UInt32, ClientRequest)
}

package enum ClientRequest: Equatable, Sendable {
    case open(path: [UInt8], flags: OpenFlags, attributes: FileAttributes)
    case close(handle: UInt32?)
    case read(handle: UInt32?, offset: UInt64, length: UInt32)
    /// The data stays where it is: a range of the packet's bytes.
    case write(handle: UInt32?, offset: UInt64, data: Range<Int>)
    case linkStatus(path: [UInt8])
    case handleStatus(handle: UInt32?)
    case setStatus(path: [UInt8], attributes: FileAttributes)
    case setHandleStatus(handle: UInt32?, attributes: FileAttributes)
    case openFolder(path: [UInt8])
    case readFolder(handle: UInt32?)
    case remove(path: [UInt8])
    case makeFolder(path: [UInt8])
    case removeFolder(path: [UInt8])
    case realPath(path: [UInt8])
    case status(path: [UInt8])
    case rename(from: [UInt8], to: [UInt8])
    case readLink(path: [UInt8])
    case symbolicLink(path: [UInt8], target: [UInt8])
    case posixRename(from: [UInt8], to: [UInt8])
    case fileSystem(path: [UInt8])
    case synchronise(handle: UInt32?)
    case limits
    /// A type, or an extension's name, that is none of these.
    case unknown
    /// The fields are not what the type says.
    case malformed
}

/// The types of the packets that clients send.
enum ClientPacketType: UInt8 {
    case initialise = 1
    case open = 3
    case close = 4
    case read = 5
    case write = 6
    case linkStatus = 7
    case handleStatus = 8
    case setStatus = 9
    case setHandleStatus = 10
    case openFolder = 11
    case readFolder = 12
    case remove = 13
    case makeFolder = 14
    case removeFolder = 15
    case realPath = 16
    case status = 17
    case rename = 18
    case readLink = 19
    case symbolicLink = 20
    case extended = 200
}

/// The extensions this server has (OpenSSH's PROTOCOL, section 4), with the version of each.
package enum Extension: String, CaseIterable, Sendable {
    case posixRename = "posix-rename@openssh.com"
    case statvfs = "statvfs@openssh.com"
    case fsync = "fsync@openssh.com"
    case limits = "limits@openssh.com"

    package var version: String { self == .statvfs ? "2" : "1" }
}

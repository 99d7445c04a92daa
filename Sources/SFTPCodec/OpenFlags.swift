/// How SSH_FXP_OPEN wants its file.
///
/// Source: draft-ietf-secsh-filexfer-02 §6.3 (pflags).
package struct OpenFlags: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package static let read = OpenFlags(rawValue: 0x01)
    package static let write = OpenFlags(rawValue: 0x02)
    package static let append = OpenFlags(rawValue: 0x04)
    package static let create = OpenFlags(rawValue: 0x08)
    package static let truncate = OpenFlags(rawValue: 0x10)
    package static let exclusive = OpenFlags(rawValue: 0x20)
}

extension OpenFlags {
    /// The flags that version 3 has; others that a client sets mean nothing.
    package static let all: OpenFlags = [.read, .write, .append, .create, .truncate, .exclusive]
}

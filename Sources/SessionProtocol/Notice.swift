/// What a session, or the template that sessions are copied from, tells the daemon without an answer.
package enum Notice: Equatable, Sendable {
    /// The key exchange is done: what was agreed, as names.
    case established(
        clientBanner: [UInt8], keyExchange: [UInt8], cipher: [UInt8], mac: [UInt8], hostKey: [UInt8])
    /// Bytes came from the client, so many milliseconds ago; at most once every two seconds.
    case alive(ago: UInt32)
    /// Sent before a write beyond the contiguous end, with that end, and with nil once the gap is filled.
    case progress(handle: UInt32, contiguous: UInt64?)
    /// The last message of a session. received, sent: bytes of file content.
    case ended(reason: EndReason, detail: [UInt8], received: UInt64, sent: UInt64)
    /// A template's first word: it can be copied. gcmFault: why sessions don't offer AES-GCM, empty if they do.
    case ready(gcmFault: [UInt8])
    /// The first word of a copy, on its template's socket: its process number. The answer to ``Order/copy``.
    case copied(pid: UInt32)
}

/// Why a session ended, as it sees it.
package enum EndReason: UInt8, CaseIterable, Sendable {
    /// The client closed its channels or said goodbye.
    case clientLeft = 1
    /// The connection broke.
    case connectionLost
    case idle
    /// No login within the grace time.
    case loginGrace
    case tooManyTries
    /// The client broke the SSH or SFTP protocol.
    case protocolError
    /// No algorithm in common.
    case noCommonAlgorithm
    /// The daemon ordered it.
    case ordered
    /// Something failed in the session itself.
    case failure
}

/// One message from a session to the daemon.
package enum SessionMessage: Equatable, Sendable {
    /// - id: repeated in the reply.
    case request(id: UInt32, Request)
    case notice(Notice)
}

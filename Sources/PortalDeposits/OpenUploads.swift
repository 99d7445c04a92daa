internal import LinuxSystem
internal import DropBox
internal import Synchronization

/// Uploads that are under way: the portal has their descriptors.
///
/// Any thread may call it; it never waits. Whoever takes one publishes or discards it.
final class OpenUploads: Sendable {
    struct Open: Sendable {
        let upload: WebUpload
        let key: [UInt8]
        let owner: FormOwner
        let tokenHash: [UInt8]
        var sent: SentFile
        let author: String
        /// Its form was sent before: the key is another upload's, or nobody's.
        var isRepeat: Bool
    }

    private struct State {
        var open: [UInt32: Open] = [:]
        var lastHandle: UInt32 = 0
    }

    private static let mostOfOne = 2
    private static let mostInAll = 20

    private let state = Mutex(State())

    var count: Int { state.withLock { $0.open.count } }

    func hasRoom(for owner: FormOwner) -> Bool {
        state.withLock { state in
            state.open.count < OpenUploads.mostInAll
                && state.open.values.count { $0.owner == owner } < OpenUploads.mostOfOne
        }
    }

    /// - Returns: its handle, for the portal.
    func add(_ open: Open) -> UInt32 {
        state.withLock { state in
            repeat { state.lastHandle &+= 1 } while state.lastHandle == 0 || state.open[state.lastHandle] != nil
            state.open[state.lastHandle] = open
            return state.lastHandle
        }
    }

    /// Nil for what isn't open, or was begun by another session.
    func take(_ handle: UInt32, of token: [UInt8]) -> Open? {
        let hash = SHA256.hash(token)
        return state.withLock { state in
            guard let open = state.open[handle], open.tokenHash == hash else { return nil }
            state.open[handle] = nil
            return open
        }
    }

    func takeAll() -> [Open] {
        state.withLock { state in
            defer { state.open = [:] }
            return Array(state.open.values)
        }
    }
}

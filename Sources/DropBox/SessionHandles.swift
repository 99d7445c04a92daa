internal import DropFolders
internal import SessionProtocol
internal import Synchronization

/// What a session has open. Its numbers are the session's own.
final class SessionHandles: Sendable {
    enum Open {
        case upload(Upload)
        case reading
        /// A folder's entries when it was opened, and how many were given.
        case listing(FolderSnapshot, given: Int)
    }

    static let most = 64
    /// Open listings: clients read one after another.
    static let mostListings = 4

    private let state = Mutex<(open: [UInt32: Open], last: UInt32)>(([:], 0))

    subscript(handle: UInt32) -> Open? { state.withLock { $0.open[handle] } }

    /// - Throws: If there are too many.
    func checkRoom() throws(Refusal) {
        guard state.withLock({ $0.open.count }) < Self.most else {
            throw Refusal(RefusalTexts.tooManyHandles)
        }
    }

    /// - Throws: If there are too many, or too many listings.
    func checkRoomForListing() throws(Refusal) {
        try checkRoom()
        guard listings < Self.mostListings else { throw Refusal(RefusalTexts.tooManyListings) }
    }

    var listings: Int {
        state.withLock { state in
            state.open.values.count {
                if case .listing = $0 { true } else { false }
            }
        }
    }

    func add(_ open: Open) -> UInt32 {
        state.withLock { state in
            repeat { state.last &+= 1 } while state.open[state.last] != nil
            state.open[state.last] = open
            return state.last
        }
    }

    func replace(_ handle: UInt32, with open: Open) { state.withLock { $0.open[handle] = open } }

    func remove(_ handle: UInt32) -> Open? { state.withLock { $0.open.removeValue(forKey: handle) } }

    /// The upload behind a handle.
    func upload(_ handle: UInt32) throws(Refusal) -> Upload {
        guard case .upload(let upload) = self[handle] else { throw .unknownHandle }
        return upload
    }

    func handle(of upload: Upload) -> UInt32? {
        state.withLock { state in
            state.open.first {
                if case .upload(let open) = $0.value { open === upload } else { false }
            }?.key
        }
    }

    var uploads: Int {
        state.withLock { state in
            state.open.values.count {
                if case .upload = $0 { true } else { false }
            }
        }
    }

    /// Forgets them all, and gives the uploads among them.
    func end() -> [Upload] {
        let open = state.withLock { state in
            defer { state.open = [:] }
            return state.open.values
        }
        return open.compactMap {
            if case .upload(let upload) = $0 { upload } else { nil }
        }
    }
}

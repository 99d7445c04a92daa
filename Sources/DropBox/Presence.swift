internal import Synchronization

/// Which accounts have a session, by login. Any thread may ask.
final class Presence: Sendable {
    private let sessions = Mutex<[String: Int]>([:])

    func isThere(_ login: String) -> Bool { sessions.withLock { $0[login] != nil } }

    func begin(_ login: String) { sessions.withLock { $0[login, default: 0] += 1 } }

    func end(_ login: String) {
        sessions.withLock { sessions in
            let left = (sessions[login] ?? 0) - 1
            sessions[login] = left > 0 ? left : nil
        }
    }
}

internal import LinuxSystem
internal import Synchronization

/// Makes what is downloaded and lies nowhere: a report, a file with its messages. A large one takes seconds, so that
/// one is made at a time, on a thread that nothing else waits for; what waits is bounded, and each person has few places of it, so that
/// whoever asks for much waits for himself.
///
/// Any thread may call it; it doesn't wait.
final class DocumentQueue: Sendable {
    /// Of one person, that which is being made included: both reports and the file at once.
    static let mostOfOne = 3
    /// Of all: as much as can be made while a browser is still waiting.
    static let mostInAll = 12

    private let pool = WorkerPool(name: "portal-made", threads: 1)
    private let places = Mutex<[String: Int]>([:])

    /// - person: email.
    /// - Returns: false where there is no place, and nothing is made then.
    func submit(of person: String, _ make: @escaping @Sendable () -> Void) -> Bool {
        guard enter(person) else { return false }
        let isIn = pool.submit { [self] in
            make()
            leave(person)
        }
        if !isIn { leave(person) }
        return isIn
    }

    private func enter(_ person: String) -> Bool {
        places.withLock { places in
            let own = places[person, default: 0]
            guard own < DocumentQueue.mostOfOne, places.values.reduce(0, +) < DocumentQueue.mostInAll else {
                return false
            }
            places[person] = own + 1
            return true
        }
    }

    private func leave(_ person: String) {
        let isIdle = places.withLock { places in
            let left = places[person, default: 1] - 1
            places[person] = left > 0 ? left : nil
            return places.isEmpty
        }
        // What a large one needed isn't kept for the next.
        if isIdle { Memory.trim() }
    }

    /// Takes no more, and waits for what was taken.
    func stop() { pool.stop() }
}

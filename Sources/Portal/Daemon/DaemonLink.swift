package import LinuxSystem
package import NIOCore
package import PortalProtocol
import Synchronization
import SystemPackage

/// The control socket to the daemon: many questions under way at once, each with its answer.
///
/// One thread receives. When the socket closes, or what comes makes no sense, every question is answered « unavailable », and `onEnd` is called
/// once: the daemon is gone and the portal must end.
package final class DaemonLink: PortalBackend {
    /// What the daemon says unasked.
    package struct Events: Sendable {
        package var onWelcome: @Sendable (PortalWelcome, SharedDescriptor?) -> Void
        package var onDrain: @Sendable () -> Void
        package var onEnd: @Sendable (_ reason: String) -> Void

        package init(
            onWelcome: @escaping @Sendable (PortalWelcome, SharedDescriptor?) -> Void,
            onDrain: @escaping @Sendable () -> Void, onEnd: @escaping @Sendable (String) -> Void
        ) {
            self.onWelcome = onWelcome
            self.onDrain = onDrain
            self.onEnd = onEnd
        }
    }

    private struct State {
        var lastID: UInt32 = 0
        var waiting: [UInt32: CheckedContinuation<Reply, Never>] = [:]
        var hasEnded = false
    }

    /// More would be a fault, or an attack that the connections' limit didn't stop.
    private static let mostWaiting = 4096

    private let socket: PacketSocket
    private let timers: any EventLoop
    private let patience: TimeAmount
    private let state = Mutex(State())
    /// What the daemon must hear and has no room for yet; nil once it is gone.
    private let late = Monitor<[[UInt8]]?>([])

    /// - timers: a loop that is busy with nothing long.
    /// - patience: after so long a daemon that has not answered a `ping` hangs.
    package init(_ socket: PacketSocket, timers: any EventLoop, patience: TimeAmount = .seconds(5)) {
        self.socket = socket
        self.timers = timers
        self.patience = patience
    }

    /// Whoever asks waits for as long as the daemon needs, but with a `ping`, which asks whether it answers at all.
    package func ask(_ question: Question, from visitor: Visitor) async -> Reply {
        var deadline: Scheduled<Void>?
        defer { deadline?.cancel() }
        return await withCheckedContinuation { continuation in
            let id: UInt32? = state.withLock { state in
                guard !state.hasEnded, state.waiting.count < DaemonLink.mostWaiting else { return nil }
                repeat { state.lastID &+= 1 } while state.lastID == 0 || state.waiting[state.lastID] != nil
                state.waiting[state.lastID] = continuation
                return state.lastID
            }
            guard let id else {
                continuation.resume(returning: Reply(.unavailable(text: "")))
                return
            }
            if !send(id, question, visitor) {
                // Nobody has heard that the file is whole: nothing becomes of it.
                if case .endUpload(let end) = question {
                    var drop = UploadDrop()
                    drop.handle = end.handle
                    drop.bytes = end.bytes
                    tell(.dropUpload(drop), from: visitor)
                }
                finish(id, Reply(.unavailable(text: "")))
            } else if case .ping = question {
                deadline = timers.scheduleTask(in: patience) { [self] in finish(id, Reply(.unavailable(text: ""))) }
            }
        }
    }

    /// An identifier of 0 has no answer. What is given up reaches the daemon however late: it would hold room and a place for ever. Everything
    /// else is lost while the daemon doesn't read.
    package func tell(_ question: Question, from visitor: Visitor) {
        guard !send(0, question, visitor), case .dropUpload = question,
            let message = try? PortalCodec.encode(PortalRequest(id: 0, visitor: visitor, question: question))
        else { return }
        // There are no more of them than uploads, which are few.
        late.update { $0?.append(message) }
    }

    /// Says what had to wait, in order, until the daemon is gone. For a thread of its own.
    package func sendLate() {
        while true {
            let message = late.wait { waiting -> [UInt8]?? in
                guard let first = waiting?.first else { return waiting == nil ? .some(nil) : nil }
                waiting?.removeFirst()
                return first
            }
            guard case .some(.some(let message)) = message else { return }
            // Without the daemon the portal ends, and the daemon gives up what it had.
            guard (try? socket.send(message, timeout: nil)) != nil else { return }
        }
    }

    /// False if it can't be said at all, or not now: the daemon reads more slowly than people ask.
    private func send(_ id: UInt32, _ question: Question, _ visitor: Visitor) -> Bool {
        do {
            let message = try PortalCodec.encode(PortalRequest(id: id, visitor: visitor, question: question))
            try socket.send(message)
            return true
        } catch {
            return false
        }
    }

    private func finish(_ id: UInt32, _ reply: Reply) {
        state.withLock { $0.waiting.removeValue(forKey: id) }?.resume(returning: reply)
    }

    /// Receives until the daemon is gone. For a thread of its own.
    package func run(_ events: Events) {
        var reason = "the daemon is gone"
        do {
            while let (bytes, descriptor) = try socket.receive(maximum: PortalBounds.order, timeout: nil) {
                switch try PortalCodec.decodeOrder(bytes) {
                case .answer(let id, let answer): finish(id, Reply(answer, descriptor: descriptor))
                case .welcome(let welcome): events.onWelcome(welcome, descriptor)
                case .drain: events.onDrain()
                }
            }
        } catch {
            reason = "the control socket failed: \(error)"
        }
        let waiting = state.withLock { state in
            state.hasEnded = true
            defer { state.waiting = [:] }
            return state.waiting
        }
        late.update { $0 = nil }
        for continuation in waiting.values { continuation.resume(returning: Reply(.unavailable(text: ""))) }
        events.onEnd(reason)
    }
}

package import NIOCore

/// How long a client may take, in nanoseconds of NIO's clock.
package struct Patience: Sendable {
    /// From the first byte of a request's head to its last.
    package var head = TimeAmount.seconds(15)
    /// For a whole body, and how many bytes of it have to come a second once `bodyGrace` is over.
    package var body = TimeAmount.minutes(10)
    package var bodyRate: Int64 = 16_384
    package var bodyGrace = TimeAmount.seconds(15)
    /// For somebody who takes no byte of an answer; any pace that isn't none is good. It is looked at every `look`, so that the end comes within
    /// both together.
    package var reader = TimeAmount.seconds(60)
    package var look = TimeAmount.seconds(15)
    /// Between two requests, and before the first.
    package var idle = TimeAmount.seconds(60)

    package init() {}
}

/// The deadline of one connection, as a value: what has happened and when decides when it is over.
///
/// Hummingbird has an idle timeout and no other: a body that drips and a reader that doesn't read would keep a connection for ever.
struct ConnectionClock {
    /// What the client is at.
    private enum Phase {
        /// Between requests, or after the last.
        case idle(since: NIODeadline)
        /// A head has begun.
        case head(since: NIODeadline)
        case body(since: NIODeadline, bytes: Int64)
    }

    private let patience: Patience
    private var phase: Phase
    /// Requests whose heads have come and whose answers have not ended. An answer may overtake its request's body, and the next request the
    /// answer to the one before.
    private var owed = 0
    /// Bytes that were written and that the kernel hasn't taken, and since when nothing moved.
    private var unsent = 0
    private var lastSent: NIODeadline
    /// What the kernel held at the last look, in its own measure, and when that was.
    private var held: UInt32?
    private var lastLook: NIODeadline

    init(_ patience: Patience, now: NIODeadline) {
        self.patience = patience
        phase = .idle(since: now)
        lastSent = now
        lastLook = now
    }

    /// When the connection has to be looked at; nil while it waits for the portal itself.
    var wakes: NIODeadline? {
        guard isSending else { return deadline }
        let next = lastLook + patience.look
        return deadline.map { min($0, next) } ?? next
    }

    /// Whether the kernel has no room for all of an answer.
    var isSending: Bool { unsent > 0 }

    /// When the connection is over unless something happens before; nil while it waits for the portal itself.
    var deadline: NIODeadline? {
        let reading: NIODeadline? =
            switch phase {
            // What the portal owes is its own affair.
            case .idle(let since): owed > 0 ? nil : since + patience.idle
            case .head(let since): since + patience.head
            case .body(let since, let bytes):
                min(
                    since + patience.body,
                    since + patience.bodyGrace + .nanoseconds(bytes.multipliedSafely(1_000_000_000) / patience.bodyRate)
                )
            }
        guard unsent > 0 else { return reading }
        let sending = lastSent + patience.reader
        return reading.map { min($0, sending) } ?? sending
    }

    mutating func received(_ bytes: Int, now: NIODeadline) {
        switch phase {
        // What comes while an answer is owed waits in front of the parser.
        case .idle: if owed == 0 { phase = .head(since: now) }
        case .body(let since, let before): phase = .body(since: since, bytes: before &+ Int64(bytes))
        case .head: break
        }
    }

    mutating func headEnded(now: NIODeadline) {
        owed += 1
        phase = .body(since: now, bytes: 0)
    }

    mutating func bodyEnded(now: NIODeadline) {
        phase = .idle(since: now)
    }

    /// Also with an answer that comes before the body's end: what follows of the body has its deadline still.
    mutating func answered(now: NIODeadline) {
        owed = max(0, owed - 1)
        if owed == 0, case .idle = phase { phase = .idle(since: now) }
    }

    /// Whether a whole request waits for the portal.
    var isAnswering: Bool {
        guard case .idle = phase else { return false }
        return owed > 0
    }

    mutating func wrote(_ bytes: Int, now: NIODeadline) {
        if unsent == 0 {
            lastSent = now
            lastLook = now
            held = nil
        }
        unsent += bytes
    }

    mutating func sent(_ bytes: Int, now: NIODeadline) {
        unsent -= bytes
        lastSent = now
    }

    /// What the kernel still holds for the client. It says that there is room again long after the client has begun to take some, and a
    /// write counts once all of it is taken: whoever reads a few thousand bytes a second would seem not to read at all.
    mutating func looked(_ held: UInt32?, now: NIODeadline) {
        if let held, let before = self.held, held != before { lastSent = now }
        self.held = held
        lastLook = now
    }

    /// Whether no request is under way, and the client has taken all that was written.
    var isIdle: Bool {
        guard case .idle = phase else { return false }
        return owed == 0 && unsent == 0
    }
}

extension Int64 {
    fileprivate func multipliedSafely(_ factor: Int64) -> Int64 {
        let (product, overflow) = multipliedReportingOverflow(by: factor)
        return overflow ? .max / 2 : product
    }
}

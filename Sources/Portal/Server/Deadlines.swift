import NIOCore
import NIOHTTPTypes

/// Closes a connection whose ``ConnectionClock`` is over. Two handlers of one connection share the clock: this one is next to the socket and
/// sees bytes; ``RequestMarks`` sees where requests and answers begin and end.
final class Deadlines: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    // Only ever touched on the connection's event loop, as handlers are.
    fileprivate var clock: ConnectionClock
    private var scheduled: Scheduled<Void>?
    private var wakesAt = NIODeadline.distantFuture
    private let occupant: Occupant
    private let onDeadline: @Sendable () -> Void

    init(_ patience: Patience, _ occupant: Occupant, onDeadline: @escaping @Sendable () -> Void) {
        clock = ConnectionClock(patience, now: .now())
        self.occupant = occupant
        self.onDeadline = onDeadline
    }

    func handlerAdded(context: ChannelHandlerContext) {
        arm(context)
    }

    /// Where the handler was added before the connection was one: who never says a word has a deadline, too.
    func channelActive(context: ChannelHandlerContext) {
        context.fireChannelActive()
        arm(context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        scheduled?.cancel()
        scheduled = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        scheduled?.cancel()
        scheduled = nil
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let now = NIODeadline.now()
        clock.received(unwrapInboundIn(data).readableBytes, now: now)
        occupant.said(at: now.uptimeNanoseconds)
        context.fireChannelRead(data)
        arm(context)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let count = unwrapOutboundIn(data).readableBytes
        clock.wrote(count, now: .now())
        let written = promise ?? context.eventLoop.makePromise()
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        written.futureResult.whenComplete { _ in bound.value.clock.sent(count, now: .now()) }
        context.write(data, promise: written)
        arm(context)
    }

    /// Says to the limits whether the connection may lose its place.
    fileprivate func note(_ now: NIODeadline) {
        if clock.isAnswering { occupant.isBeingAnswered() } else { occupant.said(at: now.uptimeNanoseconds) }
    }

    /// Sees to it that the connection is looked at no later than its deadline: moved forward lazily, so that most bytes cost no timer.
    fileprivate func arm(_ context: ChannelHandlerContext) {
        guard let wakes = clock.wakes, wakes < wakesAt, context.channel.isActive else { return }
        scheduled?.cancel()
        wakesAt = wakes
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        scheduled = context.eventLoop.scheduleTask(deadline: wakes) {
            let (handler, context) = bound.value
            handler.look(context)
        }
    }

    private func look(_ context: ChannelHandlerContext) {
        scheduled = nil
        wakesAt = .distantFuture
        guard clock.isSending, let socket = context.channel as? any SocketOptionProvider else { return judge(context) }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        socket.unsafeGetSocketOption(level: .socket, name: SocketMemory.option)
            .whenComplete { (answer: Result<SocketMemory, any Error>) in
                let (handler, context) = bound.value
                handler.clock.looked((try? answer.get())?.unread, now: .now())
                handler.judge(context)
            }
    }

    private func judge(_ context: ChannelHandlerContext) {
        guard let deadline = clock.deadline, deadline <= .now() else { return arm(context) }
        if !clock.isIdle { onDeadline() }
        context.close(promise: nil)
    }
}

/// What the kernel has of a socket, in bytes of its own memory (Linux, `SO_MEMINFO`).
private struct SocketMemory {
    static let option = NIOBSDSocket.Option(rawValue: 55)

    // In the kernel's order (linux/sock_diag.h).
    var received: UInt32 = 0
    var receiveLimit: UInt32 = 0
    var written: UInt32 = 0
    var writeLimit: UInt32 = 0
    var reserved: UInt32 = 0
    var queued: UInt32 = 0
    var options: UInt32 = 0
    var backlog: UInt32 = 0
    var drops: UInt32 = 0

    /// What the other end hasn't taken. TCP keeps it in the queue until it is acknowledged, a socket file until it is read.
    var unread: UInt32 { queued > 0 ? queued : written }
}

/// Tells the connection's clock where requests and answers begin and end.
final class RequestMarks: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let deadlines: Deadlines

    init(_ deadlines: Deadlines) {
        self.deadlines = deadlines
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head: deadlines.clock.headEnded(now: .now())
        case .body: break
        case .end:
            let now = NIODeadline.now()
            deadlines.clock.bodyEnded(now: now)
            deadlines.note(now)
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) {
            let now = NIODeadline.now()
            deadlines.clock.answered(now: now)
            deadlines.note(now)
        }
        context.write(data, promise: promise)
    }
}

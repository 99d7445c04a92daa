import NIOCore
import NIOHTTP1

/// What a request's head says of the connection itself, and what isn't a request at all: Hummingbird looks at neither.
///
/// Stands where NIO has taken a request apart and nobody has made it Hummingbird's yet.
final class RequestHeads: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// A page for what couldn't be read.
    struct Refusal: Sendable {
        var head: HTTPResponseHead
        var body: ByteBuffer
    }

    // Only ever touched on the connection's event loop, as handlers are.
    private var unanswered = 0
    private var isRefused = false
    private let refusal: @Sendable (HTTPResponseStatus) -> Refusal

    init(refusal: @escaping @Sendable (HTTPResponseStatus) -> Refusal) {
        self.refusal = refusal
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(var head) = unwrapInboundIn(data) else { return context.fireChannelRead(data) }
        unanswered += 1
        // Hummingbird knows no other spelling, and nothing of versions (RFC 9112, 9.3).
        if head.version != .http1_1 || head.headers[canonicalForm: "connection"].contains(where: isClose) {
            head.headers.replaceOrAdd(name: "connection", value: "close")
        }
        // An absolute target is asked of the host that it names, whatever Host says (RFC 9112, 3.2.2).
        if let named = RequestHeads.authority(head.uri), head.headers["host"].count == 1 {
            head.headers.replaceOrAdd(name: "host", value: named)
        }
        // RFC 9110, 10.1.1. Before the answer to an earlier request it would be taken for a part of that one.
        if unanswered == 1, head.version == .http1_1,
            head.headers[canonicalForm: "expect"].contains(where: { $0.lowercased() == "100-continue" })
        {
            context.writeAndFlush(
                wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))), promise: nil)
        }
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { unanswered -= 1 }
        context.write(data, promise: promise)
    }

    /// Whoever sends what is no request gets a page all the same; what still comes isn't read, and the deadlines end the connection.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let fault = error as? HTTPParserError, unanswered == 0 else { return context.fireErrorCaught(error) }
        guard !isRefused else { return }
        isRefused = true
        let refusal = refusal(fault == .headerOverflow ? .requestHeaderFieldsTooLarge : .badRequest)
        context.write(wrapOutboundOut(.head(refusal.head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(refusal.body))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        context.close(mode: .output, promise: nil)
    }

    private func isClose(_ option: Substring) -> Bool { option.lowercased() == "close" }

    /// Of `http://host:port/path`; nil for a path.
    private static func authority(_ target: String) -> String? {
        for scheme in ["http://", "https://"] where target.lowercased().hasPrefix(scheme) {
            return String(target.dropFirst(scheme.count).prefix { $0 != "/" && $0 != "?" })
        }
        return nil
    }
}

import Glibc
import HTTPTypes
import HummingbirdCore
package import LinuxSystem
import Logging
import NIOCore
import NIOExtras
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
package import NIOPosix
import PortalPages
import PortalProtocol
import Synchronization

/// HTTP/1.1 on listening sockets that were given to this process.
///
/// Hummingbird makes its own sockets only; its handling of a connection serves here on ours, with our own deadlines and limits.
package final class PortalServer: Sendable {
    /// RFC 9110 leaves it to us; browsers' requests have a tenth of it.
    private static let decoder = HTTP1Channel.Configuration.DecoderConfiguration(
        maxHeaderFieldSize: 8192, maxHeaderListSize: 16_384, maxHeaderFieldCount: 64)
    /// Bytes that the kernel takes of an answer before its client has them. Its own choice grows to megabytes a connection, and it says that
    /// there is room again once a third of them is: whoever reads slowly would seem not to read at all.
    private static let sendBuffer = 131_072
    /// What a refused client may still send before its connection is cut: answers that overtake the request are read by browsers then.
    private static let drained = 128 << 20
    private static let drainTime = Duration.seconds(10)

    /// After so many connections the C library holds memory that nobody may need again for a day.
    private static let endsWorthGivingBack = 200

    package struct Hooks: Sendable {
        /// With the address of the connection; empty for a socket file's.
        package var onDeadline: @Sendable (String) -> Void
        package var onRefusedConnection: @Sendable (String) -> Void

        package init(
            onDeadline: @escaping @Sendable (String) -> Void = { _ in },
            onRefusedConnection: @escaping @Sendable (String) -> Void = { _ in }
        ) {
            self.onDeadline = onDeadline
            self.onRefusedConnection = onRefusedConnection
        }
    }

    private let site: Mutex<Site>
    private let limits: ConnectionLimits
    private let ended = Atomic<Int>(0)
    private let patience: Patience
    private let hooks: Hooks
    private let group: MultiThreadedEventLoopGroup
    private let quiescing: ServerQuiescingHelper
    private let logger = Logger(label: "portal") { _ in SwiftLogNoOpLogHandler() }

    package init(
        site: Site, patience: Patience = Patience(), group: MultiThreadedEventLoopGroup, hooks: Hooks = Hooks()
    ) {
        self.site = Mutex(site)
        limits = ConnectionLimits(most: Int(site.settings.welcome.maxConnections), proxies: site.settings.proxies)
        self.patience = patience
        self.hooks = hooks
        self.group = group
        quiescing = ServerQuiescingHelper(group: group)
    }

    /// The settings have changed; connections that are there keep their place.
    package func replace(_ site: Site) {
        self.site.withLock { $0 = site }
        limits.change(most: Int(site.settings.welcome.maxConnections), proxies: site.settings.proxies)
    }

    /// Begins to take connections from a listening socket. Its descriptor is the server's from here on.
    package func listen(on descriptor: consuming Descriptor) async throws {
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelInitializer { [quiescing] channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        quiescing.makeServerChannelHandler(channel: channel))
                }
            }
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.socketOption(.so_sndbuf), value: PortalServer.sendBuffer)
            .childChannelOption(
                .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 1024, initial: 2048, maximum: 32_768)
            )
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelInitializer { self.begin($0) }
        let raw = descriptor.release()
        _ = try await bootstrap.withBoundSocket(raw).get()
        // NIO has shortened the queue of those who come to 128: in a rush they would wait a second before they come again.
        _ = Glibc.listen(raw, 4096)
    }

    /// Takes no more connections; those that are idle end at once, the others after their answer. Returns when none is left.
    package func drain() async {
        let done = group.next().makePromise(of: Void.self)
        quiescing.initiateShutdown(promise: done)
        try? await done.futureResult.get()
    }

    private func begin(_ channel: any Channel) -> EventLoopFuture<Void> {
        let address = channel.remoteAddress?.ipAddress.flatMap { SourceAddress($0) }
        let occupant = Occupant { channel.close(promise: nil) }
        occupant.said(at: NIODeadline.now().uptimeNanoseconds)
        guard limits.enter(address, occupant) else {
            hooks.onRefusedConnection(address?.description ?? "")
            return channel.close()
        }
        channel.closeFuture.whenComplete { [self] _ in
            limits.leave(occupant)
            if ended.add(1, ordering: .relaxed).newValue % PortalServer.endsWorthGivingBack == 0 { Memory.trim() }
        }
        let deadlines = Deadlines(patience, occupant) { [hooks] in hooks.onDeadline(address?.description ?? "") }
        let bound = NIOLoopBound(deadlines, eventLoop: channel.eventLoop)
        let http = HTTP1Channel(
            responder: { request, writer, channel in
                try await self.respond(request, writer, channel)
            },
            configuration: .init(
                additionalChannelHandlers: [RequestMarks(bound.value)], httpDecoderConfiguration: PortalServer.decoder))
        do {
            try channel.pipeline.syncOperations.addHandler(deadlines)
        } catch {
            return channel.close()
        }
        return http.setup(channel: channel, logger: logger).flatMapThrowing { connection in
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(
                RequestHeads { self.refusal($0) },
                position: .before(pipeline.handler(type: HTTP1ToHTTPServerCodec.self)))
            return connection
        }.map { connection in
            Task(executorPreference: EventLoopExecutor(channel.eventLoop)) {
                await http.handle(value: connection, logger: self.logger)
            }
        }
    }

    /// For what couldn't be read as a request.
    private func refusal(_ status: HTTPResponseStatus) -> RequestHeads.Refusal {
        let page = site.withLock { $0 }.unreadable(isTooLong: status == .requestHeaderFieldsTooLarge)
        var body = ByteBuffer()
        if case .bytes(let bytes) = page.body { body = bytes }
        var headers = HTTPHeaders(page.fields.map { ($0.name.canonicalName, $0.value) })
        headers.add(name: "date", value: ResponseDate.now)
        headers.add(name: "connection", value: "close")
        headers.add(name: "content-length", value: "\(body.readableBytes)")
        return RequestHeads.Refusal(
            head: HTTPResponseHead(version: .http1_1, status: status, headers: headers), body: body)
    }

    private func respond(_ request: Request, _ writer: consuming ResponseWriter, _ channel: any Channel) async throws {
        let peer = channel.remoteAddress?.ipAddress.flatMap { SourceAddress($0) }
        let body = IncomingBody(request.body)
        let outgoing = await site.withLock { $0 }.respond(to: request, body: body, peer: peer)
        try await outgoing.write(to: writer, forHead: request.method == .head)
        guard outgoing.closes else { return }
        await drain(body)
        try await channel.close()
    }

    /// Reads what still comes, within bounds: a connection that is closed with unread bytes would take the answer with it.
    private func drain(_ body: IncomingBody) async {
        let until = ContinuousClock.now + PortalServer.drainTime
        var read = 0
        do {
            while let part = try await body.next() {
                read += part.readableBytes
                guard read < PortalServer.drained, ContinuousClock.now < until else { return }
            }
        } catch {}
    }
}

import NIOCore

/// Signs of life for the daemon: every two seconds, once each event loop has had its turn. One that hangs, which leaves its people without an
/// answer, ends them; what a page's own task does is not looked at.
enum Heartbeat {
    private static let interval = TimeAmount.seconds(2)

    /// - say: called on an event loop; must not wait.
    static func start(on group: any EventLoopGroup, _ say: @escaping @Sendable () -> Void) {
        let loops = Array(group.makeIterator())
        loops.first?.scheduleRepeatedTask(initialDelay: .zero, delay: interval) { _ in pass(loops[1...], say) }
    }

    private static func pass(_ loops: ArraySlice<any EventLoop>, _ say: @escaping @Sendable () -> Void) {
        guard let next = loops.first else { return say() }
        next.execute { pass(loops.dropFirst(), say) }
    }
}

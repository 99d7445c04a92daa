/// Runs something that blocks on a thread of its own and waits for it without holding one of Swift's own pool.
package func withoutBlocking(_ body: @escaping @Sendable () -> Void) async {
    await withCheckedContinuation { continuation in
        let started = Thread.start(name: "waiter") {
            body()
            continuation.resume()
        }
        if !started { continuation.resume() }
    }
}

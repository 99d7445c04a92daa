package import HummingbirdCore
package import NIOCore

/// What a request brings after its head, read once from its beginning to its end, by whoever is at it: a page first, and what a page has
/// left, the server. Hummingbird's own body can be begun once only.
///
/// Used by one task.
package final class IncomingBody {
    private var iterator: RequestBody.AsyncIterator

    package init(_ body: RequestBody) { iterator = body.makeAsyncIterator() }

    /// The next bytes; nil at the end.
    package func next() async throws -> ByteBuffer? { try await iterator.next() }
}

package import Qualiopi
internal import Synchronization

/// The findings of the reports that are read at the moment: decoding two thousand takes longer than all the rest of a page.
///
/// Any thread may call it; two that ask for the same at once both read it.
package final class FindingsCache: Sendable {
    private struct Content {
        var byDeposit: [Int64: StoredFindings] = [:]
        /// The last used last.
        var order: [Int64] = []
        /// Those that were asked for since the last ``tidy()``.
        var recent: Set<Int64> = []

        mutating func use(_ deposit: Int64) {
            recent.insert(deposit)
            order.removeAll { $0 == deposit }
            order.append(deposit)
        }

        mutating func remove(_ deposit: Int64) {
            byDeposit[deposit] = nil
            order.removeAll { $0 == deposit }
        }
    }

    private static let most = 16
    /// Of all of them but the last: a finding takes a kilobyte.
    package static let mostFindings = 20_000
    private let content = Mutex(Content())

    package init() {}

    /// - processedAt: when the deposit's verdict was given; one that is treated again has another.
    package func of(
        _ deposit: Int64, processedAt: Timestamp?, _ read: () throws -> StoredFindings
    ) rethrows -> StoredFindings {
        if let found = content.withLock({ content -> StoredFindings? in
            guard let found = content.byDeposit[deposit], found.processedAt == processedAt else {
                return nil
            }
            content.use(deposit)
            return found
        }) {
            return found
        }
        let found = try read()
        content.withLock { content in
            content.byDeposit[deposit] = found
            content.use(deposit)
            var findings = content.byDeposit.values.reduce(0) { $0 + $1.findings.count }
            while content.order.count > 1, let oldest = content.order.first,
                content.order.count > FindingsCache.most || findings > FindingsCache.mostFindings
            {
                findings -= content.byDeposit[oldest]?.findings.count ?? 0
                content.remove(oldest)
            }
        }
        return found
    }

    /// Lets go of what nobody has asked for since the last call.
    ///
    /// - Returns: whether there was any.
    package func tidy() -> Bool {
        content.withLock { content in
            let over = content.order.filter { !content.recent.contains($0) }
            for deposit in over { content.remove(deposit) }
            content.recent = []
            return !over.isEmpty
        }
    }
}

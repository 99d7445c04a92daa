package import PublicationStore
internal import Synchronization

/// The findings of the reports that are read at the moment: decoding two thousand takes longer than all the rest of a page.
///
/// Any thread may call it; two that ask for the same at once both read it.
package final class FindingsCache: Sendable {
    private struct Content {
        var byDeposit: [Int64: StoredFindings] = [:]
        /// The last used last.
        var order: [Int64] = []
    }

    private static let most = 16
    private let content = Mutex(Content())

    package init() {}

    package func of(_ deposit: Deposit, _ read: () throws -> StoredFindings) rethrows -> StoredFindings {
        if let found = content.withLock({ content -> StoredFindings? in
            guard let found = content.byDeposit[deposit.id], found.processedAt == deposit.processedAt else {
                return nil
            }
            content.order.removeAll { $0 == deposit.id }
            content.order.append(deposit.id)
            return found
        }) {
            return found
        }
        let found = try read()
        content.withLock { content in
            content.byDeposit[deposit.id] = found
            content.order.removeAll { $0 == deposit.id }
            content.order.append(deposit.id)
            while content.order.count > FindingsCache.most { content.byDeposit[content.order.removeFirst()] = nil }
        }
        return found
    }
}

internal import GRDB

/// The rows of several lists, each in ascending order of its key, as one in that order; of equal keys the first list's comes first.
///
/// However many lists there are: a compound SELECT, which SQLite merges as it goes, has 500 terms at most (SQLITE_MAX_COMPOUND_SELECT). Each step costs
/// a search among the lists, and a row of each is in memory.
struct ListMerge<List: Cursor, Key: Comparable> {
    private struct Head {
        let row: List.Element
        let key: Key
        let list: Int
    }

    private let lists: [List]
    private let key: (List.Element) throws -> Key
    /// The next row of each list that has one, the last of them first.
    private var heads: [Head] = []

    init(_ lists: [List], by key: @escaping (List.Element) throws -> Key) throws {
        self.lists = lists
        self.key = key
        for list in lists.indices { try advance(list) }
    }

    mutating func next() throws -> List.Element? {
        guard let first = heads.popLast() else { return nil }
        try advance(first.list)
        return first.row
    }

    private mutating func advance(_ list: Int) throws {
        guard let row = try lists[list].next() else { return }
        let head = Head(row: row, key: try key(row), list: list)
        var (low, high) = (0, heads.count)
        while low < high {
            let middle = (low + high) / 2
            if (heads[middle].key, heads[middle].list) > (head.key, list) { low = middle + 1 } else { high = middle }
        }
        heads.insert(head, at: low)
    }
}

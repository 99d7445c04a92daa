/// Which files of the drop folders have stopped changing, as a value without clock or disk.
///
/// A file that is new or whose stamp differs from the last look starts to settle again; one that is no longer there is forgotten.
struct Settling<Stamp: Equatable> {
    struct Key: Hashable {
        var depositor: String
        var name: [UInt8]
    }

    private struct Entry {
        var stamp: Stamp
        /// When it may be claimed, in milliseconds of the monotonic clock.
        var due: UInt64
    }

    private var entries: [Key: Entry] = [:]

    /// Takes a look at one folder.
    /// - `settle`: How long a file must stay as it is, in milliseconds.
    mutating func observe(_ depositor: String, _ files: [(name: [UInt8], stamp: Stamp)], settle: UInt64, now: UInt64) {
        var seen: Set<Key> = []
        for file in files {
            let key = Key(depositor: depositor, name: file.name)
            seen.insert(key)
            if entries[key]?.stamp != file.stamp {
                entries[key] = Entry(stamp: file.stamp, due: now &+ settle)
            }
        }
        entries = entries.filter { $0.key.depositor != depositor || seen.contains($0.key) }
    }

    /// The files to claim now, the longest settled first.
    func due(now: UInt64) -> [(key: Key, stamp: Stamp)] {
        entries.filter { $0.value.due <= now }.sorted { $0.value.due < $1.value.due }.map { ($0.key, $0.value.stamp) }
    }

    var count: Int { entries.count }

    /// When the next file has settled.
    var nextDue: UInt64? { entries.values.map(\.due).min() }

    mutating func forget(_ key: Key) { entries[key] = nil }

    /// Looks at a file again later: somebody writes it still.
    mutating func postpone(_ key: Key, until due: UInt64) { entries[key]?.due = due }
}

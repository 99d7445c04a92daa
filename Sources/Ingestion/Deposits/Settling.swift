/// Which files of the drop folders have stopped changing, as a value without clock or disk.
///
/// A file that is new or whose stamp differs from the last look starts to settle again; one that is no longer there is
/// forgotten. Where the time that files settle is another one than at the last look, that is counted from when it began. Those of one depositor come out in the order in which they were given, which is that of their reception:
/// one that is still settling holds up the later ones, or its list would come after theirs and be too old.
struct Settling<Stamp: Equatable> {
    struct Key: Hashable {
        var depositor: String
        var name: [UInt8]
    }

    private struct Entry {
        var name: [UInt8]
        var stamp: Stamp
        /// When it began to settle and for how long, in milliseconds of the monotonic clock.
        let began: UInt64
        let settle: UInt64
        /// When it may be claimed.
        var due: UInt64
        /// It alone could not be claimed: it waits alone.
        var isPostponed = false
        /// Since when it has held up its line.
        var heldSince: UInt64?

        init(_ name: [UInt8], _ stamp: Stamp, began: UInt64, settle: UInt64) {
            self.name = name
            self.stamp = stamp
            self.began = began
            self.settle = settle
            due = began &+ settle
        }
    }

    /// By depositor, in order of reception.
    private var lines: [String: [Entry]] = [:]

    /// Takes a look at one folder.
    /// - `files`: In order of reception.
    /// - `settle`: How long a file must stay as it is, in milliseconds.
    mutating func observe(_ depositor: String, _ files: [(name: [UInt8], stamp: Stamp)], settle: UInt64, now: UInt64) {
        var known: [[UInt8]: Entry] = [:]
        for entry in lines[depositor] ?? [] { known[entry.name] = entry }
        let line = files.map { file in
            let entry = known[file.name].flatMap { $0.stamp == file.stamp ? $0 : nil }
            if let entry, entry.settle == settle { return entry }
            return Entry(file.name, file.stamp, began: entry?.began ?? now, settle: settle)
        }
        lines[depositor] = line.isEmpty ? nil : line
    }

    /// The files to claim now: the longest settled first, each depositor's in order of reception.
    func due(now: UInt64) -> [(key: Key, stamp: Stamp)] {
        var found: [(key: Key, stamp: Stamp, due: UInt64)] = []
        for (depositor, line) in lines {
            var latest: UInt64 = 0
            for entry in line {
                guard entry.due <= now else {
                    if entry.isPostponed { continue }
                    break
                }
                latest = max(latest, entry.due)
                found.append((Key(depositor: depositor, name: entry.name), entry.stamp, latest))
            }
        }
        // Equal ones are in their depositor's order: that of the enumeration is part of the key.
        return found.enumerated().sorted { ($0.element.due, $0.offset) < ($1.element.due, $1.offset) }
            .map { ($0.element.key, $0.element.stamp) }
    }

    var count: Int { lines.values.reduce(0) { $0 + $1.count } }

    /// When the next file may be claimed; now or earlier if one may already.
    func nextDue(now: UInt64) -> UInt64? {
        var next: UInt64?
        for line in lines.values {
            for entry in line {
                next = min(next ?? entry.due, entry.due)
                if entry.due > now, !entry.isPostponed { break }
            }
        }
        return next
    }

    mutating func forget(_ key: Key) {
        lines[key.depositor]?.removeAll { $0.name == key.name }
        if lines[key.depositor]?.isEmpty ?? false { lines[key.depositor] = nil }
    }

    /// Looks at a file again later, for a reason of its own: somebody writes it still. The later ones pass it.
    mutating func postpone(_ key: Key, until due: UInt64) { setDue(key, due, isPostponed: true) }

    /// Looks at a file again later, for a reason that every other one has too: the later ones wait until then as well.
    ///
    /// - Returns: False once that goes on for longer than ``longestHold``, in case it is the only one after all: then the later
    ///   ones may be tried each time that it has just failed, right after it, so that none comes before it once what stood in
    ///   the way is gone.
    mutating func holdLine(at key: Key, until due: UInt64, now: UInt64) -> Bool {
        guard let index = lines[key.depositor]?.firstIndex(where: { $0.name == key.name }) else { return false }
        let since = lines[key.depositor]?[index].heldSince ?? now
        lines[key.depositor]?[index].heldSince = since
        setDue(key, due, isPostponed: false)
        return now &- since <= Self.longestHold
    }

    /// The line goes on at a moment: its depositor has sent more than a minute's worth.
    mutating func pace(_ key: Key, until due: UInt64) { setDue(key, due, isPostponed: false) }

    /// Milliseconds.
    static var longestHold: UInt64 { 600_000 }

    private mutating func setDue(_ key: Key, _ due: UInt64, isPostponed: Bool) {
        guard let index = lines[key.depositor]?.firstIndex(where: { $0.name == key.name }) else { return }
        lines[key.depositor]?[index].due = due
        lines[key.depositor]?[index].isPostponed = isPostponed
    }
}

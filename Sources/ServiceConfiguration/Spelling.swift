/// Finds the word somebody probably meant.
package enum Spelling {
    /// The candidate nearest to a word, if it is near enough to be worth suggesting: one letter in four may differ, or the
    /// word is how it alone begins.
    package static func closest(to word: String, among candidates: [String]) -> String? {
        let word = word.lowercased()
        let ranked = candidates.map { ($0, distance(Array(word), Array($0.lowercased()))) }
        if let best = ranked.min(by: { $0.1 < $1.1 }), best.1 <= max(1, min(word.count, best.0.count) / 4),
            best.1 < word.count
        {
            return best.0
        }
        let longer = candidates.filter { $0.lowercased().hasPrefix(word) }
        return word.count >= 3 && longer.count == 1 ? longer.first : nil
    }

    /// Edits (insertions, deletions, substitutions, swaps of neighbours) between two words: optimal string alignment.
    static func distance(_ a: [Character], _ b: [Character]) -> Int {
        guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
        var older: [Int] = []
        var old = Array(0...b.count)
        for i in 1...a.count {
            var row = [i]
            for j in 1...b.count {
                let same = a[i - 1] == b[j - 1]
                var best = min(row[j - 1] + 1, old[j] + 1, old[j - 1] + (same ? 0 : 1))
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { best = min(best, older[j - 2] + 1) }
                row.append(best)
            }
            (older, old) = (old, row)
        }
        return old[b.count]
    }
}

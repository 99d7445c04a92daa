/// Findings on lines: all counted under their rules, the first ones of each rule kept for details, and as many of the others as there is room for.
struct Notebook {
    /// How many findings of a rule are detailed before any rule has more of them.
    static let share = 100

    /// What is counted of one rule: lines that follow each other are one run, of which only the ends are noted.
    private struct Tally: BitwiseCopyable {
        var start = 0
        /// Behind `lastLines` once no more findings are kept.
        var last = Notebook.noLine
        /// Findings in the runs before.
        var earlier = 0
        /// Whether no more findings are kept.
        var isFull = false
    }

    private static let noLine = -2

    private let limit: Int
    /// By the rule's place.
    private let tallies = OwnedBuffer(count: Rule.allCases.count, initial: Tally())
    /// The last line of a rule of which no more findings are kept, by its place: all that the row loop looks at. Else no line at all.
    private let lastLines = OwnedBuffer(count: Rule.allCases.count, initial: Notebook.noLine)
    private var runs: [[ClosedRange<Int>]]
    private var firsts: [[Note]]
    /// What comes after the rules' first ones, by severity.
    private var others = Others()
    /// Notes kept: the order of the next one.
    private(set) var kept = 0

    private struct Others {
        var fichier: [Note] = []
        var ligne: [Note] = []
        var alerte: [Note] = []
    }

    init(limit: Int) {
        self.limit = max(0, limit)
        runs = Array(repeating: [], count: tallies.count)
        firsts = Array(repeating: [], count: tallies.count)
    }

    /// Counts a finding on a line that follows the last one of its rule, once no more of them are kept; false, and nothing done, otherwise.
    ///
    /// What takes time is out of the row loop's way, in ``add(_:at:)``.
    @inline(__always)
    func counts(line: Int, at place: UInt8) -> Bool {
        guard lastLines[Int(place)] &+ 1 == line else { return false }
        lastLines[Int(place)] = line
        return true
    }

    /// Counts a finding and keeps it if there is room; they come in ascending order of lines.
    mutating func add(_ note: Note, at place: UInt8) {
        let place = Int(place)
        var tally = tallies[place]
        if note.line != end(place) &+ 1 {
            close(place)
            tally.earlier = count(place)
            tally.start = note.line
        }
        tally.last = note.line
        if !tally.isFull { tally.isFull = !keep(note, place) }
        if tally.isFull { lastLines[place] = note.line }
        tallies[place] = tally
    }

    /// The last line of the run that goes on.
    private func end(_ place: Int) -> Int { tallies[place].isFull ? lastLines[place] : tallies[place].last }

    /// All findings of a rule so far.
    private func count(_ place: Int) -> Int {
        tallies[place].last == Notebook.noLine ? 0 : tallies[place].earlier + end(place) - tallies[place].start + 1
    }

    /// Keeps the run of lines that has ended, if there is room for it.
    private mutating func close(_ place: Int) {
        guard tallies[place].last != Notebook.noLine, runs[place].count < RuleSummary.mostRuns else { return }
        let start = tallies[place].start
        runs[place].append(start...max(start, end(place)))
    }

    /// Whether there was room for a note.
    private mutating func keep(_ note: Note, _ place: Int) -> Bool {
        switch note.severity {
        case _ where firsts[place].count < Notebook.share: firsts[place].append(note)
        case .fichier where others.fichier.count < limit: others.fichier.append(note)
        case .ligne where others.ligne.count < limit: others.ligne.append(note)
        case .alerte where others.alerte.count < limit: others.alerte.append(note)
        default: return false
        }
        kept &+= 1
        return true
    }

    /// Takes the notes that are kept out, in their order. What is counted stays for the lines alone, not for ``counts`` and ``totals()``.
    mutating func takeNotes() -> [Note] {
        let notes = (firsts.joined() + others.fichier + others.ligne + others.alerte).sorted { $0.order < $1.order }
        for place in firsts.indices { firsts[place].removeAll(keepingCapacity: true) }
        others.fichier.removeAll(keepingCapacity: true)
        others.ligne.removeAll(keepingCapacity: true)
        others.alerte.removeAll(keepingCapacity: true)
        return notes
    }

    // MARK: - Once all lines are read

    /// Findings by severity; nothing of them is detailed yet.
    var counts: FindingCounts {
        var counts = FindingCounts()
        for (place, notes) in firsts.enumerated() {
            guard let severity = notes.first?.severity else { continue }
            switch severity {
            case .fichier: counts.bloquantFichier += count(place)
            case .ligne: counts.bloquantLigne += count(place)
            case .alerte: counts.alerte += count(place)
            }
        }
        return counts
    }

    /// Each rule that raised something: how often, in which lines, and where first.
    mutating func totals() -> [(first: Note, count: Int, runs: [ClosedRange<Int>])] {
        var totals: [(first: Note, count: Int, runs: [ClosedRange<Int>])] = []
        for (place, notes) in firsts.enumerated() {
            guard let first = notes.first else { continue }
            close(place)
            totals.append((first, count(place), runs[place]))
        }
        return totals
    }

    /// At most that many notes in the order of the file.
    ///
    /// Every rule has its first ``share`` before any has more; where there is no room for that, all rules have as many of them. What room is
    /// left goes to the worst of the others.
    func details(atMost room: Int) -> [Note] {
        var room = max(0, room)
        var details: [Note] = []
        details.reserveCapacity(min(room, kept))
        var parts = [fairShares(room)[...]]
        room -= parts[0].count
        for notes in [others.fichier, others.ligne, others.alerte] {
            parts.append(notes.prefix(room))
            room -= min(room, notes.count)
        }
        func order(_ part: Int) -> Int { parts[part].first?.order ?? .max }
        while let next = parts.indices.min(by: { order($0) < order($1) }), let note = parts[next].popFirst() {
            details.append(note)
        }
        return details
    }

    /// At most that many of the rules' first notes, by their order.
    private func fairShares(_ room: Int) -> [Note] {
        let worstFirst = firsts.filter { !$0.isEmpty }
            .sorted { ($1[0].severity, $0[0].order) < ($0[0].severity, $1[0].order) }
        var taken: [Note] = []
        for rank in 0..<Notebook.share {
            for notes in worstFirst where rank < notes.count && taken.count < room { taken.append(notes[rank]) }
        }
        return taken.sorted { $0.order < $1.order }
    }
}

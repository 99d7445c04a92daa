package import Qualiopi

// Counts as texts of integers between blanks: a listing of many deposits reads them ten times as fast as JSON.

extension LineCounts {
    package var stored: String { joined([total, bloquantFichier, bloquantLigne, alerte, sansAlerte, integrees]) }

    package init?(stored: String) {
        let counts = split(stored)
        guard counts.count == 6 else { return nil }
        self.init(
            total: counts[0], bloquantFichier: counts[1], bloquantLigne: counts[2], alerte: counts[3],
            sansAlerte: counts[4], integrees: counts[5])
    }
}

extension FindingCounts {
    package var stored: String { joined([bloquantFichier, bloquantLigne, alerte, detaillees]) }

    package init?(stored: String) {
        let counts = split(stored)
        guard counts.count == 4 else { return nil }
        self.init(bloquantFichier: counts[0], bloquantLigne: counts[1], alerte: counts[2], detaillees: counts[3])
    }
}

extension Movements {
    package var stored: String { joined([ajouts, modifications, retraits]) }

    package init?(stored: String) {
        let counts = split(stored)
        guard counts.count == 3 else { return nil }
        self.init(ajouts: counts[0], modifications: counts[1], retraits: counts[2])
    }
}

private func joined(_ counts: [Int]) -> String { counts.map(String.init).joined(separator: " ") }

private func split(_ text: String) -> [Int] { text.utf8.split(separator: 0x20).compactMap { Int(Substring($0)) } }

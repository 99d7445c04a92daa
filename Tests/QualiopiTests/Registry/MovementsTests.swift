import SeededNumbers
import Testing

@testable import Qualiopi

@Suite struct MovementsTests {
    @Test(arguments: [
        ("", "", ""), ("", "a b", "+a +b"), ("a b", "", "-a -b"), ("a b", "a b", ""), ("a c", "b c", "-a +b"),
        ("a b c", "a B c", "~b"), ("b", "a b c", "+a +c"), ("a b c", "b", "-a -c"), ("a C", "B c", "-a +b ~c"),
    ])
    func `lists are compared by NDA`(_ previous: String, _ next: String, _ expected: String) throws {
        let changes = Movements.compare(previous: try list(previous), next: try list(next))
        let signs: [Movement: String] = [.added: "+", .modified: "~", .withdrawn: "-"]
        let shown = changes.map { (signs[$0.kind] ?? "?") + String($0.nda.text.suffix(1)).lowercased() }
        #expect(shown.joined(separator: " ") == expected)
        for change in changes {
            #expect((change.before == nil) == (change.kind == .added))
            #expect((change.after == nil) == (change.kind == .withdrawn))
        }
        let counts = Movements(changes)
        #expect(counts.ajouts + counts.modifications + counts.retraits == changes.count)
    }

    @Test func `replaying the changes gives the next list`() throws {
        var generator = SeededGenerator(seed: 30)
        for _ in 0..<200 {
            func random() -> [CertifiedOrganisation] {
                (0..<30).filter { _ in .random(using: &generator) }.map { number in
                    organisation(UInt64(number), categories: UInt8.random(in: 1...2, using: &generator))
                }
            }
            let (previous, next) = (random(), random())
            var replayed = Dictionary(uniqueKeysWithValues: previous.map { ($0.nda, $0) })
            for change in Movements.compare(previous: previous, next: next) {
                #expect(replayed[change.nda] == change.before)
                replayed[change.nda] = change.after
            }
            #expect(replayed.values.sorted { $0.nda < $1.nda } == next)
        }
    }

    @Test func `a withdrawal says whether the line was rejected or there was none`() throws {
        let previous = try list("A B C D")
        let changes = Movements.compare(
            previous: previous, next: try list("b E"), rejected: Set([previous[0], previous[1]].map(\.nda)))
        let movements = NamedMovements(changes)
        #expect(movements.added == (try list("E")))
        #expect(movements.modified.map(\.before) == [previous[1]])
        #expect(movements.modified.map(\.after) == (try list("b")))
        #expect(movements.withdrawn.map(\.organisation) == [previous[0], previous[2], previous[3]])
        #expect(movements.withdrawn.map(\.cause) == [.ligneRejetee, .absent, .absent])
        #expect(changes.filter { $0.kind != .withdrawn }.allSatisfy { $0.cause == nil })
    }

    /// A letter is an organisation; in capitals, the same with another category.
    private func list(_ letters: String) throws -> [CertifiedOrganisation] {
        try letters.split(separator: " ").map { letter in
            let upper = letter.uppercased()
            let nda = try #require(NDA("1175P00000\(upper)".utf8))
            return organisation(nda.packed, categories: letter == upper ? 2 : 1)
        }
    }

    private func organisation(_ nda: UInt64, categories: UInt8) -> CertifiedOrganisation {
        CertifiedOrganisation(
            nda: NDA(packed: nda), siren: SIREN(value: 1), categories: Categories(rawValue: categories),
            decision: CivilDate(daysSinceEpoch: 18_000), end: CivilDate(daysSinceEpoch: 19_000))
    }
}

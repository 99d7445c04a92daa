import Testing

@testable import Qualiopi

/// What keeps a list from being put in force unless a person says so.
@Suite struct ReferenceDoubtTests {
    private static func rows(_ count: Int) -> [String] {
        (0..<count).map { "\(11_750_000_000 + $0);\(500_000_000 + $0 * 7)" }
    }

    private func doubts(_ rows: [String], after lists: [ReferenceSize] = []) throws -> [ReferenceDoubt] {
        let reading = try ReferenceFile.read(Array(("NDA;SIREN\n" + rows.joined(separator: "\n") + "\n").utf8))
        return ReferenceDoubt.all(reading, after: lists)
    }

    @Test(arguments: [
        "1,175E+10;500000000", "1.175E+10;500000000", ";500000000", "1175000000;500000000", "NDA;SIREN",
        "11750999999;", "11750999999;50000013", "11750999999;50000000000011", "11750999999;5,00E+08",
        "11750999999;000000000", "11750999999;néant",
    ])
    func `over one row in a hundred without NDA or SIREN is a doubt`(_ odd: String) throws {
        // Each of the odd ones with an NDA of its own.
        let odd = (0..<4).map { odd.replacing("999999", with: "99999\($0)") }
        #expect(try doubts(Self.rows(198) + odd.prefix(2)) == [])
        let found = try doubts(Self.rows(197) + odd.prefix(2))
        #expect(found.count == 1)
        guard case .oddRows(let unreadable, let withoutSIREN, 199) = found.first else {
            Issue.record("\(found)")
            return
        }
        #expect(unreadable + withoutSIREN == 2)
        #expect(try doubts(Self.rows(16) + odd).first?.description.hasPrefix("4 of 20 rows (20 %) are odd") == true)
    }

    @Test func `rows of both kinds count together`() throws {
        #expect(try doubts(Self.rows(197) + ["x;500000000", "11750999999;"]).count == 1)
    }

    @Test func `an NDA with several SIRENs is a doubt, a repeated row is none`() throws {
        // A spreadsheet that opens « 1,175E+10 » again writes 11750000000 for all of them.
        let rounded = Self.rows(20).map { "11750000000;" + $0.suffix(9) }
        #expect(try doubts(rounded) == [.contradictions(19, of: 20)])
        #expect(try doubts(Self.rows(20) + Self.rows(20)) == [])
        #expect(try doubts(Self.rows(198) + ["11750000000;500000007", "11750000000;500000014"]) == [])
        #expect(try doubts(Self.rows(20) + ["11750000000;"]) == [])
    }

    @Test(arguments: [
        (100, 100, 0), (95, 100, 0), (94, 100, 1), (120, 100, 0), (19, 20, 0), (17, 20, 1), (16, 17, 1), (0, 1, 1),
        (152_888, 160_934, 0), (152_887, 160_934, 1),
    ])
    func `over five in a hundred fewer than in force is a doubt`(_ count: Int, _ current: Int, _ expected: Int) {
        var reading = ReferenceReading()
        reading.entries = (0..<count).map { .init(nda: NDA(packed: UInt64($0)), siren: SIREN(value: 1)) }
        let found = ReferenceDoubt.all(reading, after: [ReferenceSize(count: current)])
        #expect(found == (expected == 0 ? [] : [.smallerThanCurrent(count, current: current)]))
    }

    @Test func `small steps add up`() throws {
        func after(_ counts: Int...) -> [ReferenceSize] { counts.map { ReferenceSize(count: $0) } }
        #expect(try doubts(Self.rows(96), after: after(100)) == [])
        #expect(try doubts(Self.rows(92), after: after(96, 100)) == [.smallerThanRecent(92, largest: 100)])
        #expect(try doubts(Self.rows(92), after: after(96, 90, 100, 80)) == [.smallerThanRecent(92, largest: 100)])
        #expect(try doubts(Self.rows(95), after: after(96, 100)) == [])
        #expect(try doubts(Self.rows(16), after: after(17, 20)).count == 2)
    }

    @Test func `a loss that was accepted is held against lists that lose more`() throws {
        let accepted = ReferenceSize(count: 80, acceptsLoss: true)
        let before = [ReferenceSize(count: 100), ReferenceSize(count: 99)]
        #expect(try doubts(Self.rows(80), after: [accepted] + before) == [])
        #expect(try doubts(Self.rows(84), after: [accepted] + before) == [])
        #expect(try doubts(Self.rows(79), after: [accepted] + before) == [.smallerThanRecent(79, largest: 100)])
        #expect(try doubts(Self.rows(81), after: [ReferenceSize(count: 90), accepted] + before).count == 1)
        #expect(try doubts(Self.rows(86), after: [ReferenceSize(count: 90), accepted] + before) == [])
    }

    @Test(arguments: [
        (0, 10, "0 %"), (1, 100_000, "under 0.1 %"), (1, 1000, "0.1 %"), (4, 20, "20 %"), (1, 3, "33.3 %"),
        (0, 0, "0 %"),
    ])
    func `shares are short`(_ part: Int, _ whole: Int, _ text: String) {
        #expect(Share(part, of: whole).description == text)
    }

    @Test func `what a list takes away is counted`() {
        func list(_ entries: [(UInt64, UInt32?)]) -> ReferenceList {
            ReferenceList(entries: entries.map { .init(nda: NDA(packed: $0.0), siren: $0.1.map { SIREN(value: $0) }) })
        }
        let before = list([(1, 1), (2, 2), (3, 3), (4, nil), (5, 5), (9, 9)])
        let changes = ReferenceChanges(from: before, to: list([(0, 1), (2, 2), (3, 4), (4, 4), (5, nil), (10, nil)]))
        #expect(changes.missing.map(\.packed) == [1, 9])
        #expect((changes.sirensLost, changes.sirensChanged, changes.added) == (1, 1, 2))
        let all = ReferenceChanges(from: before, to: list([]))
        #expect((all.missing.count, all.added) == (6, 0))
        #expect(list([(1, 1), (2, nil)]).withoutSIREN == 1)
    }
}

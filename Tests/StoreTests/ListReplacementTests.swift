import Foundation
import Qualiopi
import Testing

@testable import Store

@Suite struct ListReplacementTests {
    @Test func `what stays as it is is no change`() {
        let entries = [ListEntry(organisation: organisation(1), deposit: 1)]
        let replacement = ListReplacement(of: entries, by: [organisation(1)], deposit: 2)
        #expect(replacement.entries == entries)
        #expect(replacement.changes.isEmpty)
    }

    @Test func `one that is withdrawn and comes back keeps its history`() throws {
        let first = ListReplacement(of: [], by: [organisation(1), organisation(2)], deposit: 1)
        let second = ListReplacement(of: first.entries, by: [organisation(2)], deposit: 2)
        let third = ListReplacement(of: second.entries, by: [organisation(1), organisation(2)], deposit: 3)
        #expect(second.entries.map(\.isWithdrawn) == [true, false])
        #expect(third.entries.map(\.isWithdrawn) == [false, false])
        #expect(third.entries.map(\.deposit) == [3, 1])
        #expect(second.changes.map(\.previous) == [1])
        #expect(third.changes.map(\.previous) == [2])
        #expect(third.changes.map(\.change.kind) == [.added])
    }

    /// Against the plainest model there is: what is in force is the last list, and each change is what differs from the
    /// one before.
    @Test(arguments: 1...20) func `any sequence of lists gives the last one, and its history`(seed: UInt64) throws {
        var random = SplitMix(state: seed)
        var entries: [ListEntry] = []
        var current: [CertifiedOrganisation] = []
        for deposit in Int64(1)...30 {
            let next = (0..<40 as Range<UInt64>).compactMap { number -> CertifiedOrganisation? in
                switch random.next() % 4 {
                case 0: nil
                case 1: organisation(number, end: "2029-01-01")
                default: organisation(number)
                }
            }
            let replacement = ListReplacement(of: entries, by: next, deposit: deposit)
            let packed = PackedList.encode(replacement.entries)
            #expect(try PackedList.decode(packed) == replacement.entries)
            #expect(try PackedList.organisations(packed) == next)
            #expect(replacement.changes.map(\.change) == Movements.compare(previous: current, next: next))
            let changes = PackedChanges.encode(replacement.changes)
            #expect(try PackedChanges.decode(changes) == replacement.changes)
            for linked in replacement.changes {
                #expect(try PackedChanges.change(of: linked.change.nda, in: changes) == linked)
                #expect(linked.previous == entries.first { $0.organisation.nda == linked.change.nda }?.deposit)
                #expect(try PackedList.entry(of: linked.change.nda, in: packed)?.deposit == deposit)
            }
            #expect(replacement.entries.map(\.organisation.nda) == replacement.entries.map(\.organisation.nda).sorted())
            entries = replacement.entries
            current = next
        }
    }

    @Test func `any value of each field comes back`() throws {
        let extremes = [
            CertifiedOrganisation(
                nda: NDA(packed: 0), siren: SIREN(value: 0), categories: [], decision: civil("0001-01-01"),
                end: civil("9999-12-31")),
            CertifiedOrganisation(
                nda: NDA(packed: NDA.packedLimit - 1), siren: SIREN(value: 999_999_999),
                categories: Categories(rawValue: 15), decision: civil("9999-12-31"), end: civil("0001-01-01")),
        ]
        let entries = extremes.map { ListEntry(organisation: $0, deposit: .max) }
        #expect(try PackedList.decode(PackedList.encode(entries)) == entries)
        #expect(try PackedList.entry(of: NDA(packed: 5), in: PackedList.encode(entries)) == nil)
        #expect(try PackedList.entry(of: NDA(packed: 5), in: Data()) == nil)
    }

    @Test(arguments: [1, 29, 31]) func `a value that is cut is damage, not a trap`(kept: Int) {
        let list = PackedList.encode([1, 2].map { ListEntry(organisation: organisation($0), deposit: 1) })
        #expect(throws: StoreError.self) { try PackedList.decode(list.prefix(kept)) }
        #expect(throws: StoreError.self) { try PackedList.entry(of: organisation(1).nda, in: list.prefix(kept)) }
        #expect(throws: StoreError.self) { try PackedChanges.decode(list.prefix(kept)) }
    }
}

/// https://prng.di.unimi.it/splitmix64.c
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

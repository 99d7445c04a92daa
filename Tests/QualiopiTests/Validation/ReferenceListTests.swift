import Testing

@testable import Qualiopi

@Suite struct ReferenceListTests {
    private let list = Deposit.reference

    private func nda(_ text: String) throws -> NDA { try #require(NDA(text: text)) }
    private func siren(_ text: String) throws -> SIREN { try #require(SIREN(text)) }

    @Test func `what it answers`() throws {
        #expect(list.count == 6)
        #expect(try list.contains(nda("11755161475")))
        #expect(try !list.contains(nda("11940000009")))
        #expect(try list.siren(of: nda("11755161475")) == .some(siren("123456782")))
        #expect(try list.siren(of: nda("76310000001")) == .some(nil))
        #expect(try list.siren(of: nda("99999999999")) == nil)
        #expect(try list.current(ofFormer: nda("11940000009")) == nda("53350830835"))
        #expect(try list.current(ofFormer: nda("53350830835")) == nil)
        #expect(try list.formers(of: nda("53350830835")) == [nda("11940000009")])
        #expect(try list.formers(of: nda("11940000009")) == [])
        #expect(try list.contains(siren: siren("987654324")))
        #expect(try !list.contains(siren: siren("987654325")))
        #expect(try !list.contains(siren: siren("000000000")))
        #expect(try !list.contains(siren: siren("999999999")))
        #expect(!list.contains(siren: SIREN(value: .max)))
        #expect(try list.ndas(of: siren("123456782")).map(\.text) == ["11755161475", "84691234569"])
        #expect(try list.ndas(of: siren("987654325")) == [])
    }

    @Test func `the first of two entries counts; a current NDA is no former one`() throws {
        let list = ReferenceList(entries: [
            Deposit.entry("22222222222", "222222222", former: ["33333333333", "44444444444"]),
            Deposit.entry("22222222222", "111111111"),
            Deposit.entry("33333333333", "333333333", former: ["44444444444", "33333333333"]),
        ])
        #expect(list.count == 2)
        #expect(try list.siren(of: nda("22222222222")) == .some(siren("222222222")))
        #expect(try list.current(ofFormer: nda("33333333333")) == nil)
        #expect(try list.current(ofFormer: nda("44444444444")) == nda("22222222222"))
        #expect(try !list.contains(siren: siren("111111111")))
    }

    @Test(arguments: [0, 1, 2, 3, 4, 7, 8, 11, 12, 13, 1000, 1023, 1024])
    func `it is packed and loaded again`(_ size: Int) throws {
        var entries: [ReferenceList.Entry] = []
        for index in 0..<UInt64(size) {
            let nda = NDA(packed: index * 7_919_000_017 % NDA.packedLimit)
            let siren = index % 10 == 3 ? nil : SIREN(value: UInt32(index * 7919 % 500))
            let former = index % 3 == 0 ? [NDA(packed: index + 5)] : []
            entries.append(ReferenceList.Entry(nda: nda, siren: siren, former: former))
        }
        let list = ReferenceList(entries: entries)
        let loaded = try ReferenceList(packed: list.packed)
        #expect(loaded.packed == list.packed)
        #expect(loaded.count == size)
        #expect(ReferenceList(entries: entries.reversed()).packed.count == list.packed.count)
        for entry in entries {
            #expect(loaded.siren(of: entry.nda) == .some(entry.siren))
            if let siren = entry.siren { #expect(loaded.ndas(of: siren).contains(entry.nda)) }
        }
        // No two of the entries are that close.
        #expect(entries.allSatisfy { !loaded.contains(NDA(packed: $0.nda.packed + 1)) })
        for value in 0..<600 as Range<UInt32> {
            #expect(loaded.contains(siren: SIREN(value: value)) == entries.contains { $0.siren?.value == value })
        }
    }

    @Test func `other bytes are refused, whatever is changed`() throws {
        let packed = Deposit.reference.packed
        #expect(throws: ReferenceListError.malformed) { try ReferenceList(packed: []) }
        for length in 0..<packed.count {
            #expect(throws: ReferenceListError.malformed) { try ReferenceList(packed: Array(packed.prefix(length))) }
        }
        #expect(throws: ReferenceListError.malformed) { try ReferenceList(packed: packed + [0]) }
        // A changed byte is refused or gives another list that answers; it never traps.
        for position in packed.indices {
            for change in [1, 0x80, 0xFF] as [UInt8] {
                var changed = packed
                changed[position] ^= change
                guard let list = try? ReferenceList(packed: changed) else { continue }
                #expect(list.count == Deposit.reference.count)
                _ = list.siren(of: try nda("11755161475"))
                _ = list.ndas(of: try siren("123456782"))
                _ = list.current(ofFormer: try nda("11940000009"))
            }
        }
    }
}

import Testing

@testable import Qualiopi

/// The quick reading of rows against the careful one.
@Suite struct CommonRowTests {
    private static let row = "11755161475;123456782;OUI;NON;NON;OUI;01/02/2024;31/01/2027"

    private func read(_ text: String) -> CommonRow? {
        var bytes = Array(text.utf8)
        bytes += [UInt8](repeating: 0x20, count: max(0, CommonRow.window - bytes.count))
        return bytes.withUnsafeBytes { CommonRow($0, at: 0) }
    }

    @Test func `it reads what it is made for`() throws {
        let row = try #require(read(CommonRowTests.row + "\r\n"))
        #expect(NDA(packed: row.nda).text == "11755161475")
        #expect(SIREN(value: row.siren).text == "123456782")
        #expect(Categories(rawValue: row.categories) == [.actionsDeFormation, .actionsDeFormationParApprentissage])
        #expect(CivilDate(packed: row.decision).iso == "2024-02-01")
        #expect(CivilDate(packed: row.end).iso == "2027-01-31")
        #expect(row.length == 61)
        #expect(read(CommonRowTests.row + "\n")?.length == 60)
        #expect(read(CommonRowTests.row + "\rx")?.length == 60)
        #expect(read(CommonRowTests.row + ";\n") == nil)
        #expect(read("01234567890;001234567;NON;NON;NON;NON;29/02/2024;31/12/9999\n")?.categories == 0)
    }

    @Test func `any byte changed is refused or read as the careful path reads it`() throws {
        let bytes = Array((CommonRowTests.row + "\n").utf8)
        let header = Array((Deposit.header + "\n").utf8)
        for position in bytes.indices {
            for byte in UInt8.min...UInt8.max where byte != 0 {
                var changed = bytes
                changed[position] = byte
                let padded = changed + [UInt8](repeating: 0x20, count: 8)
                guard let row = padded.withUnsafeBytes({ CommonRow($0, at: 0) }) else { continue }
                #expect(row.length == 60)
                var deposit = Deposit()
                deposit.reference = nil
                for rule in [Rule.decisionAge, .decisionFuture, .endExpired, .endHorizon, .certification] {
                    deposit.policy.set(rule, nil)
                }
                // At the end of the file the row is too short for the quick path, which needs some bytes after it.
                let verdict = deposit.verdict(of: header + changed)
                let organisation = try #require(verdict.accepted.first)
                #expect(organisation.nda.packed == row.nda)
                #expect(organisation.siren.value == row.siren)
                #expect(organisation.categories.rawValue == row.categories)
                #expect(organisation.decision.packed == row.decision)
                #expect(organisation.end.packed == row.end)
            }
        }
    }

    @Test func `a quoted row is the same row`() throws {
        let quoted = CommonRowTests.row.split(separator: ";").map { "\"\($0)\"" }.joined(separator: ";") + "\r\n   "
        let bytes = Array(quoted.utf8)
        let reader = QuotedRow()
        let plain = try #require(bytes.withUnsafeBytes { reader.unquoted($0, at: 0).map { Array($0.prefix(61)) } })
        #expect(String(decoding: plain, as: UTF8.self) == CommonRowTests.row + "\r\n")
        for position in bytes.indices where bytes[position] == 0x22 {
            var changed = bytes
            changed[position] = 0x20
            #expect(changed.withUnsafeBytes { reader.unquoted($0, at: 0) } == nil)
        }
    }
}

import Testing

@testable import Qualiopi

/// Where a list breaks off, and where it only looks so.
@Suite struct ReferenceFileEndTests {
    private static let row = ReferenceFileTests.publicRow("11755161475", former: "22222222222", siren: "111111111")
    private static let last = ReferenceFileTests.publicRow("1175P007675", name: "École", siren: "222222222")
    private static let published =
        "\(ReferenceFileTests.publicHeader)\n\(row)\n\(row.replacing("61475", with: "61476"))\n"

    @Test(arguments: ["", "\n", "\r\n", "\n\n", "\n;\n", "\u{1A}", "\n\u{1A}", "\n \n"])
    func `a whole last row may lack its line break`(_ end: String) throws {
        #expect(try read(Self.published + Self.last + end).cutRow == nil)
        #expect(try read("NDA;SIREN\n11755161475;111111111\n1175P007675;222222222" + end).cutRow == nil)
        #expect(try read("SIREN;NDA\n111111111;11755161475\n222222222;1175P007675" + end).cutRow == nil)
    }

    @Test func `the published form, cut after each byte of its last row, is cut`() throws {
        let bytes = Array((Self.published + Self.last).utf8)
        let start = Self.published.utf8.count
        for count in (start + 1)..<bytes.count {
            let reading = try ReferenceFile.read(Array(bytes[..<count]))
            #expect(reading.cutRow?.line == 4, "\(String(decoding: bytes[start..<count], as: UTF8.self))")
            #expect(reading.encoding == .utf8)
        }
        #expect(try ReferenceFile.read(bytes).cutRow == nil)
        #expect(try ReferenceFile.read(Array(bytes[..<start])).cutRow == nil)
    }

    @Test func `so is it when a line break was put after the cut`() throws {
        let bytes = Array((Self.published + Self.last).utf8)
        let start = Self.published.utf8.count
        for count in (start + 1)..<bytes.count {
            let reading = try ReferenceFile.read(Array(bytes[..<count]) + [0x0A])
            #expect(reading.cutRow != nil, "\(String(decoding: bytes[start..<count], as: UTF8.self))")
        }
    }

    @Test(arguments: ["NDA;SIREN", "NDA,SIREN", "nda\tsiren"])
    func `the simple form, cut after each byte of its last row, is cut`(_ header: String) throws {
        let text = "\(header)\n11755161475;111111111\n1175P007675;222222222"
        let bytes = Array(
            (header.contains(",")
                ? text.replacing(";", with: ",") : header.contains("\t") ? text.replacing(";", with: "\t") : text).utf8)
        let start = bytes.count - 21
        for count in (start + 1)..<bytes.count {
            let reading = try ReferenceFile.read(Array(bytes[..<count]))
            #expect(reading.cutRow?.line == 3, "\(String(decoding: bytes[start..<count], as: UTF8.self))")
        }
        #expect(try ReferenceFile.read(bytes).cutRow == nil)
    }

    @Test(arguments: [
        "1175P007675;222222222", "1175P007675;222222222;3333", "1175P007675;222222222;33333333333,44",
        "1175P007675;222222222;\"33333333333", "1175P007675;222222222;\"33333333333, ", "1175P007675;2222",
        "\"1175P007675\";\"222222222", "\"1175P0", "1175P007675;", "1175P007675", "1", "\"",
    ])
    func `a last row of the form with three columns is cut`(_ last: String) throws {
        let text = "NDA;SIREN;ndaPrecedents\n11755161475;111111111;\n11755161476;111111111;22222222222\n"
        #expect(try read(text + last).cutRow?.line == 4)
    }

    @Test(arguments: [
        "1175P007675;222222222;", "1175P007675;222222222;33333333333", "1175P007675;222222222;33333333333,44444444444",
        "1175P007675;222222222;néant", "1175P007675;222222222;33 33 33333 33", "1175P007675;222222222;\"33333333333\"",
        "\"1175P007675\";\"222222222\";", "1175P007675;222222222\n", "1175P007675;;", "1175P007675;2222;",
    ])
    func `a whole last row of three columns is not`(_ last: String) throws {
        let text = "NDA;SIREN;ndaPrecedents\n11755161475;111111111;\n11755161476;111111111;22222222222\n"
        #expect(try read(text + last).cutRow == nil)
    }

    @Test func `where the last column is left out in other rows too, it is no cut`() throws {
        let text = "NDA;SIREN;ndaPrecedents\n11755161475;111111111\n11755161476;111111111;22222222222\n"
        #expect(try read(text + "1175P007675;222222222").cutRow == nil)
        #expect(try read("NDA;SIREN;ndaPrecedents\n1175P007675;222222222").cutRow == nil)
    }

    @Test(arguments: [
        "</html>", "<br /><b>Fatal error</b>: Allowed memory size exhausted", "ERROR 2013: lost connection",
        "20 organismes",
    ])
    func `what a server says where it broke off is no row`(_ text: String) throws {
        #expect(try read(Self.published + text).cutRow != nil)
        #expect(try read(Self.published + text + "\n").cutRow != nil)
    }

    @Test(arguments: ["UFORCA \"NANTES\"", "UFORCA \"NANTES", "UFORCA NANTES\"", "\"", "UFORCA; \"NANTES\""])
    func `a stray quote in the last row is no cut`(_ name: String) throws {
        let last = ReferenceFileTests.publicRow("1175P007675", name: name, siren: "222222222")
        #expect(try read(Self.published + last + "\n").cutRow == nil)
        #expect(try read(Self.published + last).cutRow == nil)
    }

    @Test(arguments: ["", "\n"])
    func `a name over two lines in the last row is no cut`(_ end: String) throws {
        let last = ReferenceFileTests.publicRow("1175P007675", name: "UFORCA\nNANTES", siren: "222222222")
        let reading = try read(Self.published + last + end)
        #expect(reading.cutRow == nil && reading.entries.count == 3)
    }

    @Test func `one cut row among many thousand is told`() throws {
        let rows = (0..<20_000).map {
            ReferenceFileTests.publicRow(String(10_000_000_000 + $0), siren: String(100_000_000 + $0))
        }
        let whole = Array("\(ReferenceFileTests.publicHeader)\n\(rows.joined(separator: "\n"))\n".utf8)
        for tenths in [81, 99] {
            let reading = try ReferenceFile.read(Array(whole.prefix(whole.count * tenths / 100 + 7)))
            #expect(reading.cutRow != nil)
            #expect(ReferenceDoubt.all(reading, after: []).count == 1)
        }
        // A download that had reserved its room on the disk.
        #expect(try ReferenceFile.read(whole + Array(repeating: 0, count: 5000)).cutRow != nil)
    }

    private func read(_ text: String) throws -> ReferenceReading { try ReferenceFile.read(Array(text.utf8)) }
}

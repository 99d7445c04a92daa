import Testing

@testable import DropBox
@testable import DropFolders

@Suite struct SessionLinesTests {
    @Test func `so many a minute, and what is over it is said once`() {
        let lines = SessionLines(perMinute: 3)
        let written = (0..<1000).count { lines.take("a.b", at: 1000 + UInt64($0)).mayWrite }
        #expect(written == 3)
        #expect(lines.take("c.d", at: 60_999).mayWrite == false)
        let next = lines.take("a.b", at: 61_000)
        #expect(next.mayWrite && next.unwritten?.count == 998 && next.unwritten?.last == "c.d")
        #expect(lines.end() == nil)
        for _ in 0..<3 { _ = lines.take("a.b", at: 61_001) }
        #expect(lines.end()?.count == 1)
        #expect(lines.end() == nil)
    }
}

import Testing

@testable import Console

struct TableTests {
    private var table: Table {
        var table = Table(columns: [
            .right("ID"), .left("FILE", .flexible), .left("STATE"), .left("CHANNEL", .optional),
        ])
        table.add(["7", "liste-complete-de-novembre.csv", "succes", "sftp"])
        table.add(["12", "a\u{1b}[2J.csv", "refuse", "web"])
        return table
    }

    @Test func `columns are aligned, and what could act on a terminal is escaped`() {
        let (text, hidden) = table.text(width: nil)
        #expect(
            text == """
                ID  FILE                            STATE   CHANNEL
                 7  liste-complete-de-novembre.csv  succes  sftp
                12  a\\u{1B}[2J.csv                  refuse  web

                """, "\(text)")
        #expect(hidden == 0)
    }

    @Test(arguments: [(60, 0), (40, 0), (34, 0), (28, 1), (26, 1)])
    func `a narrow terminal loses free text first, then what is optional`(width: Int, hidden: Int) {
        let (text, left) = table.text(width: width)
        #expect(left == hidden)
        let lines = text.split(separator: "\n")
        #expect(lines.allSatisfy { $0.count <= width }, "\(text)")
        // Identifiers and states stay whole.
        #expect(lines.allSatisfy { $0.contains("refuse") || $0.contains("succes") || $0.contains("STATE") }, "\(text)")
        #expect(lines.last?.hasPrefix("12  ") == true)
    }
}

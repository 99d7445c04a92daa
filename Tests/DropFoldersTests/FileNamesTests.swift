import Testing

@testable import DropFolders

@Suite struct FileNamesTests {
    private static let suffixes = [".tmp", ".part", ".filepart"]

    @Test(arguments: [
        ("liste.csv", false), ("liste.csv.tmp", true), ("LISTE.CSV.PART", true), (".liste.csv", true),
        ("~liste.csv", true), ("tmp.1234", true), ("TMP.liste.csv", true), ("tmp.", false), ("#liste.csv#", true),
        ("#", false), ("liste.csv-Xy12ab", true), ("liste.csv-abcdef", false), ("liste.csv-123456", false),
        ("2026-07-Ab12cd", false), ("liste.csv-Xy12a", false), ("a.b-Xy12ab", true),
    ])
    func `a name that clients give to what isn't complete yet`(name: String, isTemporary: Bool) {
        #expect(FileNames.isTemporary(Array(name.utf8), suffixes: Self.suffixes) == isTemporary)
    }

    @Test func `what can't be written, and why`() {
        let longest = [UInt8](repeating: 0x61, count: FileNames.longest)
        #expect(FileNames.objection(to: longest) == nil)
        #expect(FileNames.objection(to: longest + [0x61]) == RefusalTexts.nameTooLong)
        #expect(FileNames.objection(to: [0x61, 0xE9]) == RefusalTexts.nameNotUTF8)
        #expect(FileNames.objection(to: Array("a\u{85}b".utf8)) == RefusalTexts.nameHasControls)
        #expect(FileNames.objection(to: Array("a\nb".utf8)) == RefusalTexts.nameHasControls)
        for unseen in [
            "", " ", "   ", "\u{A0}", "\u{202F}\u{2003}\u{3000}", "\u{200B}", "\u{FEFF}", "\u{202E} \u{2066}", "\u{AD}",
            "\u{2800}", "\u{3164}\u{115F}\u{1160}\u{FFA0}", ".", "..", "...", " . ", "\u{A0}.\u{200B}",
            "\u{34F}", "\u{180B}", "\u{FE0F}.", "\u{17B4}", "\u{301}", ".\u{20DD} ", "\u{E0100}",
        ] {
            #expect(FileNames.objection(to: Array(unseen.utf8)) == RefusalTexts.nameIsUnseen, "\(Array(unseen.utf8))")
        }
        for seen in ["1", "é", ".csv", " .csv", "-", "_", "…", "\u{202E}a", "日本", "e\u{301}", "हि", "❤\u{FE0F}"] {
            #expect(FileNames.objection(to: Array(seen.utf8)) == nil, "\(seen)")
        }
        for ending in ["txt", "json"] {
            #expect(FileNames.objection(to: Array("liste.csv.rapport.\(ending)".utf8)) == RefusalTexts.nameReserved)
        }
        #expect(FileNames.objection(to: Array("liste (é) 2.csv".utf8)) == nil)
    }

    @Test func `a form's name leads nowhere`() {
        let draft = FileNames.newDraft()
        #expect(FileNames.isDraft(draft) && draft != FileNames.newDraft())
        let path = Array("/E1/QUALIOPI/FICHIER_QUALIOPI/".utf8) + draft
        #expect(VirtualPath(path, codes: ["E1"]) == .nothing)
    }
}

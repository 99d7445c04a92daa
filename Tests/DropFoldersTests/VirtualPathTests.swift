import Testing

@testable import DropFolders

/// What a path of the virtual tree names, for the account that sees `E1` alone.
@Suite struct VirtualPathTests {
    static let paths: [(String, VirtualPath)] = [
        ("/", .root), ("", .root), ("//", .root), ("/E1", .folder(code: "E1", holds: "QUALIOPI")),
        ("//E1/", .folder(code: "E1", holds: "QUALIOPI")),
        ("/E1/QUALIOPI", .folder(code: "E1", holds: "FICHIER_QUALIOPI")),
        ("/E1/QUALIOPI/FICHIER_QUALIOPI", .dropFolder(code: "E1")),
        ("/E1/QUALIOPI/FICHER_QUALIOPI", .dropFolder(code: "E1")),
        ("/E1/QUALIOPI/FICHER_QUALIOPI/a", .file(code: "E1", name: [0x61])),
        ("/E1/QUALIOPI/FICHIER_QUALIOPI/...", .file(code: "E1", name: [0x2E, 0x2E, 0x2E])),
        ("/E1/QUALIOPI/FICHIER_QUALIOPI/a/b", .nothing), ("/E1/QUALIOPI/FICHIER_QUALIOPI/..", .nothing),
        ("/E1/QUALIOPI/FICHIER_QUALIOPI/../a", .nothing), ("/E1/./QUALIOPI", .nothing), ("..", .nothing),
        ("/E2", .nothing), ("/e1", .nothing), ("/E1/qualiopi", .nothing), ("/E1/QUALIOPI/AUTRE/a", .nothing),
        ("/E1/QUALIOPI\u{0}", .nothing), ("/etc/passwd", .nothing),
    ]

    @Test(arguments: paths)
    func `a path`(path: String, means: VirtualPath) { #expect(VirtualPath(Array(path.utf8), codes: ["E1"]) == means) }
}

import Foundation
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@testable import Console

struct OutputFileTests {
    @Test func `a file takes the place of another as a whole, or not at all`() throws {
        let folder = try TemporaryFolder()
        let path = folder.appending("liste.csv").path
        let state = StateDirectory(path: folder.appending("state").path)
        for text in ["vieux", "neuf"] {
            try OutputFile.write(Array(text.utf8), to: path, sparing: state)
            #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
        }
        #expect(throws: Errno.noSuchFileOrDirectory) {
            try OutputFile.write([1], to: folder.url.path + "/non/liste.csv", sparing: state)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["liste.csv"])
    }

    @Test func `input is read as text or refused with its name`() throws {
        let folder = try TemporaryFolder()
        let path = folder.appending("texte").path
        try Data("à lire".utf8).write(to: URL(filePath: path))
        #expect(try Input.text(of: path) == "à lire")
        try Data([0xff, 0xfe]).write(to: URL(filePath: path))
        #expect { try Input.text(of: path) } throws: { "\($0)" == "\(path): not UTF-8 text" }
        #expect { try Input.bytes(of: path + "x") } throws: { "\($0)".contains("No such file") }
    }
}

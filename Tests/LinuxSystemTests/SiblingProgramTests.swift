import Foundation
import LinuxSystem
import Testing

struct SiblingProgramTests {
    private let program = SiblingProgram(name: "other", variable: "OTHER")

    /// Files that can be run, beneath a folder; the running program is `bin/own`.
    private func find(
        _ files: [String], _ environment: [String: String] = [:], without unrunnable: [String] = []
    ) throws -> String? {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).resolvingSymlinksInPath()
        defer { try? FileManager.default.removeItem(at: folder) }
        for name in files + unrunnable + ["bin/own"] {
            let file = folder.appending(path: name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data().write(to: file)
            try FileManager.default.setAttributes(
                [.posixPermissions: unrunnable.contains(name) ? 0o644 : 0o755], ofItemAtPath: file.path)
        }
        // As it is found in the search path, or in /proc.
        let link = folder.appending(path: "link").path
        try FileManager.default.createSymbolicLink(
            atPath: link, withDestinationPath: folder.appending(path: "bin/own").path)
        let found = program.find(executable: link) { name in
            environment[name].map { $0.replacing("FOLDER", with: folder.path) }
        }
        return found.map { $0.replacing(folder.path + "/", with: "") }
    }

    @Test func `it is beside the running program, else in libexec, else nowhere`() throws {
        #expect(try find(["bin/other", "libexec/collecteur/other"]) == "bin/other")
        #expect(try find(["libexec/collecteur/other"]) == "libexec/collecteur/other")
        #expect(try find(["elsewhere/other"]) == nil)
    }

    @Test func `what can't be run is passed over`() throws {
        #expect(try find(["libexec/collecteur/other"], without: ["bin/other"]) == "libexec/collecteur/other")
        #expect(try find(["bin/other/inside"]) == nil)
    }

    @Test func `the variable says where it is, and then it is nowhere else`() throws {
        #expect(try find(["x/one", "bin/other"], ["OTHER": "FOLDER/x/one"]) == "x/one")
        #expect(try find(["bin/other"], ["OTHER": "FOLDER/x/one"]) == nil)
        #expect(try find(["bin/other"], ["OTHER": ""]) == "bin/other")
    }
}

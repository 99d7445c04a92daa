import Foundation
import Testing

/// Root administers a state directory that is somebody else's.
@Suite(.enabled(if: geteuid() == 0, "only root can"))
struct RootTests {
    @Test func `run by root, no file of the state directory changes owner`() throws {
        let program = try Program()
        let nobody = try #require(getpwnam("nobody").map { ($0.pointee.pw_uid, $0.pointee.pw_gid) })
        let state = program.folder.appending(path: "state").path
        try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: false)
        try #require(chown(state, nobody.0, nobody.1) == 0 && chmod(state, 0o700) == 0)
        // Input that root alone may read.
        let key = try program.write(
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ+jFbkPvqOOEgsSp5YqEYP2SOzJ2hkUWxHmCLqHWqF8 robot\n", to: "key.pub")
        try #require(chmod(key, 0o600) == 0)

        try program.admin("depositor", "add", "--siret", AdministrationTests.siret, "--name", "ARCHER")
        try program.admin("user", "add", AdministrationTests.email, "--depositor", AdministrationTests.code)
        try program.admin("account", "create", AdministrationTests.email, "--generate")
        try program.admin("account", "add-key", AdministrationTests.login, key)
        let locked = try program.run(
            "account", "lock", AdministrationTests.login, environment: ["SUDO_USER": "claire"])
        #expect(locked.status == 0, "\(locked)")
        try program.admin("backup", state + "/copy.sqlite")

        let paths = try #require(FileManager.default.enumerator(atPath: state)?.allObjects as? [String])
        #expect(paths.contains("collecteur.sqlite") && paths.contains("copy.sqlite"))
        for path in paths {
            var status = stat()
            #expect(lstat(state + "/" + path, &status) == 0 && status.st_uid == nobody.0, "\(path)")
        }
        let rows = try program.run("account", "log", AdministrationTests.login, "--json").json()
        #expect(rows.first { $0["event"] as? String == "locked" }?["by"] as? String == "claire")
        #expect(rows.first { $0["event"] as? String == "created" }?["by"] as? String == "root")
    }

    @Test func `what root asks for is written where root may write, and belongs to whom its folder belongs`() throws {
        let program = try Program()
        let nobody = try #require(getpwnam("nobody").map { ($0.pointee.pw_uid, $0.pointee.pw_gid) })
        let state = program.folder.appending(path: "state").path
        for (folder, owner) in [("state", nobody), ("roots", (0, 0)), ("theirs", nobody)] {
            let path = program.folder.appending(path: folder).path
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
            try #require(chown(path, owner.0, owner.1) == 0 && chmod(path, 0o700) == 0)
        }
        try program.admin("depositor", "add", "--siret", AdministrationTests.siret, "--name", "ARCHER")
        for (folder, owner) in [("roots", 0), ("theirs", nobody.0)] {
            let copy = program.folder.appending(path: "\(folder)/copy.sqlite").path
            let list = program.folder.appending(path: "\(folder)/list.csv").path
            try program.admin("backup", copy)
            try program.admin("registry", "export", "--output", list)
            var status = stat()
            #expect(lstat(copy, &status) == 0 && status.st_uid == owner && status.st_mode & 0o777 == 0o600)
            #expect(try String(contentsOfFile: list, encoding: .utf8).hasPrefix("NDA;"))
        }
        let paths = try #require(FileManager.default.enumerator(atPath: state)?.allObjects as? [String])
        for path in paths {
            var status = stat()
            #expect(lstat(state + "/" + path, &status) == 0 && status.st_uid == nobody.0, "\(path)")
        }
    }

    @Test func `who may not administer is told who may`() throws {
        let program = try Program()
        try program.admin("depositor", "add", "--siret", AdministrationTests.siret, "--name", "ARCHER")
        try #require(chmod(program.folder.path, 0o755) == 0)
        let config = program.folder.appending(path: "collecteur.yaml").path
        try #require(chmod(config, 0o644) == 0)
        let nobody = Process()
        nobody.executableURL = URL(filePath: "/usr/bin/setpriv")
        nobody.arguments = [
            "--reuid=nobody", "--regid=nogroup", "--clear-groups", Program.path, "--config", config, "depositor",
            "list",
        ]
        let errors = Pipe()
        nobody.standardError = errors
        nobody.standardOutput = FileHandle.nullDevice
        try nobody.run()
        let said = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        nobody.waitUntilExit()
        #expect(nobody.terminationStatus == 1)
        #expect(said.contains("run it as root, or as root") == false && said.contains("run it as root"), "\(said)")
        #expect(!said.contains("Input/output"), "\(said)")
    }
}

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
}

import Foundation
import Testing

/// State directories that somebody has moved, mounted or copied back: the daemon and the commands say what is wrong and what mends it.
@Suite struct StateRightsTests {
    static let isRoot = geteuid() == 0
    /// Nobody's in particular.
    static let user: UInt32 = 4_321

    private func causes(_ instance: Instance) throws -> [String] {
        let result = try instance.collecteur("status", "--json")
        let sheet = try #require(
            (try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: Any]])?.first, "\(result)")
        return (sheet["concerns"] as? [[String: Any]] ?? []).compactMap { $0["cause"] as? String }
    }

    @Test(
        .enabled(if: SmallDisk.canMount, SmallDisk.cannot), arguments: ["archive", "depots", "processing", "staging"])
    func `a folder on another file system is refused with its name before anybody is served`(_ name: String) throws {
        let instance = try Instance()
        try instance.start()
        instance.stop()
        let folder = instance.state.appending(path: name).path
        try #require(instance.run(["mount", "-t", "tmpfs", "none", folder]).succeeded)
        defer { _ = try? instance.run(["umount", "-l", folder]) }
        try instance.start(isToListen: false)
        let end = try #require(instance.daemon?.finish())
        #expect(end.status == 78 && end.errors.contains("\(folder) is on another file system"), "\(end)")
        let check = try instance.collecteur("config", "check")
        #expect(check.status == 78 && check.errors.contains("\(folder) is on another file system"), "\(check)")
        #expect(try causes(instance).contains { $0.contains(folder) })
    }

    /// Such a mount has the same device, and renaming fails all the same.
    @Test(.enabled(if: SmallDisk.canMount, SmallDisk.cannot)) func `so is another folder of the same disk`() throws {
        let instance = try Instance()
        try instance.start()
        let folder = instance.state.appending(path: "archive").path
        let other = instance.folder.appending(path: "other")
        try FileManager.default.createDirectory(at: other, withIntermediateDirectories: true)
        try #require(instance.run(["mount", "--bind", other.path, folder]).succeeded)
        defer { _ = try? instance.run(["umount", "-l", folder]) }
        #expect(try causes(instance).contains { $0.contains("\(folder) is on another file system") })
        instance.stop()
        try instance.start(isToListen: false)
        let end = try #require(instance.daemon?.finish())
        #expect(end.status == 78 && end.errors.contains(folder), "\(end)")
    }

    @Test(.enabled(if: isRoot, "only root can be somebody else"))
    func `a database that root has copied back is named with the chown that mends it`() throws {
        let instance = try Instance()
        instance.user = Self.user
        try instance.start()
        instance.stop()
        let database = instance.state.appending(path: "collecteur.sqlite").path
        try #require(instance.run(["chown", "root:root", database]).succeeded)
        chmod(database, 0o600)
        let wanted = "\(database) belongs to root, and user \(Self.user) must be able to write it: chown"
        for command in [["serve"], ["deposit", "list"], ["status"]] {
            let result = try instance.run(Array(instance.serving.dropLast()) + command, within: 60)
            #expect(result.status == 1 && result.errors.contains(wanted), "\(result)")
            #expect(!result.errors.contains("run it as root"), "\(result)")
        }
        try #require(instance.run(["chown", "\(Self.user)", database]).succeeded)
        #expect(try instance.collecteur("deposit", "list").succeeded)
    }

    @Test(.enabled(if: isRoot, "only root can be somebody else"))
    func `what else the daemon can't write is named by status`() throws {
        let instance = try Instance()
        instance.user = Self.user
        try instance.start()
        let month = instance.state.appending(path: "archive/2026/11")
        try FileManager.default.createDirectory(at: month, withIntermediateDirectories: true)
        let owner = "\(Self.user):\(Self.user)"
        try #require(instance.run(["chown", "-R", owner, instance.state.appending(path: "archive").path]).succeeded)
        let names = ["archive/2026", "archive/2026/11", "mail", "host_keys", "host_keys/ssh_host_ed25519_key"]
        for name in names {
            let path = instance.state.appending(path: name).path
            #expect(try !causes(instance).contains { $0.contains("can't use what is its own") }, "\(name)")
            try #require(instance.run(["chown", "root:root", path]).succeeded)
            chmod(path, 0o700)
            #expect(try causes(instance).contains { $0.contains("\(path) belongs to root") }, "\(name)")
            try #require(instance.run(["chown", owner, path]).succeeded)
        }
    }

    @Test func `a daemon that no command reaches runs all the same, and the commands say so`() throws {
        let instance = try Instance()
        try instance.start()
        let pid = try #require(instance.daemon?.process.processIdentifier)
        try instance.signal(SIGSTOP)
        let status = try instance.collecteur("status")
        #expect(status.status == 1 && status.output.contains("does not answer"), "\(status)")
        #expect(!status.output.contains("the daemon does not run"), "\(status)")
        let mail = try instance.collecteur("mail", "test", "a@example.fr")
        #expect(mail.status == 1 && mail.errors.contains("the daemon runs (process \(pid))"), "\(mail)")
        try instance.signal(SIGCONT)
        #expect(try eventually { try !causes(instance).contains { $0.contains("no command reaches it") } })
        try FileManager.default.removeItem(at: instance.state.appending(path: "control"))
        #expect(try causes(instance).contains { $0.contains("control is gone") })
        let bans = try instance.collecteur("ban", "list")
        #expect(bans.status == 1 && bans.errors.contains("control is gone"), "\(bans)")
        instance.crash()
        #expect(try causes(instance).contains("the daemon does not run"))
    }
}

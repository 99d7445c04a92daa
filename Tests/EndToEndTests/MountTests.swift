import Foundation
import Testing

/// The drop folder as a folder of the computer: what programs do with files that know nothing of SFTP.
@Suite struct MountTests {
    private static let hasFuse = access("/dev/fuse", R_OK | W_OK) == 0

    /// Each from `liste.csv` to `mnt/liste.csv`.
    private static let ways = [
        "cp liste.csv mnt/liste.csv", "cp -p liste.csv mnt/liste.csv", "mv liste.csv mnt/liste.csv",
        "rsync -t liste.csv mnt/liste.csv", "rsync --inplace --ignore-times liste.csv mnt/liste.csv",
        "cat liste.csv > mnt/liste.csv", "dd if=liste.csv of=mnt/liste.csv bs=1000 status=none",
        // An editor that finds what was there before, empties it and saves.
        "vim.tiny -u NONE -es -c 'r liste.csv' -c 'g/^$/d' -c 'wq!' mnt/liste.csv < /dev/null",
    ]

    /// One mount for all; each way twice, the second time with a correction, a line less and the same size in turn.
    @Test(.enabled(if: hasFuse, "needs /dev/fuse")) func `programs save twice on a mount by sshfs`() throws {
        let instance = try Instance()
        try instance.start()
        let depositor = try Depositor(instance, organisations: 300)
        try FileManager.default.createDirectory(
            at: instance.folder.appending(path: "mnt"), withIntermediateDirectories: false)
        let mount = try BackgroundCommand(
            [
                "sshfs", "-f", "-o",
                "StrictHostKeyChecking=no,UserKnownHostsFile=/dev/null,IdentityFile=\(depositor.keyFile)",
                "-o", "default_permissions,idmap=user", "-p", "\(instance.port)",
                "\(depositor.login)@127.0.0.1:\(depositor.folder)", "mnt",
            ], folder: instance.folder)
        let isMounted = try eventually { try instance.run(["mountpoint", "-q", "mnt"]).succeeded }
        try #require(isMounted, "\(mount.errors)\n\(instance.log)")
        defer { _ = try? instance.run(["fusermount3", "-u", "-z", "mnt"]) }
        var count = 0
        for way in Self.ways {
            // Longer than the last way's, then shorter.
            let lines = 200 + count
            for text in [SampleList.good(lines), SampleList.good(lines - 1)] {
                // The bare line feeds are what vim writes.
                let content = text.replacing("\r\n", with: "\n")
                _ = try instance.write(content, to: "liste.csv")
                let done = try instance.run(["sh", "-ec", way])
                #expect(done.succeeded, "\(way): \(done)\n\(instance.log)")
                count += 1
                let deposits = try depositor.treated(count)
                #expect(deposits.count == count, "\(way): \(deposits)")
                #expect(deposits.last?["state"] as? String == "succes", "\(way): \(deposits)")
                #expect(deposits.last?["size"] as? Int == content.utf8.count, "\(way)")
            }
        }
    }

    @Test(
        .enabled(
            if: hasFuse && ProcessInfo.processInfo.environment["COLLECTEUR_TEST_CLIENTS"] != nil,
            "make test-clients, where there is /dev/fuse"))
    func `a desktop's gvfs`() throws {
        let instance = try Instance()
        try instance.start()
        let depositor = try Depositor(instance, organisations: 100)
        let url = "sftp://\(depositor.login)@127.0.0.1:\(instance.port)"
        for turn in 1...2 {
            let file = try instance.write(SampleList.good(90 - turn), to: "liste.csv")
            let done = try instance.run(
                [
                    "timeout", "240", "env", "HOME=\(instance.folder.path)", "XDG_RUNTIME_DIR=\(instance.folder.path)",
                    "dbus-run-session",
                    "--", "sh", "-ec",
                    "printf '\(Depositor.password)\\n1\\n1\\n' | gio mount \(url) > gio.log 2>&1 || cat gio.log; gio copy \(file) \(url)\(depositor.folder)/liste.csv",
                ])
            #expect(done.succeeded, "\(done)\n\(instance.log)")
            #expect(try depositor.treated(turn).count == turn)
        }
    }
}

import Foundation
import Testing

/// Every client with its default settings: what its user is told must be the truth.
@Suite struct ClientMatrixTests {
    struct Attempt: CustomTestStringConvertible {
        let name: String
        let push: @Sendable (Depositor, _ file: String) throws -> CommandResult
        var testDescription: String { name }
    }

    static let uploads = [
        Attempt(name: "sftp put") { try $0.sftp("put \($1) \($0.folder)/liste.csv") },
        Attempt(name: "sftp put -p -f") { try $0.sftp("put -p -f \($1) \($0.folder)/liste.csv") },
        Attempt(name: "sftp, by the manual's spelling of the folder") {
            try $0.sftp("cd \($0.code)/QUALIOPI/FICHER_QUALIOPI\nput \($1) liste.csv")
        },
        Attempt(name: "sftp, temporary name then rename") {
            try $0.sftp("cd \($0.folder)\nput \($1) liste.csv.part\nrename liste.csv.part liste.csv")
        },
        Attempt(name: "scp -p") { try $0.scp($1, to: "liste.csv", options: ["-p"]) },
        Attempt(name: "curl") { try $0.curl($1, to: "liste.csv") },
        Attempt(name: "curl --ftp-create-dirs") { try $0.curl($1, to: "liste.csv", options: ["--ftp-create-dirs"]) },
        Attempt(name: "curl, temporary name then rename") {
            try $0.curl(
                $1, to: "liste.csv.tmp",
                options: ["-Q", "-rename \($0.folder)/liste.csv.tmp \($0.folder)/liste.csv"])
        },
        Attempt(name: "lftp put") { try $0.lftp("cd \($0.folder) && put \($1) -o liste.csv") },
        Attempt(name: "lftp with a temporary file") {
            try $0.lftp("set xfer:use-temp-file yes; cd \($0.folder) && put \($1) -o liste.csv")
        },
        Attempt(name: "lftp mirror -R") {
            let tree = try $0.tree(of: $1)
            return try $0.lftp("mirror -R \(tree) \($0.folder)")
        },
        Attempt(name: "psftp") { try $0.psftp("cd \($0.folder)\nput \($1) liste.csv") },
        Attempt(name: "pscp -p") { try $0.pscp($1, to: "liste.csv", options: ["-p"]) },
        Attempt(name: "rclone copyto") { try $0.rclone("copyto", $1, to: "liste.csv") },
        Attempt(name: "rclone copy of a folder") { try $0.rclone("copy", $0.tree(of: $1), to: "") },
        Attempt(name: "paramiko put and utime") {
            try $0.paramiko(
                """
                path = folder + '/liste.csv'
                sftp.put('\($1)', path)
                sftp.utime(path, (1700000000, 1700000000))
                assert sftp.stat(path).st_mtime == 1700000000
                """)
        },
        Attempt(name: "paramiko, temporary name then posix_rename") {
            try $0.paramiko(
                """
                sftp.put('\($1)', folder + '/.liste.csv')
                sftp.posix_rename(folder + '/.liste.csv', folder + '/liste.csv')
                """)
        },
        Attempt(name: "asyncssh put with preserve") {
            try $0.asyncssh("await sftp.put('\($1)', folder + '/liste.csv', preserve=True)")
        },
        Attempt(name: "asyncssh makedirs of the existing path") {
            try $0.asyncssh(
                "await sftp.makedirs(folder, exist_ok=True)\n        await sftp.put('\($1)', folder + '/liste.csv')")
        },
        Attempt(name: "Net::SFTP::Foreign put") { try $0.perl("$sftp->put('\($1)', '\($0.folder)/liste.csv')") },
        Attempt(name: "Net::SFTP::Foreign atomic put") {
            try $0.perl("$sftp->put('\($1)', '\($0.folder)/liste.csv', atomic => 1)")
        },
        Attempt(name: "phpseclib put") {
            try $0.php("$sftp->put('\($0.folder)/liste.csv', '\($1)', SFTP::SOURCE_LOCAL_FILE)")
        },
        Attempt(name: "JSch put") { try $0.jsch($1, to: "liste.csv") },
    ]

    @Test(arguments: uploads)
    func `a whole upload succeeds and is treated once`(attempt: Attempt) throws {
        let instance = try Instance(deposits: ["settle_seconds: 0"])
        try instance.start()
        let depositor = try Depositor(instance, organisations: 500)
        let text = SampleList.good(500)
        let told = try attempt.push(depositor, try instance.write(text, to: "liste.csv"))
        #expect(told.succeeded, "\(told)")
        let deposits = try depositor.treated()
        #expect(deposits.map { $0["state"] as? String } == ["succes"])
        #expect(deposits.map { $0["file"] as? String } == ["liste.csv"])
        #expect(deposits.first?["size"] as? Int == text.utf8.count)

        // The same again: the taken file's view must not stand in the way of the next day's deposit.
        let again = try attempt.push(depositor, instance.folder.appending(path: "liste.csv").path)
        if attempt.name.contains("mirror") || attempt.name.contains("rclone") { return }
        #expect(again.succeeded, "\(again)")
        #expect(try depositor.treated(2).count == 2)
    }

    static let downloads = [
        Attempt(name: "sftp get and rm") { try $0.sftp("get \($0.folder)/\($1) copie\nrm \($0.folder)/\($1)") },
        Attempt(name: "scp") { try $0.scpDownload($1, to: "copie") },
        Attempt(name: "curl") { try $0.curlDownload($1, to: "copie") },
        Attempt(name: "lftp get, then rm") { try $0.lftp("cd \($0.folder) && get \($1) -o copie && rm \($1)") },
        Attempt(name: "psftp get and del") { try $0.psftp("cd \($0.folder)\nls\nget \($1) copie\ndel \($1)") },
        Attempt(name: "rclone copyto") { try $0.rcloneDownload($1, to: "copie") },
        Attempt(name: "paramiko get and remove") {
            try $0.paramiko("sftp.get(folder + '/\($1)', 'copie'); sftp.remove(folder + '/\($1)')")
        },
        Attempt(name: "asyncssh get") { try $0.asyncssh("await sftp.get(folder + '/\($1)', 'copie')") },
    ]

    @Test(arguments: downloads)
    func `a report is downloaded whole`(attempt: Attempt) throws {
        let instance = try Instance(deposits: ["settle_seconds: 0"])
        try instance.start()
        let depositor = try Depositor(instance, organisations: 10)
        // Thousands of unknown organisations make a report of several hundred kilobytes: many READs in flight.
        let file = try instance.write(SampleList.good(5_000), to: "liste.csv")
        #expect(try depositor.sftp("put \(file) \(depositor.folder)/liste.csv").succeeded)
        _ = try depositor.treated()
        let name = try #require(depositor.reports("txt").first)
        let report = try Data(contentsOf: depositor.folderOnDisk.appending(path: name))
        #expect(report.count > 300_000)
        let told = try attempt.push(depositor, name)
        #expect(told.succeeded, "\(told)")
        #expect(try Data(contentsOf: instance.folder.appending(path: "copie")) == report)
        if attempt.name.contains("and") || attempt.name.contains("rm") { #expect(depositor.reports("txt").isEmpty) }
    }

    static let wrongPasswords = [
        Attempt(name: "curl") { try $0.curl($1, to: "liste.csv", password: "Faux-2026") },
        Attempt(name: "lftp") { try $0.lftp("cd \($0.folder) && put \($1)", password: "Faux-2026") },
        Attempt(name: "psftp") { depositor, _ in try depositor.psftp("ls", password: "Faux-2026") },
        Attempt(name: "paramiko") { depositor, _ in try depositor.paramiko("", password: "Faux-2026") },
        Attempt(name: "rclone") { try $0.rclone("copyto", $1, to: "liste.csv", password: "Faux-2026") },
    ]

    @Test(arguments: wrongPasswords)
    func `a wrong password is said to be one`(attempt: Attempt) throws {
        let instance = try Instance()
        try instance.start()
        let depositor = try Depositor(instance, organisations: 10)
        let told = try attempt.push(depositor, try instance.write(SampleList.good(1), to: "liste.csv"))
        #expect(!told.succeeded, "\(told)")
        #expect(instance.log.contains("event=session.denied"))
        #expect(depositor.names().isEmpty)
    }

    static let resumptions = [
        Attempt(name: "sftp reput") { try $0.sftp("reput \($1) \($0.folder)/liste.csv") },
        Attempt(name: "curl -C -") { try $0.curl($1, to: "liste.csv", options: ["-C", "-"]) },
        Attempt(name: "lftp put -c") { try $0.lftp("cd \($0.folder) && put -c \($1) -o liste.csv") },
        Attempt(name: "psftp reput") { try $0.psftp("cd \($0.folder)\nreput \($1) liste.csv") },
    ]

    @Test(arguments: resumptions)
    func `an upload is resumed after a cut`(attempt: Attempt) throws {
        let instance = try Instance()
        try instance.start()
        let depositor = try Depositor(instance, organisations: 500)
        let text = SampleList.good(500)
        let file = try instance.write(text, to: "liste.csv")
        let cut = try depositor.packets(
            """
            opened = sftp.open(folder + '/liste.csv', W | CREAT | TRUNC)
            assert sftp.write(opened.handle, 0, good[:10000]).code == OK
            sftp.transport.sock.close()
            """, good: text)
        #expect(cut.succeeded, "\(cut)")
        #expect(eventually { instance.log.contains("event=session.closed") })
        #expect(depositor.names().isEmpty)
        let told = try attempt.push(depositor, file)
        #expect(told.succeeded, "\(told)")
        let deposits = try depositor.treated()
        #expect(deposits.map { $0["state"] as? String } == ["succes"])
        #expect(deposits.first?["size"] as? Int == text.utf8.count)
    }
}

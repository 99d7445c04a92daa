import Foundation

/// The clients that are programs of their own.
extension MatrixClient {
    static let openSSH = MatrixClient(
        "OpenSSH sftp",
        [
            .firstUpload: { try $0.sftp("put \($1) \($0.folder)/liste.csv") },
            .preserve: { try $0.sftp("put -p -f \($1) \($0.folder)/liste.csv") },
            .temporaryName: {
                try $0.sftp("cd \($0.folder)\nput \($1) liste.csv.part\nrename liste.csv.part liste.csv")
            },
            .makePath: {
                let folders = ["/\($0.code)", "/\($0.code)/QUALIOPI", $0.folder].map { "-mkdir \($0)\n" }.joined()
                return try $0.sftp(folders + "put \($1) \($0.folder)/liste.csv")
            },
            .keyLogin: { try $0.sftp("put \($1) \($0.folder)/liste.csv") },
            .resume: { try $0.sftp("reput \($1) \($0.folder)/liste.csv") },
            .correction: {
                // It says that there is nothing to go on with.
                let resumed = try $0.sftp("reput \($1) \($0.folder)/liste.csv")
                guard !resumed.succeeded else { return resumed }
                return try $0.sftp("put \($1) \($0.folder)/liste.csv")
            },
            .report: { try $0.sftp("cd \($0.folder)\nls -l\nget \($1) copie\nrm \($1)") },
            .wrongPassword: { depositor, _ in
                try depositor.openSSHPassword("sftp", "Faux-2026", ["\(depositor.login)@127.0.0.1"])
            },
        ],
        variants: [
            (
                "the manual's spelling of the folder",
                { try $0.sftp("cd \($0.code)/QUALIOPI/FICHER_QUALIOPI\nput \($1)") }
            )
        ])

    static let scp = MatrixClient(
        "OpenSSH scp",
        [
            .firstUpload: { try $0.scp($1, to: "liste.csv") },
            .preserve: { try $0.scp($1, to: "liste.csv", options: ["-p"]) },
            .keyLogin: { try $0.scp($1, to: "liste.csv") },
            .correction: { try $0.scp($1, to: "liste.csv") },
            .wrongPassword: {
                try $0.openSSHPassword("scp", "Faux-2026", [$1, "\($0.login)@127.0.0.1:\($0.folder)/liste.csv"])
            },
        ], variants: [("a folder as the target", { try $0.scp($1, to: "") })])

    static let lftp = MatrixClient(
        "lftp",
        [
            .firstUpload: { try $0.lftp("cd \($0.folder) && put \($1)") },
            // lftp sends the size and the time with every upload.
            .preserve: { try $0.lftp("cd \($0.folder) && put \($1)") },
            .temporaryName: { try $0.lftp("set xfer:use-temp-file yes; cd \($0.folder) && put \($1)") },
            .makePath: { try $0.lftp("mkdir -pf \($0.folder); cd \($0.folder) && put \($1)") },
            .keyLogin: {
                try $0.lftp(
                    "cd \($0.folder) && put \($1)", password: "",
                    settings: "set sftp:connect-program 'ssh -a -x -o BatchMode=yes -i \($0.keyFile)';")
            },
            .resume: { try $0.lftp("cd \($0.folder) && put -c \($1)") },
            .correction: { try $0.lftp("cd \($0.folder) && put -c \($1)") },
            .report: { try $0.lftp("cd \($0.folder) && cls -l && get \($1) -o copie && rm \($1)") },
            .wrongPassword: { try $0.lftp("cd \($0.folder) && put \($1)", password: "Faux-2026") },
        ],
        variants: [
            (
                "mirror -R",
                {
                    let tree = try $0.tree(of: $1)
                    return try $0.lftp("mirror -R \(tree) \($0.folder)")
                }
            )
        ])

    static let curl = MatrixClient(
        "curl",
        [
            .firstUpload: { try $0.curl($1, to: "liste.csv") },
            .temporaryName: {
                try $0.curl(
                    $1, to: "liste.csv.tmp",
                    options: ["-Q", "-rename \($0.folder)/liste.csv.tmp \($0.folder)/liste.csv"])
            },
            .makePath: { try $0.curl($1, to: "liste.csv", options: ["--ftp-create-dirs"]) },
            .keyLogin: {
                try $0.curl(
                    $1, to: "liste.csv", options: ["--key", $0.keyFile, "--pubkey", "\($0.keyFile).pub"], password: "")
            },
            .resume: { try $0.curl($1, to: "liste.csv", options: ["-C", "-"]) },
            .correction: { try $0.curl($1, to: "liste.csv", options: ["-C", "-"]) },
            .report: {
                let list = try $0.curlGet("")
                guard list.succeeded, list.output.contains($1) else { return list }
                return try $0.curlGet($1, options: ["-o", "copie", "-Q", "-rm \($0.folder)/\($1)"])
            },
            .wrongPassword: { try $0.curl($1, to: "liste.csv", password: "Faux-2026") },
        ])

    static let psftp = MatrixClient(
        "PuTTY psftp",
        [
            .firstUpload: { try $0.psftp("cd \($0.folder)\nput \($1) liste.csv") },
            .temporaryName: { try $0.psftp("cd \($0.folder)\nput \($1) liste.csv.tmp\nmv liste.csv.tmp liste.csv") },
            .keyLogin: { try $0.psftp("cd \($0.folder)\nput \($1) liste.csv", login: $0.puttyKey()) },
            .resume: { try $0.psftp("cd \($0.folder)\nreput \($1) liste.csv") },
            .correction: {
                let resumed = try $0.psftp("cd \($0.folder)\nreput \($1) liste.csv")
                guard !resumed.succeeded else { return resumed }
                return try $0.psftp("cd \($0.folder)\nput \($1) liste.csv")
            },
            .report: { try $0.psftp("cd \($0.folder)\nls\nget \($1) copie\ndel \($1)") },
            .wrongPassword: { depositor, _ in try depositor.psftp("ls", login: ["-pw", "Faux-2026"]) },
        ])

    static let pscp = MatrixClient(
        "PuTTY pscp",
        [
            .firstUpload: { try $0.pscp($1, to: "liste.csv") },
            .preserve: { try $0.pscp($1, to: "liste.csv", options: ["-p"]) },
            .keyLogin: { try $0.pscp($1, to: "liste.csv", login: $0.puttyKey()) },
            .correction: { try $0.pscp($1, to: "liste.csv") },
            .wrongPassword: { try $0.pscp($1, to: "liste.csv", login: ["-pw", "Faux-2026"]) },
        ])

    static let rclone = MatrixClient(
        "rclone",
        [
            .firstUpload: { try $0.rclone(["copyto", $1, "depot:\($0.folder)/liste.csv"]) },
            // rclone sets the time of every file it uploads.
            .preserve: { try $0.rclone(["copy", $0.tree(of: $1), "depot:\($0.folder)"]) },
            .temporaryName: {
                let copied = try $0.rclone(["copyto", $1, "depot:\($0.folder)/liste.csv.tmp"])
                guard copied.succeeded else { return copied }
                return try $0.rclone(["moveto", "depot:\($0.folder)/liste.csv.tmp", "depot:\($0.folder)/liste.csv"])
            },
            .makePath: {
                let made = try $0.rclone(["mkdir", "depot:\($0.folder)"])
                guard made.succeeded else { return made }
                return try $0.rclone(["copyto", $1, "depot:\($0.folder)/liste.csv"])
            },
            .keyLogin: {
                try $0.rclone(
                    ["copyto", $1, "depot:\($0.folder)/liste.csv", "--sftp-key-file", $0.keyFile], password: nil)
            },
            .correction: {
                try $0.rclone(["copyto", $1, "depot:\($0.folder)/liste.csv", "--ignore-existing"])
            },
            .report: {
                let list = try $0.rclone(["lsl", "depot:\($0.folder)"])
                guard list.succeeded, list.output.contains($1) else { return list }
                let copied = try $0.rclone(["copyto", "depot:\($0.folder)/\($1)", "copie"])
                guard copied.succeeded else { return copied }
                return try $0.rclone(["deletefile", "depot:\($0.folder)/\($1)"])
            },
            .wrongPassword: {
                try $0.rclone(["copyto", $1, "depot:\($0.folder)/liste.csv"], password: "Faux-2026")
            },
        ])
}

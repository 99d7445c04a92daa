import Foundation

/// The libraries whose programs are in `Tests/Fixtures/clients`, all with the same arguments (`libssh2.py` says which).
extension MatrixClient {
    /// Those that Debian and PyPI have without much else.
    static let scripted = [
        scripted("libssh2 (ssh2-python)", [Instance.python, "libssh2.py"]),
        scripted("libssh (ssh-python)", [Instance.python, "libssh.py"]),
        scripted("Twisted conch", [Instance.python, "twisted_conch.py"]),
        scripted("Ruby Net::SFTP", ["ruby", "net_sftp.rb"]),
        scripted("Perl Net::SSH2", ["perl", "net_ssh2.pl"]),
        // It can't set a time.
        scripted("PHP ssh2", ["php", "ssh2.php"], without: [.preserve]),
        scripted("Erlang ssh_sftp", ["escript", "ssh_sftp.escript"]),
    ]

    /// A compiler of some hundred megabytes, and a desktop's bus.
    static let rare = [
        scripted(
            "Go pkg/sftp",
            [
                "env", "GOPATH=/usr/share/gocode", "GO111MODULE=off", "GOCACHE=/tmp/go-cache", "go", "run",
                "sftp_client.go",
            ])
    ]

    private static func scripted(_ name: String, _ command: [String], without missing: Set<Case> = []) -> MatrixClient {
        let program =
            command.dropLast() + [Depositor.fixtures.appending(path: "clients/\(command.last ?? "")").path]
        @Sendable func run(
            _ depositor: Depositor, _ operations: [String], secret: String = Depositor.password
        ) throws -> CommandResult {
            let instance = depositor.instance
            return try instance.run(
                program + ["127.0.0.1", "\(instance.port)", depositor.login, secret] + operations)
        }
        let cases: [Case: Step] = [
            .firstUpload: { try run($0, ["put", $1, "\($0.folder)/liste.csv"]) },
            .preserve: { try run($0, ["put", $1, "\($0.folder)/liste.csv", "touch", "\($0.folder)/liste.csv"]) },
            .temporaryName: {
                try run(
                    $0,
                    [
                        "put", $1, "\($0.folder)/liste.csv.tmp", "rename", "\($0.folder)/liste.csv.tmp",
                        "\($0.folder)/liste.csv",
                    ])
            },
            .keyLogin: { try run($0, ["put", $1, "\($0.folder)/liste.csv"], secret: "@\($0.pemKey())") },
            .correction: { try run($0, ["send", $1, "\($0.folder)/liste.csv"]) },
            .report: {
                let path = "\($0.folder)/\($1)"
                return try run($0, ["ls", $0.folder, $1, "get", path, "copie", "rm", path])
            },
            .wrongPassword: { try run($0, ["put", $1, "\($0.folder)/liste.csv"], secret: "Faux-2026") },
        ]
        return MatrixClient(name, cases.filter { !missing.contains($0.key) })
    }
}

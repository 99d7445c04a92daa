import Foundation

/// The depositors' programs, each with its default settings but for the port, the login and the host key's acceptance.
extension Depositor {
    // MARK: OpenSSH

    private static let acceptance = [
        "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR",
    ]
    private var ssh: [String] { Self.acceptance + ["-o", "IdentitiesOnly=yes", "-i", keyFile] }

    var sftpCommand: [String] {
        ["sftp"] + ssh + ["-o", "BatchMode=yes", "-P", "\(instance.port)", "-b", "-", "\(login)@127.0.0.1"]
    }

    /// OpenSSH's sftp with a batch of commands on its standard input.
    func sftp(_ batch: String, options: [String] = []) throws -> CommandResult {
        try instance.run(["sftp"] + options + sftpCommand.dropFirst(), input: batch + "\n")
    }

    func scp(_ file: String, to name: String, options: [String] = []) throws -> CommandResult {
        try instance.run(
            ["scp"] + options + ssh + ["-P", "\(instance.port)", file, "\(login)@127.0.0.1:\(folder)/\(name)"])
    }

    /// `sftp` or `scp` with a password, by way of sshpass.
    func openSSHPassword(_ program: String, _ password: String, _ rest: [String]) throws -> CommandResult {
        try instance.run(
            ["sshpass", "-p", password, program] + Self.acceptance + [
                "-o", "PubkeyAuthentication=no", "-o", "NumberOfPasswordPrompts=1", "-P", "\(instance.port)",
            ] + rest)
    }

    /// OpenSSH's ssh; `arguments` may name a command.
    func ssh(options: [String] = [], _ arguments: [String] = []) throws -> CommandResult {
        try instance.run(
            ["ssh"] + options + ssh + ["-o", "BatchMode=yes", "-p", "\(instance.port)", "\(login)@127.0.0.1"]
                + arguments)
    }

    // MARK: curl, lftp, PuTTY, rclone

    func curl(
        _ file: String, to name: String, options: [String] = [], password: String = Depositor.password
    ) throws -> CommandResult {
        try instance.run(
            ["curl", "-sS", "-k"] + options + ["-u", "\(login):\(password)", "-T", file, "\(url)\(folder)/\(name)"])
    }

    func curlGet(_ name: String, options: [String] = []) throws -> CommandResult {
        try instance.run(
            ["curl", "-sS", "-k"] + options + ["-u", "\(login):\(Self.password)", "\(url)\(folder)/\(name)"])
    }

    private var url: String { "sftp://127.0.0.1:\(instance.port)" }

    func lftp(_ commands: String, password: String = Depositor.password, settings: String = "") throws -> CommandResult
    {
        try instance.run([
            "lftp", "-c",
            """
            set cmd:fail-exit yes; set sftp:auto-confirm yes; set net:max-retries 1; set net:timeout 200; \
            \(settings) open -u \(login),\(password) \(url); \(commands)
            """,
        ])
    }

    /// PuTTY's psftp with a batch of commands; it stops at the first that fails.
    func psftp(_ batch: String, login: [String] = ["-pw", Depositor.password]) throws -> CommandResult {
        let script = try instance.write(batch + "\n", to: "psftp.txt")
        return try instance.run(
            ["psftp", "-P", "\(instance.port)"] + putty(login) + ["-b", script, "\(self.login)@127.0.0.1"])
    }

    func pscp(
        _ file: String, to name: String, options: [String] = [], login: [String] = ["-pw", Depositor.password]
    ) throws -> CommandResult {
        try instance.run(
            ["pscp", "-P", "\(instance.port)"] + options + putty(login) + [
                file, "\(self.login)@127.0.0.1:\(folder)/\(name)",
            ])
    }

    /// Batch mode accepts no unknown host key: its fingerprint is given, as an operator would give it to a robot.
    private func putty(_ login: [String]) throws -> [String] {
        let key = instance.state.appending(path: "host_keys").path
        let prints = try instance.run(["sh", "-c", "for k in \(key)/*.pub; do ssh-keygen -lf $k; done"]).output
        let accepted = prints.split(separator: "\n").compactMap { $0.split(separator: " ").dropFirst().first }
        return ["-batch"] + login + accepted.flatMap { ["-hostkey", String($0)] }
    }

    /// The options that make PuTTY log in with the account's key, in PuTTY's own format.
    func puttyKey() throws -> [String] {
        let file = keyFile + ".ppk"
        _ = try instance.run(["puttygen", keyFile, "-o", file])
        return ["-i", file]
    }

    /// rclone with the remote `depot:`; without a password it needs a key among its arguments.
    func rclone(_ arguments: [String], password: String? = Depositor.password) throws -> CommandResult {
        var remote = [
            "env", "RCLONE_CONFIG=\(instance.folder.path)/rclone.conf", "RCLONE_CONFIG_DEPOT_TYPE=sftp",
            "RCLONE_CONFIG_DEPOT_HOST=127.0.0.1", "RCLONE_CONFIG_DEPOT_PORT=\(instance.port)",
            "RCLONE_CONFIG_DEPOT_USER=\(login)",
        ]
        if let password {
            let obscured = try instance.run(["rclone", "obscure", password]).output
            remote.append("RCLONE_CONFIG_DEPOT_PASS=\(obscured.trimmingCharacters(in: .newlines))")
        }
        return try instance.run(remote + ["rclone", "--retries", "1", "--contimeout", "4m"] + arguments)
    }

    /// A folder that holds a copy of a file as `liste.csv` and nothing else, for the clients that push whole folders.
    func tree(of file: String) throws -> String {
        let tree = instance.folder.appending(path: "tree-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: tree, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: file, toPath: tree.appending(path: "liste.csv").path)
        return tree.path
    }

    // MARK: Libraries

    /// A Python program with `sftp`, `transport` (paramiko, logged in by password unless a key is given) and `folder`
    /// at hand.
    func paramiko(
        _ program: String, password: String = Depositor.password, login: String? = nil, key: String? = nil
    ) throws -> CommandResult {
        let secret = key.map { "pkey=paramiko.PKey.from_path('\($0)')" } ?? "password='\(password)'"
        let prelude = """
            import os, sys, time, stat, paramiko
            sys.path.insert(0, '\(Self.fixtures.path)')
            import patient_paramiko
            transport = paramiko.Transport(('127.0.0.1', \(instance.port)))
            transport.connect(username='\(login ?? self.login)', \(secret))
            sftp = paramiko.SFTPClient.from_transport(transport)
            folder = '\(folder)'

            """
        return try instance.run([Instance.python, "-c", prelude + program])
    }

    /// Statements of a coroutine with `sftp` and `folder` at hand; `login`: asyncssh's own arguments for it.
    func asyncssh(
        _ program: String, login: String = "password='\(Depositor.password)', client_keys=None"
    ) throws -> CommandResult {
        try instance.run([
            Instance.python, "-c",
            """
            import asyncio, asyncssh
            folder = '\(folder)'
            async def main():
                async with asyncssh.connect('127.0.0.1', \(instance.port), username='\(self.login)', \(login),
                                            known_hosts=None, config=None) as ssh:
                    async with ssh.start_sftp_client() as sftp:
                        \(program.replacing("\n", with: "\n            "))
            asyncio.run(main())
            """,
        ])
    }

    func perl(_ call: String) throws -> CommandResult {
        let options = (ssh + ["-o", "BatchMode=yes"]).map { "'\($0)'" }.joined(separator: ",")
        return try instance.run([
            "perl", "-MNet::SFTP::Foreign", "-e",
            """
            my $sftp = Net::SFTP::Foreign->new('127.0.0.1', user => '\(login)', port => \(instance.port), more => [\(options)]);
            $sftp->die_on_error('connect'); (\(call)) or die 'failed: ' . $sftp->error;
            """,
        ])
    }

    func php(_ call: String, secret: String = "'\(Depositor.password)'") throws -> CommandResult {
        try instance.run([
            "php", "-r",
            """
            require 'phpseclib3/autoload.php'; use phpseclib3\\Net\\SFTP; use phpseclib3\\Crypt\\PublicKeyLoader;
            $sftp = new SFTP('127.0.0.1', \(instance.port), 200);
            $sftp->login('\(login)', \(secret)) or exit(2); (\(call)) or exit(1);
            """,
        ])
    }

    /// Operations of `JSchClient.java`, with a password, or `@` and a private key's file.
    func jsch(_ operations: [String], secret: String = Depositor.password) throws -> CommandResult {
        let source = Self.fixtures.appending(path: "JSchClient.java").path
        return try instance.run(
            ["java", "-cp", "/usr/share/java/jsch.jar", source, "127.0.0.1", "\(instance.port)", login, secret]
                + operations)
    }

    /// A key of the account's in the old PEM form: JSch 0.1.55 reads no other, knows no Ed25519, and signs with RSA and
    /// SHA-1 or with ECDSA.
    func pemKey() throws -> String { try addKey(["-t", "ecdsa", "-m", "PEM"]) }

    /// Makes a key with ssh-keygen's options, adds it to the account, and returns its file.
    func addKey(_ options: [String]) throws -> String {
        let file = instance.folder.appending(path: "key-\(UUID().uuidString.prefix(8))").path
        _ = try instance.run(["ssh-keygen", "-q", "-N", "", "-f", file] + options)
        try instance.admin("account", "add-key", login, file + ".pub")
        return file
    }
}

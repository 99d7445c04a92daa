import Foundation

/// The depositors' programs, each with its default settings but for the port, the key and the host key's acceptance.
extension Depositor {
    private var ssh: [String] {
        [
            "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "IdentitiesOnly=yes",
            "-o", "LogLevel=ERROR", "-i", keyFile,
        ]
    }

    var sftpCommand: [String] {
        ["sftp"] + ssh + ["-o", "BatchMode=yes", "-P", "\(instance.port)", "-b", "-", "\(login)@127.0.0.1"]
    }

    /// OpenSSH's sftp with a batch of commands on its standard input.
    func sftp(_ batch: String) throws -> CommandResult { try instance.run(sftpCommand, input: batch + "\n") }

    func scp(_ file: String, to name: String, options: [String] = []) throws -> CommandResult {
        try instance.run(
            ["scp"] + options + ssh + ["-P", "\(instance.port)", file, "\(login)@127.0.0.1:\(folder)/\(name)"])
    }

    func scpDownload(_ name: String, to file: String) throws -> CommandResult {
        try instance.run(["scp"] + ssh + ["-P", "\(instance.port)", "\(login)@127.0.0.1:\(folder)/\(name)", file])
    }

    func curl(
        _ file: String, to name: String, options: [String] = [], password: String = Depositor.password
    ) throws -> CommandResult {
        try instance.run(
            ["curl", "-sS", "-k"] + options + ["-u", "\(login):\(password)", "-T", file, "\(url)\(folder)/\(name)"])
    }

    func curlDownload(_ name: String, to file: String) throws -> CommandResult {
        try instance.run([
            "curl", "-sS", "-k", "-u", "\(login):\(Self.password)", "-o", file, "\(url)\(folder)/\(name)",
        ])
    }

    private var url: String { "sftp://127.0.0.1:\(instance.port)" }

    func lftp(_ commands: String, password: String = Depositor.password) throws -> CommandResult {
        try instance.run([
            "lftp", "-c",
            """
            set cmd:fail-exit yes; set sftp:auto-confirm yes; set net:max-retries 1; set net:timeout 20; \
            open -u \(login),\(password) \(url); \(commands)
            """,
        ])
    }

    /// PuTTY's psftp with a batch of commands; it stops at the first that fails.
    func psftp(_ batch: String, password: String = Depositor.password) throws -> CommandResult {
        let script = try instance.write(batch + "\n", to: "psftp.txt")
        return try instance.run(
            ["psftp", "-P", "\(instance.port)"] + putty(password) + ["-b", script, "\(login)@127.0.0.1"])
    }

    func pscp(_ file: String, to name: String, options: [String] = []) throws -> CommandResult {
        try instance.run(
            ["pscp", "-P", "\(instance.port)"] + options + putty(Self.password) + [
                file, "\(login)@127.0.0.1:\(folder)/\(name)",
            ])
    }

    /// Batch mode accepts no unknown host key: its fingerprint is given, as an operator would give it to a robot.
    private func putty(_ password: String) throws -> [String] {
        let key = instance.state.appending(path: "host_keys").path
        let prints = try instance.run(["sh", "-c", "for k in \(key)/*.pub; do ssh-keygen -lf $k; done"]).output
        let accepted = prints.split(separator: "\n").compactMap { $0.split(separator: " ").dropFirst().first }
        return ["-batch", "-pw", password] + accepted.flatMap { ["-hostkey", String($0)] }
    }

    func rclone(
        _ verb: String, _ source: String, to name: String, password: String = Depositor.password
    ) throws -> CommandResult {
        try instance.run(try rcloneRemote(password) + [verb, source, "depot:\(folder)/\(name)"])
    }

    func rcloneDownload(_ name: String, to file: String) throws -> CommandResult {
        try instance.run(try rcloneRemote(Self.password) + ["copyto", "depot:\(folder)/\(name)", file])
    }

    private func rcloneRemote(_ password: String) throws -> [String] {
        let obscured = try instance.run(["rclone", "obscure", password]).output.trimmingCharacters(in: .newlines)
        return [
            "env", "RCLONE_CONFIG=\(instance.folder.path)/rclone.conf", "RCLONE_CONFIG_DEPOT_TYPE=sftp",
            "RCLONE_CONFIG_DEPOT_HOST=127.0.0.1", "RCLONE_CONFIG_DEPOT_PORT=\(instance.port)",
            "RCLONE_CONFIG_DEPOT_USER=\(login)", "RCLONE_CONFIG_DEPOT_PASS=\(obscured)", "rclone", "--retries", "1",
        ]
    }

    /// A folder that holds a copy of a file as `liste.csv` and nothing else, for the clients that push whole folders.
    func tree(of file: String) throws -> String {
        let tree = instance.folder.appending(path: "tree-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: tree, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: file, toPath: tree.appending(path: "liste.csv").path)
        return tree.path
    }

    func asyncssh(_ program: String) throws -> CommandResult {
        try instance.run([
            Instance.python, "-c",
            """
            import asyncio, asyncssh
            folder = '\(folder)'
            async def main():
                async with asyncssh.connect('127.0.0.1', \(instance.port), username='\(login)', password='\(Self.password)',
                                            known_hosts=None, client_keys=None, config=None) as ssh:
                    async with ssh.start_sftp_client() as sftp:
                        \(program.replacing("\n        ", with: "\n            "))
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
            $sftp->die_on_error('connect'); \(call) or die 'failed: ' . $sftp->error;
            """,
        ])
    }

    func php(_ call: String) throws -> CommandResult {
        try instance.run([
            "php", "-r",
            """
            require 'phpseclib3/autoload.php'; use phpseclib3\\Net\\SFTP;
            $sftp = new SFTP('127.0.0.1', \(instance.port));
            $sftp->login('\(login)', '\(Self.password)') or exit(2); \(call) or exit(1);
            """,
        ])
    }

    func jsch(_ file: String, to name: String) throws -> CommandResult {
        let source = Self.fixtures.appending(path: "JSchPut.java").path
        return try instance.run([
            "java", "-cp", "/usr/share/java/jsch.jar", source, "127.0.0.1", "\(instance.port)", login, Self.password,
            file,
            "\(folder)/\(name)",
        ])
    }

    /// A Python program with `sftp`, `transport` (paramiko, logged in by password) and `folder` at hand.
    func paramiko(_ program: String, password: String = Depositor.password, login: String? = nil) throws
        -> CommandResult
    {
        let prelude = """
            import os, sys, time, stat, paramiko
            transport = paramiko.Transport(('127.0.0.1', \(instance.port)))
            transport.connect(username='\(login ?? self.login)', password='\(password)')
            sftp = paramiko.SFTPClient.from_transport(transport)
            folder = '\(folder)'

            """
        return try instance.run([Instance.python, "-c", prelude + program])
    }
}

import Foundation
import Testing

struct UsageTests {
    static let commands: [[String]] = [
        ["serve"], ["demo"], ["check"], ["status"], ["backup"], ["config", "check"], ["config", "show"],
        ["depositor", "add"], ["depositor", "list"], ["depositor", "show"], ["depositor", "suspend"],
        ["depositor", "resume"], ["depositor", "set-mode"], ["user", "add"], ["user", "list"], ["user", "grant"],
        ["user", "revoke"], ["user", "mute"], ["user", "unmute"], ["user", "remove"], ["account", "create"],
        ["account", "list"], ["account", "show"], ["account", "reset-password"], ["account", "lock"],
        ["account", "unlock"], ["account", "delete"], ["account", "add-key"], ["account", "list-keys"],
        ["account", "remove-key"], ["account", "log"], ["reference", "import"], ["reference", "status"],
        ["reference", "show"], ["deposit", "list"], ["deposit", "show"], ["deposit", "report"], ["deposit", "file"],
        ["deposit", "retry"], ["registry", "export"], ["registry", "show"], ["registry", "changes"],
        ["period", "list"],
        ["ban", "list"], ["ban", "lift"], ["depositor", "rename"], ["depositor", "remove"], ["mail", "list"],
        ["mail", "show"], ["mail", "retry"], ["mail", "test"], ["depositor", "invite"], ["depositor", "invitations"],
        ["depositor", "revoke-invitation"],
    ]

    @Test(arguments: commands)
    func `every command has help with an example`(command: [String]) throws {
        let outcome = try Program.run(["help"] + command)
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("USAGE: collecteur " + command.joined(separator: " ")))
        #expect(outcome.output.contains("Example: collecteur"))
    }

    static let misuses: [[String]] = [
        ["nosuch"], ["deposit", "list", "--nosuch"], ["deposit", "show"], ["deposit", "show", "x"],
        ["deposit", "list", "--state", "x"], ["deposit", "list", "--since", "24/11/2026"], ["depositor", "add"],
        ["account", "create", "a@b.fr", "--password", "secret"],
        ["account", "create", "a@b.fr", "--generate", "--password-stdin"], ["check"], ["registry", "changes"],
    ]

    @Test(arguments: misuses)
    func `a misuse is one line and exit 64`(arguments: [String]) throws {
        let outcome = try Program.run(arguments)
        #expect(outcome.status == 64, "\(outcome)")
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.hasPrefix("collecteur: "))
        #expect(outcome.errors.filter { $0 == "\n" }.count == 1)
    }

    /// What a script gives whose variable is not set.
    @Test(arguments: ["", " "])
    func `an argument that is empty is a misuse, and nothing is done`(empty: String) throws {
        var all: [[String]] = [
            ["deposit", "list", "--depositor", empty], ["period", "list", "--depositor", empty],
            ["user", "add", "a@b.fr", "--depositor", empty], ["user", "grant", "a@b.fr", "--depositor", empty],
            ["user", "revoke", "a@b.fr", "--depositor", "E1", empty], ["depositor", "rename", empty, "N"],
            ["depositor", "set-mode", empty, "test"], ["depositor", "revoke-invitation", empty, "1"],
            ["depositor", "invite", "E1", empty], ["account", "add-key", empty, "key"],
            ["account", "remove-key", empty, "SHA256:x"], ["account", "remove-key", "a", empty],
            ["mail", "test", empty], ["ban", "lift", empty], ["user", "add", empty, "--depositor", "E1"],
            ["user", "grant", empty, "--depositor", "E1"], ["user", "revoke", empty, "--depositor", "E1"],
        ]
        for command in [
            "show", "mute", "unmute", "remove", "reset-password", "lock", "unlock", "end-sessions", "log", "export",
            "erase",
        ] { all.append(["user", command, empty]) }
        for command in ["show", "suspend", "resume", "remove", "log", "invite", "invitations"] {
            all.append(["depositor", command, empty])
        }
        for command in ["create", "show", "reset-password", "lock", "unlock", "delete", "log", "list-keys"] {
            all.append(["account", command, empty])
        }
        for arguments in all {
            let outcome = try Program.run(arguments)
            #expect(outcome.status == 64, "\(arguments): \(outcome)")
            #expect(outcome.errors.contains("it is empty"), "\(arguments): \(outcome)")
        }
    }

    @Test func `what is no address is erased by nobody`() throws {
        let program = try Program()
        for command in [["export"], ["erase", "--yes"]] {
            let outcome = try program.run(["user"] + command + ["archer_yopmail.com"])
            #expect(outcome.status == 2 && outcome.errors.contains("is not a mail address"), "\(outcome)")
        }
    }

    @Test func `the version is one line`() throws {
        let outcome = try Program.run(["--version"])
        #expect(outcome.status == 0)
        #expect(outcome.output.wholeMatch(of: /\d+\.\d+\.\d+\n/) != nil)
    }

    @Test(arguments: [["--config", "/nonexistent.yaml", "status"], ["status", "--config", "/nonexistent.yaml"]])
    func `settings that are not there are exit 78`(arguments: [String]) throws {
        let outcome = try Program.run(arguments)
        #expect(outcome.status == 78)
        #expect(outcome.errors == "collecteur: /nonexistent.yaml: No such file or directory\n")
    }

    @Test func `a bad setting is named by every command`() throws {
        let program = try Program(settings: "sftp:\n  max_sesions: 3\n")
        for command in ["config check", "config show", "status", "depositor list", "serve"] {
            let words = command.split(separator: " ").map(String.init)
            let file = program.folder.appending(path: "collecteur.yaml").path
            let outcome = try Program.run(["--config", file] + words)
            #expect(outcome.status == 78)
            #expect(
                outcome.errors
                    == "collecteur: \(file):3:3: unknown setting sftp.max_sesions; did you mean sftp.max_sessions?\n")
        }
        #expect(!FileManager.default.fileExists(atPath: program.folder.appending(path: "state").path))
    }

    @Test func `the environment names the settings`() throws {
        let outcome = try Program.run(["config", "check"], environment: ["COLLECTEUR_CONFIG": "/nonexistent.yaml"])
        #expect(outcome.status == 78)
    }

    @Test(arguments: [
        (["frobnicate"], "no command 'frobnicate' (see 'collecteur help')"),
        (["help", "frobnicate"], "no command 'frobnicate' (see 'collecteur help')"),
        (["acount", "list"], "no command 'acount'; did you mean 'collecteur account'?"),
        (
            ["--config", "x.yaml", "help", "deposit", "lst"],
            "no command 'deposit lst'; did you mean 'collecteur deposit list'?"
        ),
        (["account", "reset"], "no command 'account reset'; did you mean 'collecteur account reset-password'?"),
        (["account", "frobnicate"], "no command 'account frobnicate' (see 'collecteur help account')"),
    ])
    func `a misspelt command is named, with the one that was meant`(arguments: [String], fault: String) throws {
        let outcome = try Program.run(arguments)
        #expect(outcome.status == 64 && outcome.errors == "collecteur: \(fault)\n", "\(outcome)")
    }

    @Test func `settings that the daemon could not start with are no good settings`() throws {
        let program = try Program(
            settings: """
                sftp: {host_keys: [/nonexistent/key]}
                mail:
                  transport: smtp
                  url: smtp://localhost
                  username: robot
                  password_file: /nonexistent/password
                  ca_file: /nonexistent/ca.pem
                metrics: {file: /nonexistent/collecteur.prom}

                """)
        let file = program.folder.appending(path: "collecteur.yaml").path
        let outcome = try program.run("config", "check")
        #expect(outcome.status == 78)
        let places = outcome.errors.split(separator: "\n").map {
            $0.split(separator: ": ").prefix(3).joined(separator: ": ")
        }
        #expect(
            places == [
                "collecteur: \(file):2: sftp.host_keys", "collecteur: \(file):7: mail.password_file",
                "collecteur: \(file):8: mail.ca_file", "collecteur: \(file):9: metrics.file",
            ], "\(outcome)")
    }

    @Test func `settings are shown with their origin`() throws {
        let program = try Program(settings: "log: {level: debug}\n")
        let rows = try program.run("config", "show", "--json").json()
        let level = try #require(rows.first { $0["key"] as? String == "log.level" })
        #expect(level["value"] as? String == "debug")
        #expect((level["origin"] as? String)?.hasSuffix("collecteur.yaml:2") == true)
        let profile = try #require(rows.first { $0["key"] as? String == "sftp.profile" })
        #expect(profile["origin"] as? String == "default")
    }
}

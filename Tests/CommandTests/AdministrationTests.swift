import Foundation
import Testing

struct AdministrationTests {
    static let siret = "34350633300032"
    static let code = "E34350633300032"
    static let email = "archer@yopmail.com"
    static let login = "archer_yopmail.com"
    static let password = "Secret-123"

    private func programWithAccount() throws -> Program {
        let program = try Program()
        #expect(try program.admin("depositor", "add", "--siret", Self.siret, "--name", "ARCHER") == Self.code)
        try program.admin("user", "add", Self.email, "--depositor", Self.code)
        let login = try program.admin("account", "create", Self.email, "--password-stdin", input: Self.password + "\n")
        #expect(login == Self.login)
        return program
    }

    @Test func `a depositor has its code and its folders`() throws {
        let program = try Program()
        #expect(try program.admin("depositor", "add", "--siret", Self.siret, "--name", "ARCHER") == Self.code)
        let folder = program.folder.appending(path: "state/depots/\(Self.code)/QUALIOPI/FICHIER_QUALIOPI").path
        let mode = try FileManager.default.attributesOfItem(atPath: folder)[.posixPermissions] as? Int
        #expect(mode == 0o700)
        let again = try program.run("depositor", "add", "--siret", Self.siret, "--name", "ARCHER")
        #expect(again.status == 2)
        #expect(again.errors == "collecteur: the depositor \(Self.code) exists already\n")
    }

    @Test func `the database is its owner's alone`() throws {
        let program = try programWithAccount()
        let file = program.folder.appending(path: "state/collecteur.sqlite").path
        #expect(try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int == 0o600)
    }

    @Test(arguments: ["", "123", "34350633300033", "3435063330003x", "343506333000321"])
    func `what is not a SIRET is refused`(siret: String) throws {
        let outcome = try Program().run("depositor", "add", "--siret", siret, "--name", "X")
        #expect(outcome.status == 2)
        #expect(outcome.output.isEmpty)
    }

    @Test func `modes and states of a depositor`() throws {
        let program = try programWithAccount()
        try program.admin("depositor", "set-mode", Self.code, "test")
        try program.admin("depositor", "suspend", Self.code, "--yes")
        var row = try #require(try program.run("depositor", "list", "--json").json().first)
        #expect(row["mode"] as? String == "test")
        #expect(row["state"] as? String == "suspended")
        try program.admin("depositor", "resume", Self.code)
        row = try #require(try program.run("depositor", "list", "--json").json().first)
        #expect(row["state"] as? String == "active")
    }

    static let dangerous: [[String]] = [
        ["depositor", "suspend", code], ["user", "remove", email], ["account", "delete", login],
    ]

    @Test(arguments: dangerous)
    func `without a terminal the dangerous commands need --yes`(command: [String]) throws {
        let program = try programWithAccount()
        let before = try program.admin("account", "list") + program.admin("depositor", "list")
        let settings = program.folder.appending(path: "collecteur.yaml").path
        let refused = try Program.run(["--config", settings] + command, input: "y\n")
        #expect(refused.status == 2)
        #expect(try program.admin("account", "list") + program.admin("depositor", "list") == before)
        #expect(try Program.run(["--config", settings] + command + ["--yes"]).status == 0)
        #expect(try program.admin("account", "list") + program.admin("depositor", "list") != before)
    }

    static let passwords: [(password: String, missing: String)] = [
        ("abc", "at least 8 characters, an upper-case letter, a digit, a special character"),
        ("", "at least 8 characters, a lower-case letter, an upper-case letter, a digit, a special character"),
        ("abcdefgh", "an upper-case letter, a digit, a special character"),
        ("abcdefG", "at least 8 characters, a digit, a special character"),
        ("abcdef12", "an upper-case letter, a special character"),
    ]

    @Test(arguments: passwords)
    func `a weak password is refused with each criterion that is not met`(password: String, missing: String) throws {
        let program = try programWithAccount()
        let outcome = try program.run(
            "account", "reset-password", Self.login, "--password-stdin", input: password + "\n")
        #expect(outcome.status == 2)
        #expect(outcome.errors.hasSuffix("missing: \(missing)\n"), "\(outcome)")
    }

    @Test(arguments: ["abcdefG1", "ABCDEF1!", "éÉ12345678", "with spaces 1A"])
    func `three of the four kinds will do`(password: String) throws {
        let program = try programWithAccount()
        try program.admin("account", "reset-password", Self.login, "--password-stdin", input: password + "\n")
    }

    @Test func `without a terminal a password must come from somewhere`() throws {
        let program = try programWithAccount()
        #expect(try program.run("account", "reset-password", Self.login).status == 64)
        #expect(try program.run("account", "reset-password", Self.login, "--password-stdin").status == 66)
    }

    @Test func `a generated password is printed once and meets the policy`() throws {
        let program = try programWithAccount()
        let password = try program.admin("account", "reset-password", Self.login, "--generate")
        #expect(password.count == 23)
        try program.admin("account", "reset-password", Self.login, "--password-stdin", input: password + "\n")
        #expect(try program.admin("account", "log", Self.login).contains(password) == false)
        // Its person is told, and not what it is.
        let mail = try #require(try program.run("mail", "list", "--json").json().last)
        #expect(mail["to"] as? String == Self.email && mail["kind"] as? String == "compte.motDePasseModifie")
        let text = try program.admin("mail", "show", "1")
        #expect(
            text.contains("Le mot de passe de votre compte SFTP a été modifié") && !text.contains(password), "\(text)")
    }

    @Test func `a login that another e-mail gives is refused`() throws {
        let program = try programWithAccount()
        for email in ["a@b_c.fr", "a_b@c.fr"] { try program.admin("user", "add", email, "--depositor", Self.code) }
        #expect(
            try program.admin("account", "create", "a@b_c.fr", "--password-stdin", input: Self.password + "\n")
                == "a_b_c.fr")
        let outcome = try program.run("account", "create", "a_b@c.fr", "--generate")
        #expect(outcome.status == 2)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.contains("a@b_c.fr"))
    }

    @Test func `keys come and go`() throws {
        let program = try programWithAccount()
        let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ+jFbkPvqOOEgsSp5YqEYP2SOzJ2hkUWxHmCLqHWqF8 robot"
        let file = try program.write(key + "\n", to: "key.pub")
        let fingerprint = try program.admin("account", "add-key", Self.login, file)
        #expect(fingerprint.hasPrefix("SHA256:"))
        #expect(try program.run("account", "add-key", Self.login, "-", input: key).status == 2)
        let rows = try program.run("account", "list-keys", Self.login, "--json").json()
        #expect(rows.map { $0["fingerprint"] as? String } == [fingerprint])
        #expect(rows.map { $0["comment"] as? String } == ["robot"])
        try program.admin("account", "remove-key", Self.login, fingerprint)
        #expect(try program.run("account", "list-keys", Self.login, "--json").json().isEmpty)
        #expect(try program.run("account", "remove-key", Self.login, fingerprint).status == 1)
        #expect(try program.run("account", "add-key", Self.login, "/nonexistent").status == 66)
        #expect(try program.run("account", "add-key", Self.login, "-", input: "no key").status == 2)
    }

    @Test func `the audit trail says who did what, and outlives the account`() throws {
        let program = try programWithAccount()
        try program.admin("account", "lock", Self.login)
        try program.admin("account", "unlock", Self.login)
        try program.admin("account", "delete", Self.login, "--yes")
        let rows = try program.run("account", "log", Self.login, "--json").json()
        #expect(rows.compactMap { $0["event"] as? String } == ["deleted", "unlocked", "locked", "created"])
        #expect(rows.allSatisfy { ($0["by"] as? String)?.isEmpty == false })
    }

    @Test func `people and their depositors`() throws {
        let program = try programWithAccount()
        try program.admin("depositor", "add", "--siret", "35600000000048", "--name", "La Poste")
        try program.admin("user", "grant", Self.email, "--depositor", "E35600000000048")
        try program.admin("user", "mute", Self.email)
        var row = try #require(try program.run("user", "list", "--json").json().first)
        #expect(row["depositors"] as? [String] == [Self.code, "E35600000000048"])
        #expect(row["muted"] as? Bool == true)
        #expect(row["account"] as? String == Self.login)
        try program.admin("user", "revoke", Self.email, "--depositor", Self.code)
        try program.admin("user", "unmute", Self.email)
        row = try #require(try program.run("user", "list", "--json").json().first)
        #expect(row["depositors"] as? [String] == ["E35600000000048"])
        #expect(row["muted"] as? Bool == false)
        #expect(try program.run("user", "add", "x@y.fr", "--depositor", "E1").status == 1)
        #expect(try program.run("user", "add", "not an address", "--depositor", Self.code).status == 2)
        #expect(try program.run("user", "mute", "nobody@y.fr").status == 1)
    }

    @Test func `text from outside can't act on the terminal`() throws {
        let program = try Program()
        let outcome = try program.run("depositor", "add", "--siret", Self.siret, "--name", "A\u{1b}[31mB\nC")
        #expect(outcome.status == 2)
        #expect(!outcome.errors.contains("\u{1b}"))
    }

    @Test func `what does not exist is exit 1 and named`() throws {
        let program = try programWithAccount()
        #expect(try program.run("depositor", "show", "E0").errors == "collecteur: the depositor E0 doesn't exist\n")
        #expect(try program.run("account", "show", "nobody").status == 1)
        #expect(try program.run("deposit", "show", "1").status == 1)
        #expect(try program.run("mail", "show", "1").status == 1)
        #expect(try program.run("deposit", "list", "--depositor", "E0").status == 1)
    }

    @Test func `a depositor that is removed takes its people, folder and list with it, and its history stays`() throws {
        let program = try programWithAccount()
        try program.admin("depositor", "add", "--siret", "35600000000048", "--name", "POSTE")
        try program.admin("user", "add", "both@example.com", "--depositor", Self.code, "E35600000000048")
        let folder = program.folder.appending(path: "state/depots/\(Self.code)")
        let drop = folder.appending(path: "QUALIOPI/FICHIER_QUALIOPI")
        try Data().write(to: drop.appending(path: "a.csv.2026-11-24T101500.rapport.txt"))
        try Data().write(to: drop.appending(path: "liste.csv"))
        #expect(try program.run("depositor", "remove", Self.code).status == 2, "it asks")
        let waiting = try program.run("depositor", "remove", Self.code, "--yes")
        #expect(waiting.status == 2 && waiting.errors.contains("liste.csv waits"), "\(waiting)")
        try FileManager.default.removeItem(at: drop.appending(path: "liste.csv"))
        let removed = try program.run("depositor", "remove", Self.code, "--yes")
        #expect(removed.status == 0 && removed.errors.contains("user both@example.com: stays"), "\(removed)")
        #expect(!FileManager.default.fileExists(atPath: folder.path))
        #expect(try program.run("user", "list", "--json").json().map { $0["email"] as? String } == ["both@example.com"])
        #expect(try program.run("account", "list", "--json").json().isEmpty)
        #expect(try program.run("depositor", "list", "--json").json().count == 1)
        #expect(try program.run("depositor", "list", "--removed", "--json").json().count == 1)
        #expect(try program.run("account", "log", Self.login, "--json").json().first?["event"] as? String == "deleted")
        for command in ["resume", "suspend", "remove"] {
            #expect(try program.run("depositor", command, Self.code, "--yes").status != 0)
        }
        // What a removal that was killed has left.
        try FileManager.default.createDirectory(at: drop, withIntermediateDirectories: true)
        let rest = try program.run("depositor", "remove", Self.code, "--yes")
        #expect(rest.status == 0 && rest.errors.contains("the rest of its folders is removed"), "\(rest)")
        #expect(!FileManager.default.fileExists(atPath: folder.path))
        // It may come back, without anybody.
        try program.admin("depositor", "add", "--siret", Self.siret, "--name", "ARCHER")
        try program.admin("depositor", "rename", Self.code, "ARCHER 2")
        #expect(try program.admin("depositor", "show", Self.code).contains("ARCHER 2"))
    }

    @Test func `what was meant is understood, or said`() throws {
        let program = try programWithAccount()
        #expect(try program.admin("account", "show", Self.email).contains(Self.login))
        let unknown = try program.run("account", "show", Self.login.replacing("_", with: ""))
        #expect(unknown.status == 1 && unknown.errors.contains("did you mean \(Self.login)?"), "\(unknown)")
        let nobody = try program.run("account", "log", "nobody")
        #expect(nobody.status == 1 && nobody.errors.contains("nobody doesn't exist"), "\(nobody)")
        try program.admin("account", "lock", Self.email)
        let reset = try program.run("account", "reset-password", Self.login, "--generate")
        #expect(reset.status == 0 && reset.errors.contains("locked still"), "\(reset)")
        try program.admin("depositor", "add", "--siret", "35600000000048", "--name", "POSTE")
        let never = try program.run("user", "revoke", Self.email, "--depositor", "E35600000000048", Self.code)
        #expect(never.status == 2 && never.errors.contains("E35600000000048: nothing was revoked"), "\(never)")
        #expect(try program.run("user", "list", "--json").json().first?["depositors"] as? [String] == [Self.code])
    }

    @Test func `nothing yet is an empty array and an empty table`() throws {
        let program = try Program()
        for noun in [
            ["depositor", "list"], ["user", "list"], ["account", "list"], ["deposit", "list"], ["mail", "list"],
            ["period", "list"], ["reference", "status"],
        ] {
            let settings = program.folder.appending(path: "collecteur.yaml").path
            #expect(try Program.run(["--config", settings] + noun + ["--json"]).json().isEmpty)
            let table = try Program.run(["--config", settings] + noun)
            #expect(table.status == 0)
            #expect(table.output.isEmpty)
        }
    }

    @Test func `a backup is a new file for its owner alone`() throws {
        let program = try programWithAccount()
        let copy = program.folder.appending(path: "copy.sqlite").path
        try program.admin("backup", copy)
        #expect(try FileManager.default.attributesOfItem(atPath: copy)[.posixPermissions] as? Int == 0o600)
        #expect(try program.run("backup", copy).status == 2)
        let state = program.folder.appending(path: "restored")
        try FileManager.default.createDirectory(at: state, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: copy, toPath: state.appending(path: "collecteur.sqlite").path)
        let settings = try program.write("state_directory: \(state.path)\n", to: "restored.yaml")
        let accounts = try Program.run(["--config", settings, "account", "list", "--json"]).json()
        #expect(accounts.map { $0["login"] as? String } == [Self.login])
    }

    @Test(arguments: [
        "collecteur.sqlite", "neuf.csv", "depots/\(code)/QUALIOPI/FICHIER_QUALIOPI/liste.csv", "../state/x",
    ])
    func `an export doesn't go over what the service keeps`(place: String) throws {
        let program = try programWithAccount()
        let file = program.folder.appending(path: "state").path + "/" + place
        let outcome = try program.run("registry", "export", "--output", file)
        #expect(outcome.status == 64 && outcome.errors.contains("name a file elsewhere"), "\(outcome)")
        #expect(try program.admin("depositor", "list").contains(Self.code))
        #expect(place == "collecteur.sqlite" || !FileManager.default.fileExists(atPath: file))
        let elsewhere = program.folder.appending(path: "state.csv").path
        try program.admin("registry", "export", "--output", elsewhere)
        #expect(FileManager.default.fileExists(atPath: elsewhere))
    }

    @Test func `status says what needs a person`() throws {
        let program = try programWithAccount()
        let outcome = try program.run("status", "--json")
        #expect(outcome.status == 1)
        let object = try #require(try outcome.json().first)
        #expect(object["running"] as? Bool == false)
        #expect(object["accounts"] as? Int == 1)
        let concerns = try #require(object["concerns"] as? [[String: Any]])
        #expect(concerns.first?["cause"] as? String == "the daemon does not run")
        let text = try program.run("status").output
        #expect(text.contains("the daemon does not run\n") && text.contains("systemctl status collecteur\n"), "\(text)")
    }
}

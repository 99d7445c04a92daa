import Foundation
import Testing

/// `depositor invite` and what goes with it.
struct InvitationCommandTests {
    private static let code = "E34350633300032"
    private static var symbols: Regex<(Substring, Substring)> { /([0-9A-HJKMNP-TV-Z]{4}-){5}[0-9A-HJKMNP-TV-Z]{4}/ }

    private let program: Program

    init() throws {
        program = try Program(settings: "portal_url: https://depot.exemple.fr\nportal: {invitation_days: 3}\n")
        try program.admin("depositor", "add", "--siret", "34350633300032", "--name", "ARCHER")
    }

    private func invitations() throws -> [[String: Any]] {
        try program.run("depositor", "invitations", Self.code, "--json").json()
    }

    @Test func `a code is printed once, and nowhere kept`() throws {
        let outcome = try program.run("depositor", "invite", Self.code)
        #expect(outcome.status == 0, "\(outcome)")
        let line = try #require(outcome.lines.first)
        #expect(outcome.lines.count == 1 && line.wholeMatch(of: Self.symbols) != nil)
        #expect(outcome.errors.contains("https://depot.exemple.fr/acces") && outcome.errors.contains("34350633300032"))
        let again = try program.admin("depositor", "invite", Self.code)
        #expect(again != line)
        let rows = try invitations()
        #expect(rows.map { $0["state"] as? String } == ["open", "open"])
        #expect(rows.allSatisfy { $0["email"] is NSNull && $0["usedBy"] is NSNull })
        for file in ["collecteur.sqlite", "collecteur.sqlite-wal"] {
            guard let kept = try? Data(contentsOf: program.folder.appending(path: "state/\(file)")) else { continue }
            for form in [line, line.replacing("-", with: "")] { #expect(kept.range(of: Data(form.utf8)) == nil) }
        }
        let sheet = try #require(try program.run("depositor", "show", Self.code, "--json").json().first)
        #expect(sheet["openInvitations"] as? Int == 2)
    }

    @Test func `a code that is mailed is printed nowhere, and goes with the SIRET`() throws {
        let outcome = try program.run("depositor", "invite", Self.code, "archer@yopmail.com")
        #expect(outcome.status == 0 && outcome.output.isEmpty, "\(outcome)")
        let mail = try #require(try program.run("mail", "list", "--json").json().first)
        #expect(mail["to"] as? String == "archer@yopmail.com")
        let text = try program.admin("mail", "show", "\(mail["id"] as? Int ?? 0)")
        #expect(text.contains("COLLECTEUR - Votre code d'activation"))
        #expect(text.contains("SIRET : 34350633300032") && text.firstMatch(of: Self.symbols) != nil, "\(text)")
        #expect(
            text.contains("https://depot.exemple.fr/inscription") && text.contains("https://depot.exemple.fr/acces"))
        #expect(try invitations().first?["email"] as? String == "archer@yopmail.com")
        let events = try program.run("user", "log", "archer@yopmail.com", "--json").json()
        #expect(events.map { $0["event"] as? String } == ["invited"])
        #expect(events.first?["detail"] as? String == Self.code)
    }

    @Test func `a code is revoked, once`() throws {
        _ = try program.admin("depositor", "invite", Self.code)
        let id = "\(try #require(try invitations().first)["id"] as? Int ?? 0)"
        let revoked = try program.run("depositor", "revoke-invitation", Self.code, id)
        #expect(revoked.status == 0 && revoked.errors == "invitation \(id) of \(Self.code): revoked\n", "\(revoked)")
        #expect(try invitations().first?["state"] as? String == "revoked")
        #expect(try program.run("depositor", "revoke-invitation", Self.code, id).status == 2)
        #expect(try program.run("depositor", "revoke-invitation", Self.code, "99").status == 1)
        #expect(try program.run("depositor", "revoke-invitation", Self.code, "x").status == 64)
    }

    @Test(arguments: [(["E1"], 1), ([code, "kein-mail"], 2)] as [([String], Int32)])
    func `who or what isn't there is said`(arguments: [String], status: Int32) throws {
        let outcome = try program.run(["depositor", "invite"] + arguments)
        #expect(outcome.status == status && outcome.errors.contains(arguments.last ?? ""), "\(outcome)")
        #expect(try invitations().isEmpty)
    }

    @Test func `without a portal there is no code`() throws {
        let program = try Program()
        try program.admin("depositor", "add", "--siret", "34350633300032", "--name", "ARCHER")
        let outcome = try program.run("depositor", "invite", Self.code)
        #expect(outcome.status == 2 && outcome.errors.contains("portal_url"))
    }

    @Test func `status names what ends soon and nobody has used`() throws {
        _ = try program.admin("depositor", "invite", Self.code)
        let status = { (days: Double) in
            try self.program.run(
                "status", environment: ["COLLECTEUR_CLOCK_OFFSET": "\(Int(days * 86_400))"]
            ).output
        }
        #expect(try !status(2.5).contains("invitation"))
        #expect(try status(2.8).contains("nobody has used the invitation of \(Self.code) that ends soon: 1 on"))
        #expect(try !status(3.1).contains("invitation"))
    }

    @Test func `a person's address is the same in either case`() throws {
        try program.admin("user", "add", "Archer@Yopmail.com", "--depositor", Self.code)
        try program.admin("user", "add", "archer@yopmail.com", "--depositor", Self.code)
        #expect(
            try program.run("user", "list", "--json").json().map { $0["email"] as? String } == ["Archer@Yopmail.com"])
        #expect(
            try program.admin("account", "create", "ARCHER@yopmail.com", "--generate").contains("Archer_Yopmail.com"))
        let again = try program.run("account", "create", "archer@yopmail.com", "--generate")
        #expect(again.status == 2 && again.errors.contains("already"), "\(again)")
        let gone = try program.run("user", "revoke", "archer@yopmail.com", "--depositor", Self.code)
        #expect(gone.status == 0 && gone.errors.contains("the SFTP account Archer_Yopmail.com is removed"), "\(gone)")
        #expect(try program.run("account", "list", "--json").json().isEmpty)
    }
}

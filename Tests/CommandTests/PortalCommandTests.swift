import Foundation
import Testing

/// The commands about people's access to the portal.
struct PortalCommandTests {
    private static let email = "archer@yopmail.com"
    private static let address = "portal_url: https://depot.exemple.fr\n"

    private func programWithUser(_ settings: String = address) throws -> Program {
        let program = try Program(settings: settings)
        let code = try program.admin("depositor", "add", "--siret", "34350633300032", "--name", "ARCHER")
        try program.admin("user", "add", Self.email, "--depositor", code)
        return program
    }

    private func mails(_ program: Program) throws -> [[String: Any]] {
        try program.run("mail", "list", "--json").json()
    }

    @Test func `a link to choose a password is mailed, and its secret shown to nobody`() throws {
        let program = try programWithUser()
        let outcome = try program.run("user", "reset-password", Self.email)
        #expect(outcome.status == 0, "\(outcome)")
        #expect(outcome.errors == "user \(Self.email): a link is mailed, valid 60 minutes\n")
        let mail = try #require(try mails(program).first)
        #expect(mail["to"] as? String == Self.email)
        let events = try program.run("user", "log", Self.email, "--json").json()
        #expect(events.map { $0["event"] as? String } == ["reset-asked", "granted"])
    }

    @Test func `a person without a password for the portal has no access there`() throws {
        let row = try #require(try programWithUser().run("user", "show", Self.email, "--json").json().first)
        #expect(row["portal"] as? String == "aucun")
        #expect(row["name"] is NSNull && row["lastLoginAt"] is NSNull)
    }

    @Test func `without a portal there is no link`() throws {
        let program = try programWithUser("")
        let outcome = try program.run("user", "reset-password", Self.email)
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("portal_url"))
        #expect(try mails(program).isEmpty)
    }

    @Test(arguments: [["reset-password"], ["lock"], ["unlock"], ["end-sessions"]])
    func `a person that isn't there is said`(command: [String]) throws {
        let program = try programWithUser()
        let outcome = try program.run(["user"] + command + ["personne@yopmail.com"])
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("personne@yopmail.com"))
    }

    @Test func `who has no access yet can't be locked out`() throws {
        let program = try programWithUser()
        _ = try program.admin("account", "create", Self.email, "--generate")
        let outcome = try program.run("user", "lock", Self.email)
        #expect(outcome.status == 2)
        for words in ["no password for the portal", "user revoke", "account lock archer_yopmail.com"] {
            #expect(outcome.errors.contains(words), "\(outcome)")
        }
        let unlocked = try program.run("user", "unlock", Self.email)
        #expect(unlocked.status == 2 && unlocked.errors.contains("user reset-password"), "\(unlocked)")
    }

    @Test func `everybody's sessions end after a question only`() throws {
        let program = try programWithUser()
        #expect(try program.run("user", "end-sessions", "--all").status == 2)
        #expect(try program.run("user", "end-sessions").status == 64)
        #expect(try program.run("user", "end-sessions", Self.email, "--all").status == 64)
        let ended = try program.run("user", "end-sessions", "--all", "--yes")
        #expect(ended.status == 0)
        #expect(ended.errors.contains("0 sessions ended"))
    }

    static let wrong: [(settings: String, words: [String])] = [
        ("portal: {listen: [\"127.0.0.1:8080\"]}", ["portal_url"]),
        ("portal_url: http://depot.exemple.fr\nportal: {listen: [\"127.0.0.1:8080\"]}", ["https://"]),
        (
            "portal_url: https://depot.exemple.fr\nportal: {listen: [\"0.0.0.0:8080\"]}",
            ["portal.trusted_proxies"]
        ),
        ("portal: {listn: []}", ["listen"]),
        ("portal: {accessibility: parfait}", ["non", "partiellement", "totalement"]),
    ]

    @Test(arguments: wrong)
    func `settings that can't work are refused with what to do`(settings: String, words: [String]) throws {
        let outcome = try Program(settings: settings).run("config", "check")
        #expect(outcome.status == 78, "\(outcome)")
        for word in words { #expect(outcome.errors.contains(word), "\(outcome)") }
    }

    @Test(arguments: [
        "portal_url: http://127.0.0.1:8080\nportal: {listen: [\"127.0.0.1:8080\"]}",
        "portal_url: https://depot.exemple.fr\nportal: {listen: [\"0.0.0.0:8080\"], trusted_proxies: [\"10.0.0.0/8\"]}",
        "portal_url: https://depot.exemple.fr\nportal: {listen: [\"127.0.0.1:8080\"]}",
    ])
    func `settings that work are accepted`(settings: String) throws {
        let outcome = try Program(settings: settings).run("config", "check")
        #expect(outcome.status == 0, "\(outcome)")
    }
}

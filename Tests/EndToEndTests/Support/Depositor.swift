import Foundation
import ReportSchema
import Testing

/// An establishment with one user and its SFTP account, as an admin creates them.
struct Depositor {
    static let password = "Qualiopi-2026"

    let instance: Instance
    let code: String
    let email: String
    let login: String
    let keyFile: String

    var folder: String { "/\(code)/QUALIOPI/FICHIER_QUALIOPI" }
    var folderOnDisk: URL { instance.state.appending(path: "depots\(folder)") }

    /// - `organisations`: the size of the OF list to import; nil leaves the list as it is.
    init(
        _ instance: Instance, siret: String = "34350633300032", email: String = "archer@yopmail.com",
        organisations: Int? = 2_000
    ) throws {
        self.instance = instance
        self.email = email
        if let organisations {
            let list = try instance.write(SampleList.reference(organisations), to: "of.csv")
            try instance.admin("reference", "import", list)
        }
        code = try instance.admin("depositor", "add", "--siret", siret, "--name", "Archer")
        try instance.admin("user", "add", email, "--depositor", code)
        (login, keyFile) = try Self.account(instance, email, key: "key-\(code)")
    }

    /// Another user of the same establishment, with an account of its own.
    init(colleagueOf other: Depositor, email: String) throws {
        (instance, code, self.email) = (other.instance, other.code, email)
        try instance.admin("user", "add", email, "--depositor", code)
        (login, keyFile) = try Self.account(instance, email, key: "key-\(code)-\(email)")
    }

    private static func account(
        _ instance: Instance, _ email: String, key: String
    ) throws -> (login: String, keyFile: String) {
        let login = try instance.admin("account", "create", email, "--password-stdin", input: password + "\n")
        let keyFile = instance.folder.appending(path: key).path
        let made = try instance.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", keyFile])
        try #require(made.succeeded, "\(made)")
        try instance.admin("account", "add-key", login, keyFile + ".pub")
        return (login, keyFile)
    }

    /// The deposits of this depositor, the oldest first.
    func deposits() throws -> [[String: Any]] {
        try instance.json("deposit", "list", "--depositor", code)
            .sorted { ($0["id"] as? Int ?? 0) < ($1["id"] as? Int ?? 0) }
    }

    /// Waits until a number of deposits are treated, and returns them all, the oldest first.
    ///
    /// - `reports`: whether their reports must be there, too, in both formats; not where the test has removed some.
    func treated(_ count: Int = 1, reports: Bool = true, within seconds: Double = 240) throws -> [[String: Any]] {
        let done = try eventually(within: seconds) {
            try deposits().count(where: { $0["state"] as? String != "enCours" }) >= count
                && (!reports || ["txt", "json"].allSatisfy { self.reports($0).count >= count })
        }
        let all = try deposits()
        try #require(done, "\(all)\n\(instance.log)")
        return all
    }

    func names() -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folderOnDisk.path)) ?? []).sorted()
    }

    func reports(_ format: String) -> [String] { names().filter { $0.hasSuffix(".rapport.\(format)") } }

    /// The reports of one file name, the oldest first.
    func report(of file: String) throws -> [String: Any] {
        let name = try #require(reports("json").last { $0.hasPrefix(file + ".") }, "\(names())")
        let data = try Data(contentsOf: folderOnDisk.appending(path: name))
        #expect(try ReportSchema.faults(of: [data]) == "")
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    /// The report for people, its no-break spaces as spaces and its lines ending with a line feed.
    func textReport(of file: String) throws -> String {
        let name = try #require(reports("txt").last { $0.hasPrefix(file + ".") }, "\(names())")
        let text = String(decoding: try Data(contentsOf: folderOnDisk.appending(path: name)), as: UTF8.self)
        #expect(text.unicodeScalars.first == "\u{FEFF}")
        #expect(text.utf8.count { $0 == 0x0A } == text.components(separatedBy: "\r\n").count - 1)
        return text.replacing("\u{FEFF}", with: "").replacing("\r\n", with: "\n").replacing("\u{A0}", with: " ")
    }

    /// The decoded subject and body of every mail in the spool.
    func mails() throws -> [(subject: String, to: String, body: String)] {
        let script = """
            import sys, os, json, email, email.policy
            out = []
            for name in sorted(os.listdir(sys.argv[1])):
                if name.endswith('.eml'):
                    m = email.message_from_binary_file(open(os.path.join(sys.argv[1], name), 'rb'), policy=email.policy.default)
                    out.append([m['subject'], m['to'], m.get_content()])
            print(json.dumps(out))
            """
        let result = try instance.run([Instance.python, "-c", script, instance.state.appending(path: "mail").path])
        let rows = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String]]
        return try #require(rows, "\(result)").map { ($0[0], $0[1], $0[2]) }
    }
}

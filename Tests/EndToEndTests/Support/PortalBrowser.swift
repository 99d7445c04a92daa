import Foundation
import PortalSamples
import TestServers
import Testing

/// A person at the portal, by way of curl with a jar of cookies of its own.
struct PortalBrowser {
    struct Page: CustomStringConvertible {
        var status: Int
        var headers: String
        var body: String

        var description: String { "\(status)\n\(headers)\n\(body)" }
        var location: String { field("location") }

        func field(_ name: String) -> String {
            headers.split(whereSeparator: \.isNewline).first { $0.lowercased().hasPrefix(name + ":") }
                .map { $0.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces) } ?? ""
        }

        /// The value of a hidden field.
        func value(of name: String) -> String {
            guard let start = body.range(of: "name=\"\(name)\" value=\"") else { return "" }
            return String(body[start.upperBound...].prefix { $0 != "\"" })
        }
    }

    static let password = "Portail-2026"

    let instance: Instance
    let base: String
    private let jar: String

    /// - `base`: What `portal_url` is.
    init(_ instance: Instance, at base: String) {
        self.instance = instance
        self.base = base
        jar = instance.folder.appending(path: "jar-\(UUID().uuidString.prefix(8))").path
    }

    private func curl(_ path: String, _ options: [String], cookie: String? = nil) throws -> Page {
        let (page, result) = try attempt(path, options, cookie: cookie)
        return try #require(page, "\(result)")
    }

    /// No page where the connection failed.
    private func attempt(
        _ path: String, _ options: [String], cookie: String? = nil
    ) throws -> (Page?, CommandResult) {
        let name = UUID().uuidString
        let (head, body) = (instance.folder.appending(path: name + ".head"), instance.folder.appending(path: name))
        let result = try instance.run(
            [
                "curl", "-sSk", "--max-time", "240", "-D", head.path, "-o", body.path, "-w",
                "%{http_code}",
            ]
                + (cookie.map { ["-H", "Cookie: \($0)"] } ?? ["-b", jar, "-c", jar]) + options + ["\(base)\(path)"])
        guard result.succeeded else { return (nil, result) }
        let headers = (try? String(contentsOf: head, encoding: .utf8)) ?? ""
        let bytes = (try? Data(contentsOf: body)) ?? Data()
        let page = Page(
            status: Int(result.output) ?? 0, headers: headers,
            body: String(decoding: bytes, as: UTF8.self).withPlainSpaces)
        if page.field("content-type").hasPrefix("text/html") { SeenPages.keep(bytes, of: path) }
        return (page, result)
    }

    /// - cookie: Instead of those of the jar, which stay as they are.
    func get(_ path: String, cookie: String? = nil) throws -> Page { try curl(path, [], cookie: cookie) }

    /// As a browser posts a form of the page.
    func post(
        _ path: String, _ fields: [(String, String)] = [], origin: String? = nil, cookie: String? = nil,
        headers: [String] = []
    ) throws -> Page {
        try curl(
            path,
            ["-H", "Origin: \(origin ?? base)"] + headers.flatMap { ["-H", $0] }
                + (fields.isEmpty ? ["-d", ""] : fields.flatMap { ["--data-urlencode", "\($0.0)=\($0.1)"] }),
            cookie: cookie)
    }

    /// The session's token in hexadecimal.
    var token: String? {
        let text = cookie.dropFirst("__Host-collecteur=".count).replacing("-", with: "+").replacing("_", with: "/")
        return Data(base64Encoded: text + "=").map { $0.map { String(format: "%02x", $0) }.joined() }
    }

    /// As a browser whose cookies are deleted.
    func forget() { try? FileManager.default.removeItem(atPath: jar) }

    @discardableResult
    func logIn(_ email: String, _ password: String = PortalBrowser.password) throws -> Page {
        try post("/connexion", [("email", email), ("mot_de_passe", password)])
    }

    /// Posts the form of `/deposer` with a file.
    func deposit(_ file: String, as name: String? = nil, control: Bool = false, key: String? = nil) throws -> Page {
        let key = try key ?? newKey()
        return try curl(control ? "/deposer/controle" : "/deposer", form(key, file, name))
    }

    /// The same, of which the daemon may die: nil where no answer came.
    func tryToDeposit(_ file: String, key: String) throws -> Page? { try attempt("/deposer", form(key, file, nil)).0 }

    /// That of a form which is asked for now.
    func newKey() throws -> String { try get("/deposer").value(of: "cle") }

    private func form(_ key: String, _ file: String, _ name: String?) -> [String] {
        [
            "-H", "Origin: \(base)", "-F", "cle=\(key)",
            "-F", "fichier=@\(file)" + (name.map { ";filename=\"\($0)\"" } ?? ""),
        ]
    }

    /// The session's cookie, as a browser sends it.
    var cookie: String {
        let text = (try? String(contentsOfFile: jar, encoding: .utf8)) ?? ""
        let fields = text.split(separator: "\n").map { $0.split(separator: "\t") }.last { $0.count == 7 } ?? []
        return fields.count == 7 ? "\(fields[5])=\(fields[6])" : ""
    }

    /// Follows a redirection.
    func follow(_ page: Page) throws -> Page { try get(page.location) }
}

extension Instance {
    /// Settings of a portal on a port of its own; the address is what follows.
    static func withPortal(
        deposits: [String] = ["settle_seconds: 0.1"], portal: [String] = [], sections: String = ""
    ) throws -> (instance: Instance, base: String) {
        let port = try ReservedPort.take()
        let base = "http://127.0.0.1:\(port)"
        let lines = portal.map { "  \($0)\n" }.joined()
        let instance = try Instance(
            deposits: deposits,
            sections: "portal_url: \(base)\nportal:\n  listen: [\"127.0.0.1:\(port)\"]\n\(lines)\(sections)")
        return (instance, base)
    }
}

extension Depositor {
    /// Mails the person a link, opens it and chooses the portal's password.
    func choosePortalPassword(_ browser: PortalBrowser, _ password: String = PortalBrowser.password) throws {
        func links() throws -> [Substring] {
            try mails().filter { $0.to == email }.compactMap {
                $0.body.firstMatch(of: /http\S+\/mot-de-passe\/(\S+)/)?.output.1
            }
        }
        let before = try links()
        try instance.admin("user", "reset-password", email)
        var sent: Substring?
        let isSent = try eventually {
            sent = try links().first { !before.contains($0) }
            return sent != nil
        }
        try #require(isSent, "\(instance.log)")
        let link = try #require(sent)
        #expect(try browser.get("/mot-de-passe/\(link)").status == 200)
        let chosen = try browser.post(
            "/mot-de-passe/\(link)", [("mot_de_passe", password), ("confirmation", password)])
        #expect(chosen.status == 200 && chosen.body.contains("Mot de passe modifié"), "\(chosen)")
    }
}

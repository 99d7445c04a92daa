import Foundation
import Testing

/// `reference fetch`, from a real server with a certificate of its own.
struct ReferenceFetchTests {
    private let program: Program
    private let server: HTTPSServer

    init() throws {
        program = try Program()
        server = try HTTPSServer(in: program.folder)
        _ = try program.write(Self.list(20), to: "of.csv")
        _ = try program.write(Self.list(18), to: "short.csv")
        _ = try program.write(String(Self.list(20).dropLast(4)), to: "cut.csv")
        _ = try program.write("<html><body>Maintenance</body></html>", to: "page.csv")
        _ = try program.write(
            "NDA;SIREN;actionsDeFormation;bilansDeCompetences;VAE;actionsDeFormationParApprentissage;dateDecisionCertif;dateFinValiditeCertif\n",
            to: "deposit.csv")
        _ = try program.write("NDA;SIREN\n", to: "empty.csv")
    }

    private static func list(_ count: Int) -> String {
        "NDA;SIREN\n" + (0..<count).map { "\(11_750_000_000 + $0);\(500_000_000 + $0 * 7)\n" }.joined()
    }

    private func fetch(_ path: String, _ more: String..., environment: [String: String] = [:]) throws -> Outcome {
        try program.run(
            ["reference", "fetch", server.address(path), "--ca-file", server.certificate] + more,
            environment: environment)
    }

    private func inForce() throws -> Int? {
        try program.run("reference", "status", "--json").json().first { $0["inForce"] as? Bool == true }?["count"]
            as? Int
    }

    @Test func `a list is fetched and put in force`() throws {
        let outcome = try fetch("file/of.csv?format=csv&token=secret")
        #expect(outcome.status == 0 && outcome.output == "20 organisations in force\n", "\(outcome)")
        let rows = try program.run("reference", "status", "--json").json()
        #expect(rows.map { $0["source"] as? String } == ["localhost/…/of.csv"])
        #expect(try server.requests().first?.contains("collecteur/") == true)
        let again = try fetch("file/of.csv")
        #expect(again.status == 0 && again.errors.contains("this very list is in force already"), "\(again)")
        #expect(try fetch("file/of.csv", "--dry-run").status == 0)
        #expect(try fetch("redirect/5/file/of.csv").status == 0)
        #expect(try fetch("chunked/of.csv").status == 0)
    }

    @Test(arguments: [
        ("redirect/6/file/of.csv", "Maximum (5) redirects followed"), ("elsewhere/http/of.csv", "http"),
        ("elsewhere/file/of.csv", "file"), ("elsewhere/ftp/of.csv", "ftp"), ("status/404", "status 404"),
        ("status/500", "status 500"), ("status/204", "status 204"), ("huge", "more than 1 MiB"),
        ("endless", "more than 1 MiB"), ("slow", "timed out"), ("cut/length/of.csv", "transfer closed"),
        ("cut/close/of.csv", "doesn't say where the list ends"),
        ("cut/chunked/of.csv", "closed"),
    ])
    func `what fails leaves the list in force`(_ path: String, _ words: String) throws {
        try program.admin("reference", "import", program.folder.appending(path: "of.csv").path)
        let outcome = try fetch(path, "--max-size", "1", "--max-seconds", path == "slow" ? "3" : "200")
        #expect(outcome.status == 1 && outcome.output.isEmpty, "\(outcome)")
        #expect(outcome.errors.contains(words), "\(outcome)")
        #expect(outcome.errors.hasSuffix("; the current list stays\n"), "\(outcome)")
        #expect(try program.run("reference", "status", "--json").json().count == 1)
    }

    @Test(arguments: [
        ("short.csv", 2, "18 organisations are 10 % fewer"), ("cut.csv", 2, "is cut"),
        ("deposit.csv", 2, "this is a deposit"),
        ("empty.csv", 2, "no organisation"), ("page.csv", 66, "no column for NDA and SIREN"),
    ])
    func `what import refuses, fetch refuses`(_ file: String, _ status: Int32, _ words: String) throws {
        try program.admin("reference", "import", program.folder.appending(path: "of.csv").path)
        let outcome = try fetch("file/\(file)")
        #expect(outcome.status == status && outcome.errors.contains(words), "\(outcome)")
        #expect(try inForce() == 20)
    }

    @Test func `a doubtful list can be forced here too`() throws {
        #expect(try fetch("file/cut.csv", "--force").status == 2)
        #expect(try fetch("file/cut.csv", "--force", "--yes").status == 0)
        #expect(try inForce() == 20)
    }

    @Test func `a server that nobody vouches for is refused`() throws {
        let outcome = try program.run("reference", "fetch", server.address("file/of.csv"))
        #expect(outcome.status == 1 && outcome.errors.contains("certificate"), "\(outcome)")
        // The certificate is for localhost alone.
        let named = try program.run(
            "reference", "fetch", "https://127.0.0.1:\(server.port)/file/of.csv", "--ca-file", server.certificate)
        #expect(named.status == 1 && named.errors.contains("127.0.0.1"), "\(named)")
        #expect(try inForce() == nil)
        #expect(!FileManager.default.fileExists(atPath: program.folder.appending(path: "requests").path))
    }

    @Test(arguments: [
        "http://localhost/of.csv", "ftp://localhost/of.csv", "file:///etc/passwd", "localhost/of.csv", "", "of.csv",
        "https://", "https:///of.csv", "https://user:secret@localhost/of.csv", "https://user@localhost/of.csv",
        "https://localhost/of csv", "https://localhost/\nof.csv",
    ])
    func `only an address by https, without a password, is fetched`(_ address: String) throws {
        let outcome = try program.run("reference", "fetch", address)
        #expect(outcome.status == 64 && !outcome.errors.contains("secret"), "\(outcome)")
    }

    @Test func `a server that isn't there is said`() throws {
        let outcome = try program.run("reference", "fetch", "https://localhost:1/of.csv")
        #expect(outcome.status == 1 && outcome.errors.contains("Failed to connect"), "\(outcome)")
        let file = try program.run("reference", "fetch", "https://localhost:1/of.csv", "--ca-file", "/nonexistent.pem")
        #expect(file.status == 66)
    }

    @Test func `a proxy is taken from the environment`() throws {
        let outcome = try fetch("file/of.csv", environment: ["https_proxy": "http://localhost:1"])
        #expect(outcome.status == 1 && outcome.errors.contains("port 1"), "\(outcome)")
    }
}

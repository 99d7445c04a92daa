import LinuxSystem
import Foundation
import Logging
import Qualiopi
import TestSupport
import Testing

@testable import ServiceConfiguration

struct SettingsReaderTests {
    private func read(_ text: String) throws -> SettingsReader.Reading {
        try SettingsReader.parse(Data(text.utf8), file: "c.yaml")
    }

    private func faults(_ text: String) -> [String] {
        do {
            _ = try read(text)
            return []
        } catch let error as SettingsError {
            return error.problems.map(\.description)
        } catch {
            return ["\(error)"]
        }
    }

    @Test(arguments: [
        "{}", "# nothing\n{}\n", "--- {}\n", "sftp:\n", "sftp:\n  ban:\n", "sftp:\n  host_keys:\n",
        "qualiopi:\n  severities:\n",
    ])
    func `a file that sets nothing gives the defaults`(text: String) throws {
        #expect(try read(text).settings == Settings())
    }

    @Test(arguments: [
        "", "\n \n", "# nothing\n", "---\n", "---\n...\n", "\u{FEFF}", "\u{FEFF}# state_directory: /srv\n",
    ])
    func `a file without any setting gives the defaults at a start, and is refused at a reload`(text: String) throws {
        let folder = try TemporaryFolder()
        let file = folder.appending("c.yaml")
        try Data(text.utf8).write(to: file)
        #expect(try SettingsReader.load(path: file.path) == Settings())
        #expect {
            try SettingsReader.reload(path: file.path)
        } throws: {
            "\($0)".contains("put its settings back, or write {}")
        }
        try Data("# no\n{}\n".utf8).write(to: file)
        #expect(try SettingsReader.reload(path: file.path) == Settings())
    }

    @Test func `the documented file is the defaults, key by key`() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../etc/collecteur.yaml")
        let reading = try SettingsReader.read(path: file.path)
        #expect(reading.settings == Settings())
        let undocumented = reading.values.filter { $0.origin == "default" }.map(\.key)
        #expect(undocumented.isEmpty)
    }

    @Test func `a report's format is text or json, and txt is still understood`() throws {
        func formats(_ list: String) throws -> [Settings.ReportFormat] {
            try read("deposits: {report_formats: \(list)}").settings.deposits.reportFormats
        }
        #expect(try formats("[json, txt]") == [.json, .text])
        #expect(try formats("[text]") == [.text])
        #expect(faults("deposits: {report_formats: [xml]}").first?.contains("text, json") == true)
    }

    @Test func `values arrive where they belong`() throws {
        let settings = try read(
            """
            state_directory: /srv/c
            portal_url: https://portail.example.fr/
            sftp:
              listen: ["127.0.0.1:0", "[::1]:22"]
              profile: legacy
              max_sessions: 7
              login_grace_seconds: 0.5
              ban: {threshold: 3, exempt: [192.0.2.0/24]}
            deposits:
              settle_seconds: 0
              report_formats: [json]
            qualiopi:
              severities: {nda.unique: ligne, liste.baisse: off}
            period: {every: week}
            mail: {transport: smtp, url: "smtp://mail.example.fr:587", from: Moi <moi@example.fr>, reply_to: a@b.fr}
            log: {level: debug}
            """
        ).settings
        #expect(settings.stateDirectory == "/srv/c")
        #expect(settings.portalURL == "https://portail.example.fr")
        #expect(settings.sftp.listen.map(\.description) == ["127.0.0.1:0", "[::1]:22"])
        #expect(settings.sftp.profile == .legacy)
        #expect(settings.sftp.maxSessions == 7)
        #expect(settings.sftp.loginGraceSeconds == 0.5)
        #expect(settings.sftp.ban.threshold == 3)
        #expect(settings.sftp.ban.exempt.map(\.description) == ["192.0.2.0/24"])
        #expect(settings.deposits.settleSeconds == 0)
        #expect(settings.deposits.reportFormats == [.json])
        #expect(settings.policy.severity(of: .ndaUnique) == .ligne)
        #expect(settings.policy.severity(of: .listShrinks) == nil)
        #expect(settings.period.every == .week)
        #expect(settings.mail.from == Mailbox(name: "Moi", address: "moi@example.fr"))
        #expect(settings.mail.replyTo == Mailbox(name: "", address: "a@b.fr"))
        #expect(settings.log.level == .debug)
    }

    static let bad: [(text: String, fault: String)] = [
        ("sftp:\n  max_sesions: 3\n", "c.yaml:2:3: unknown setting sftp.max_sesions; did you mean sftp.max_sessions?"),
        ("sfpt: {}\n", "c.yaml:1:1: unknown setting sfpt; did you mean sftp?"),
        ("max_sessions: 3\n", "c.yaml:1:1: unknown setting max_sessions; did you mean sftp.max_sessions?"),
        ("nothing_like_it: 3\n", "c.yaml:1:1: unknown setting nothing_like_it"),
        (
            "sftp:\n  max_sessions: 0\n",
            "c.yaml:2:17: sftp.max_sessions must be a whole number from 1 to 1000000, not \"0\""
        ),
        (
            "sftp:\n  max_sessions: 12x\n",
            "c.yaml:2:17: sftp.max_sessions must be a whole number from 1 to 1000000, not \"12x\""
        ),
        (
            "sftp: {max_sessions: [1]}\n", "c.yaml:1:22: sftp.max_sessions must be a whole number from 1 to 1000000"
        ),
        (
            "sftp: {max_upload_bytes: 1099511627777}\n",
            "c.yaml:1:26: sftp.max_upload_bytes must be a size in bytes from 1 to 1099511627776 (1 TiB), not \"1099511627777\""
        ),
        (
            "sftp: {login_grace_seconds: 0.05}\n",
            "c.yaml:1:29: sftp.login_grace_seconds must be a number of seconds from 0.1 to 315576000 (ten years), not \"0.05\""
        ),
        (
            "sftp: {login_grace_seconds: 1:30}\n",
            "c.yaml:1:29: sftp.login_grace_seconds must be a number of seconds from 0.1 to 315576000 (ten years), not \"1:30\""
        ),
        ("sftp: {profile: on}\n", "c.yaml:1:17: sftp.profile must be one of default, strict, legacy, not on"),
        (
            "sftp: {listen: \"0.0.0.0:22\"}\n",
            "c.yaml:1:16: sftp.listen must be a list, each a numeric address with its port, 0.0.0.0:2222 or [::]:2222"
        ),
        ("sftp: {listen: []}\n", "c.yaml:1:16: sftp.listen must not be empty"),
        (
            "sftp: {listen: [localhost:22]}\n",
            "c.yaml:1:17: each of sftp.listen must be a numeric address with its port, 0.0.0.0:2222 or [::]:2222, not localhost:22"
        ),
        (
            "time_zone: Europe/Pari\n",
            "c.yaml:1:12: time_zone must be a time zone's IANA name such as Europe/Paris, not Europe/Pari"
        ),
        (
            "qualiopi: {severities: {nda.uniqe: ligne}}\n",
            "c.yaml:1:25: unknown rule nda.uniqe; did you mean nda.unique?"
        ),
        (
            "qualiopi: {severities: {nda.unique: bloquant}}\n",
            "c.yaml:1:37: qualiopi.severities.nda.unique must be one of fichier, ligne, alerte, off"
        ),
        ("mail: {transport: smtp}\n", "c.yaml:1:8: mail.transport smtp needs mail.url, smtp://host:587 for instance"),
        ("mail: {username: moi}\n", "c.yaml:1:8: mail.username needs mail.password_file"),
        ("sftp: 3\n", "c.yaml:1:7: sftp must be a section: its settings go on the following lines, indented"),
        ("- sftp\n", "c.yaml:1:1: the settings must be a mapping, key: value"),
        (
            "log: {level: info}\nlog: {level: debug}\n",
            "c.yaml:2:1: log is set more than once; line 1 sets it already"
        ),
        (
            "sftp:\n  # listen: x\n  profile: strict\n  max_sessions: 3\n\n  profile: legacy\nmail: {}\n",
            "c.yaml:6:3: profile is set more than once; line 3 sets it already"
        ),
        (
            "sftp: {listen: [\"127.0.0.1:22\", \"127.0.0.1:22\"]}\n",
            "c.yaml:1:8: sftp.listen: 127.0.0.1:22 is listened on already"
        ),
        (
            "deposits: {temporary_suffixes: [.tmp, .CSV]}\n",
            "c.yaml:1:12: deposits.temporary_suffixes: no list named .csv would be treated"
        ),
        ("sftp: {port: 22}\n", "c.yaml:1:8: unknown setting sftp.port"),
        ("sftp: {idle: 22}\n", "c.yaml:1:8: unknown setting sftp.idle; did you mean sftp.idle_timeout_seconds?"),
        ("mail: {host: x}\n", "c.yaml:1:8: unknown setting mail.host"),
        (
            "sftp: {max_sessions: 10, max_sessions_per_account: 11}\n",
            "c.yaml:1:26: sftp.max_sessions_per_account is over sftp.max_sessions, 10, so that it can never be reached"
        ),
        (
            "qualiopi: {max_file_bytes: 100000000}\n",
            "c.yaml:1:12: qualiopi.max_file_bytes is over sftp.max_upload_bytes, 67108864, so that it can never be reached"
        ),
    ]

    @Test(arguments: bad)
    func `what is wrong is named with its place`(text: String, fault: String) {
        #expect(faults(text) == [fault])
    }

    @Test(arguments: [
        ("nda.format: off", "off acts as ligne, because such a line can't be integrated"),
        ("nda.unique: alerte", "alerte acts as ligne, because such a line can't be integrated"),
        ("fichier.nom: ligne", "ligne acts as fichier, because it is on the file, not on a line"),
        (
            "fichier.entete: alerte",
            "alerte acts as fichier, because with another header nobody knows what the columns are"
        ),
    ])
    func `a severity that a rule can't have is said to act as another`(choice: String, remark: String) throws {
        let settings = try read("qualiopi: {severities: {\(choice)}}").settings
        let rule = choice.prefix { $0 != ":" }
        #expect(settings.remarks == ["qualiopi.severities.\(rule): \(remark)"])
    }

    /// A severity applies, or something is said.
    @Test(arguments: Rule.allCases)
    func `a rule takes the severities that it can have`(rule: Rule) throws {
        var taken: [Severity?] = []
        for severity in [Severity.fichier, .ligne, .alerte, nil] {
            let settings = try read(
                "qualiopi: {severities: {\(rule.rawValue): \(severity?.rawValue ?? "off")}}"
            ).settings
            guard settings.remarks.isEmpty else { continue }
            taken.append(severity)
            #expect(settings.policy.severity(of: rule) == severity)
        }
        let word = rule.rawValue
        let isCell = ["obligatoire", "format", "valeur"].contains { word.hasSuffix(".\($0)") }
        if isCell || word == "ligne.colonnes" || word == "nda.unique" {
            #expect(taken == [.fichier, .ligne])
        } else if word == "fichier.entete" {
            #expect(taken == [.fichier])
        } else {
            #expect(taken.contains(.alerte) && taken.contains(nil))
        }
    }

    @Test func `every fault is told, in the order of the file`() {
        #expect(
            faults("log: {level: loud}\nsftp: {max_sessions: x}\nnosuch: 1\n").map { $0.prefix(9) } == [
                "c.yaml:1:", "c.yaml:2:", "c.yaml:3:",
            ])
    }

    @Test(arguments: [
        "log: {level: info", "a: b: c", "\t- x", "*nowhere", "a: \"\\q\"", "[[[testme]]", "{", "&a [*a]",
        "a: !!int x\n", "%YAML 9",
        "---\na: 1\n---\nb: 2\n", "? [a]\n: b", "\u{0}", "a: \u{7}",
        String(repeating: "[", count: 100_000), String(repeating: "{a: ", count: 50_000),
        String(repeating: "- ", count: 50_000),
    ])
    func `no text ends the program`(text: String) {
        #expect(!faults(text).isEmpty)
    }

    @Test func `bytes that are no text are refused`() {
        #expect(throws: SettingsError.self) { try SettingsReader.parse(Data([0x6c, 0xff, 0xfe]), file: "c.yaml") }
    }

    @Test func `a file that was named must exist`() {
        #expect(throws: SettingsError.self) { try SettingsReader.read(path: "/nonexistent/collecteur.yaml") }
        #expect(throws: SettingsError.self) {
            try SettingsReader.read(path: nil, environment: ["COLLECTEUR_CONFIG": "/nonexistent/collecteur.yaml"])
        }
    }

    @Test func `the origin of a value is its line, or the default`() throws {
        let values = try read("# first\nsftp:\n  max_sessions: 3\n").values
        #expect(values.first { $0.key == "sftp.max_sessions" }?.origin == "c.yaml:3")
        #expect(values.first { $0.key == "sftp.max_sessions" }?.value == "3")
        #expect(values.first { $0.key == "sftp.profile" }?.origin == "default")
    }

    @Test func `what is shown can be read again`() throws {
        let reading = try read(
            """
            mail: {from: "A # : B <a@b.fr>", username: "say \\"hi\\" \\\\", password_file: /run/x}
            sftp: {ban: {exempt: [2001:db8::/32]}}
            """)
        #expect(reading.settings.mail.username == "say \"hi\" \\")
        var text = ""
        for (key, value, _) in reading.values {
            let parts = key.split(separator: ".")
            text +=
                parts.dropLast().map { "{\($0): " }.joined() + "{\(parts.last ?? ""): \(value)}"
                + String(repeating: "}", count: parts.count - 1) + "\n"
        }
        for line in text.split(separator: "\n") where !line.contains("username") {
            #expect(faults(String(line)).isEmpty, "\(line)")
        }
    }
}

import Foundation
import Synchronization
import Testing

@testable import ServiceConfiguration

/// A reload puts each setting in force or says that it waits for a restart: none is silently ignored.
struct SettingsInForceTests {
    /// Another value than the default for each setting, as YAML.
    private static let others: [String: String] = [
        "state_directory": "/srv/c", "time_zone": "Indian/Reunion", "portal_url": "https://portail.example.fr",
        "sftp.listen": #"["127.0.0.1:22"]"#, "sftp.host_keys": "[/etc/key]", "sftp.profile": "legacy",
        "sftp.ban.exempt": "[192.0.2.0/24]", "deposits.temporary_suffixes": "[.x]", "deposits.ignored_suffixes": "[.x]",
        "deposits.report_formats": "[json]",
        "qualiopi.severities": "{nda.unique: ligne}", "period.every": "week", "mail.transport": "smtp",
        "mail.url": #""smtp://mail.example.fr:25""#, "mail.tls": "none", "mail.from": "Moi <moi@example.fr>",
        "mail.reply_to": "a@b.fr", "mail.username": "robot", "mail.password_file": "/etc/secret",
        "mail.ca_file": "/etc/ca.pem", "metrics.file": "/run/c.prom", "log.level": "debug",
        "portal.listen": #"["127.0.0.1:8080"]"#, "portal.trusted_proxies": "[192.0.2.0/24]", "portal.name": "Dépôts",
        "portal.sftp_address": #""sftp.example.fr:22""#, "portal.assistance": "aide@example.fr",
        "portal.stylesheet": "/etc/c.css", "portal.publisher.name": "Ministère", "portal.publisher.address": "Paris",
        "portal.publisher.phone": "01", "portal.publisher.director": "Moi", "portal.publisher.host": "Lui",
        "portal.publisher.dpo": "dpo@example.fr", "portal.accessibility": "partiellement",
        "portal.declaration.plan": "https://example.fr/schema", "portal.declaration.audit": "62 %",
        "portal.declaration.exceptions": "Rien", "portal.declaration.date": "1er mars 2026",
        "portal.security_contact": "cert@example.fr",
    ]

    /// What some can't stand without.
    private static let companions = [
        "mail.transport": #"url: "smtp://mail:25""#, "mail.username": "password_file: /etc/secret",
    ]

    /// What is in force before, where the defaults would not do.
    private static let before = ["portal.listen": "{portal_url: 'http://127.0.0.1:8080'}"]

    private func settings(before row: SettingDefinition) throws -> Settings {
        guard let yaml = Self.before[row.key] else { return Settings() }
        return try SettingsReader.parse(Data(yaml.utf8), file: "c.yaml").settings
    }

    /// The defaults but for one setting, as the file that sets it alone gives them.
    private func changed(_ row: SettingDefinition) throws -> Settings {
        // Numbers: the next lower or higher one is within every range.
        let shown = row.show(Settings())
        let number = Double(shown).map { "\(Int64($0) + 1)" }
        let value = try #require(Self.others[row.key] ?? number, "\(row.key) has no other value here")
        let keys = row.key.split(separator: ".")
        let yaml = keys.dropLast().reversed().reduce("{\(keys.last ?? ""): \(value)}") { "{\($1): \($0)}" }
        var text = Self.companions[row.key].map { yaml.replacing("}}", with: ", \($0)}}") } ?? yaml
        if let before = Self.before[row.key] { text = "\(before.dropLast()), \(text.dropFirst())" }
        return try SettingsReader.parse(Data(text.utf8), file: "c.yaml").settings
    }

    @Test func `each setting is in force after a reload, or is named as waiting for a restart`() throws {
        for row in SettingsTable.rows {
            let old = try settings(before: row)
            let new = try changed(row)
            try #require(row.show(new) != row.show(old), "\(row.key)")
            let settings = SettingsInForce(old)
            let waiting = settings.replace(with: new)
            switch row.applies {
            case .onReload:
                #expect(waiting == [], "\(row.key)")
                #expect(settings.current == new, "\(row.key)")
            case .onRestart:
                #expect(waiting == [row.key])
                #expect(settings.current == old, "\(row.key): what is in force is what the daemon was built with")
                #expect(settings.replace(with: new) == [row.key], "as long as it waits it is named")
                #expect(settings.replace(with: old) == [], "\(row.key) is back")
            }
        }
    }

    @Test func `the documented file names what needs a restart`() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../etc/collecteur.yaml")
        let text = try String(contentsOf: file, encoding: .utf8)
            .split(separator: "\n").prefix { $0.hasPrefix("#") }.map { $0.dropFirst(2) }.joined(separator: " ")
        let sentence = try #require(text.firstMatch(of: /bad\. (.*?) need a restart\./)).output.1
        let named = sentence.matches(of: /[a-z_.]+/).map { String($0.output) }.filter { $0 != "and" }
        #expect(named == SettingsTable.rows.filter { $0.applies == .onRestart }.map(\.key))
    }

    @Test func `who sleeps by the settings is woken with the new ones in force`() {
        let settings = SettingsInForce(Settings())
        let seen = Mutex<[Int]>([])
        settings.onChange { seen.withLock { $0.append(settings.read { $0.sftp.maxSessions }) } }
        var new = Settings()
        new.sftp.maxSessions = 7
        let version = settings.versioned.version
        _ = settings.replace(with: new)
        _ = settings.replace(with: new)
        #expect(seen.withLock { $0 } == [7, 7])
        #expect(settings.versioned.version == version + 2, "a file that a setting names may have changed")
    }
}

internal import Characters
internal import Foundation
internal import LinuxSystem
internal import Qualiopi

/// What a setting's text must look like, and how its value is shown again.
///
/// Every scalar arrives as text: YAML 1.1's own ideas of `on`, `no` and `1:30` play no part.
struct SettingKind<Value: Sendable>: Sendable {
    /// Ends the sentence "… must be".
    let expectation: String
    let parse: @Sendable (String) -> Value?
    /// The value as YAML.
    let show: @Sendable (Value) -> String
}

extension SettingKind where Value == Int {
    /// A count from 1 to 1 000 000.
    static let count = whole(1...1_000_000, "a whole number from 1 to 1000000")
    /// Each is a thread, and a connection to somebody else's server.
    static let threads = whole(1...64, "a whole number from 1 to 64")
    /// A count of rows, of which there may be many.
    static let rows = whole(1...1_000_000_000, "a whole number from 1 to 1000000000")
    /// A size from 1 byte to 1 TiB.
    static let bytes = whole(1...(1 << 40), "a size in bytes from 1 to 1099511627776 (1 TiB)")
    /// Fewer bytes would be spent on key exchanges alone.
    static let rekeyBytes = whole(65_536...(1 << 40), "a size in bytes from 65536 to 1099511627776 (1 TiB)")
    static let hours = whole(1...87_660, "a whole number of hours from 1 to 87660 (ten years)")
    static let days = whole(1...3653, "a whole number of days from 1 to 3653 (ten years)")

    private static func whole(_ range: ClosedRange<Int>, _ expectation: String) -> Self {
        SettingKind(
            expectation: expectation,
            parse: { text in
                guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2d || $0 == 0x2b }) else {
                    return nil
                }
                return Int(text).flatMap { range.contains($0) ? $0 : nil }
            },
            show: { String($0) })
    }
}

extension SettingKind where Value == Double {
    static let seconds = time(from: 0.1, "a number of seconds from 0.1 to 315576000 (ten years)")
    /// Zero, too, where no waiting at all makes sense.
    static let secondsOrNone = time(from: 0, "a number of seconds from 0 to 315576000 (ten years)")

    private static func time(from least: Double, _ expectation: String) -> Self {
        SettingKind(
            expectation: expectation,
            parse: { text in
                let plain = text.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2e }
                guard plain, let value = Double(text), (least...315_576_000).contains(value) else { return nil }
                return value
            },
            show: { $0 == $0.rounded() ? String(Int64($0)) : String($0) })
    }
}

extension SettingKind where Value == String {
    static let text = string("a text without control characters") { _ in true }
    static let path = string("an absolute path, or empty") { $0.isEmpty || $0.hasPrefix("/") }
    static let stateDirectory = string("an absolute path") { $0.hasPrefix("/") && $0.count > 1 }
    /// A path; `$CREDENTIALS_DIRECTORY/…` becomes systemd's folder where there is one.
    static let credential = SettingKind(
        expectation: "an absolute path, $CREDENTIALS_DIRECTORY/…, or empty",
        parse: { text in
            let variable = "$CREDENTIALS_DIRECTORY/"
            guard isPrintable(text) else { return nil }
            guard text.hasPrefix(variable) else { return text.isEmpty || text.hasPrefix("/") ? text : nil }
            guard let folder = ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"] else { return text }
            return folder + "/" + text.dropFirst(variable.count)
        },
        show: quoted)
    static let suffix = string("an ending of file names such as .part") { !$0.isEmpty && !$0.contains("/") }
    static let timeZone = string("a time zone's IANA name such as Europe/Paris") { TimeZone(identifier: $0) != nil }
    static let mailURL = string("smtp://host:port or smtps://host:port, without user, password or path") { text in
        guard !text.isEmpty else { return true }
        guard let url = URLComponents(string: text), ["smtp", "smtps"].contains(url.scheme?.lowercased()) else {
            return false
        }
        return url.host?.isEmpty == false && url.user == nil && url.password == nil && url.query == nil
            && url.fragment == nil && ["", "/"].contains(url.path)
    }
    /// The value loses its final `/`, since paths are joined to it.
    static let portalURL = SettingKind(
        expectation: "https://host/… or http://host/…, without a query",
        parse: { text in
            guard !text.isEmpty else { return "" }
            guard isPrintable(text), !text.contains(" "), let url = URLComponents(string: text),
                ["http", "https"].contains(url.scheme?.lowercased()), url.host?.isEmpty == false, url.query == nil,
                url.fragment == nil
            else { return nil }
            var base = text[...]
            while base.hasSuffix("/") { base = base.dropLast() }
            return String(base)
        },
        show: quoted)

    private static func string(_ expectation: String, _ accept: @escaping @Sendable (String) -> Bool) -> Self {
        SettingKind(
            expectation: expectation, parse: { isPrintable($0) && accept($0) ? $0 : nil }, show: quoted)
    }
}

extension SettingKind where Value == ListenAddress {
    static let listenAddress = SettingKind(
        expectation: "a numeric address with its port, 0.0.0.0:2222 or [::]:2222", parse: { ListenAddress($0) },
        show: { quoted($0.description) })
}

extension SettingKind where Value == AddressBlock {
    static let addressBlock = SettingKind(
        expectation: "an address or a CIDR block such as 192.0.2.0/24", parse: { AddressBlock($0) },
        show: { quoted($0.description) })
}

extension SettingKind where Value == Mailbox {
    static let mailbox = SettingKind(
        expectation: "an address, or NAME <address>", parse: { Mailbox($0) }, show: { quoted($0.description) })
}

extension SettingKind where Value == Mailbox? {
    static let optionalMailbox = SettingKind(
        expectation: "an address, NAME <address>, or empty",
        parse: { text in text.isEmpty ? .some(nil) : Mailbox(text).map { .some($0) } },
        show: { quoted($0?.description ?? "") })
}

extension SettingKind where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of the words of an enumeration.
    static var word: Self {
        SettingKind(
            expectation: "one of " + Value.allCases.map(\.rawValue).joined(separator: ", "),
            parse: { Value(rawValue: $0) }, show: { $0.rawValue })
    }
}

extension SettingKind where Value == Settings.ReportFormat {
    static let reportFormat = SettingKind(
        expectation: "one of text, json", parse: { Settings.ReportFormat(word: $0) }, show: { $0.rawValue })
}

extension SettingKind where Value == PeriodUnit {
    static let period = SettingKind(
        expectation: "one of day, week, month, year", parse: { PeriodUnit(rawValue: $0) }, show: { $0.rawValue })
}

/// Text without control characters: nothing that reaches a log, a header or a path may hold one.
private func isPrintable(_ text: String) -> Bool {
    !text.unicodeScalars.contains(where: \.isControl)
}

/// A YAML string: plain where that is safe, double-quoted elsewhere.
@Sendable func quoted(_ text: String) -> String {
    let plain = text.first.map { $0.isLetter || "/.".contains($0) } ?? false
    if plain, !text.contains(": "), !text.contains(" #"), !text.hasSuffix(":"),
        !text.contains(where: { "[]{},&*!|>'\"%@`".contains($0) })
    {
        return text
    }
    return "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
}

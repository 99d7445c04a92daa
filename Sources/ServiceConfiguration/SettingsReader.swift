internal import Foundation
internal import Yams

/// Reads the settings strictly: an unknown key, a wrong type or a value out of range is an error with its place.
package enum SettingsReader {
    /// Where the settings are when nobody says otherwise.
    package static let defaultFile = "/etc/collecteur/collecteur.yaml"

    /// Settings with the file they come from and the line of each key that the file sets.
    package struct Reading: Sendable {
        package let settings: Settings
        /// `nil`: no file was found, and the defaults serve.
        package let file: String?
        /// The file has comments at most.
        package let isEmpty: Bool
        fileprivate let lines: [String: Int]

        /// Every setting in force in the order of the documentation: key, value as YAML, and where it comes from.
        package var values: [(key: String, value: String, origin: String)] {
            SettingsTable.rows.map { row in
                let origin = lines[row.key].map { "\(file ?? ""):\($0)" } ?? "default"
                return (row.key, row.show(settings), origin)
            }
        }
    }

    /// The settings in force.
    ///
    /// - `path`: The file to read; without one `$COLLECTEUR_CONFIG`, then ``defaultFile``, then the defaults.
    package static func load(path: String?) throws(SettingsError) -> Settings {
        try read(path: path).settings
    }

    /// The settings that are to take the place of others: what an editor or a full disk leaves of a file must not take every setting away.
    ///
    /// - Throws: also for a file without any setting.
    package static func reload(path: String?) throws(SettingsError) -> Settings {
        let reading = try read(path: path)
        guard !reading.isEmpty else {
            throw SettingsError(
                problems: [
                    SettingsProblem(
                        file: reading.file ?? "", line: 0, column: 0,
                        message:
                            "empty, but for comments at most: put its settings back, or write {} where the defaults are to serve"
                    )
                ])
        }
        return reading.settings
    }

    /// As ``load(path:)``, with the origin of each value.
    package static func read(
        path: String?, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(SettingsError) -> Reading {
        let named = path ?? environment["COLLECTEUR_CONFIG"].flatMap { $0.isEmpty ? nil : $0 }
        if named == nil, !FileManager.default.fileExists(atPath: defaultFile) {
            return Reading(settings: Settings(), file: nil, isEmpty: false, lines: [:])
        }
        let file = named ?? defaultFile
        guard let stream = fopen(file, "re") else {
            throw unreadable(file, errno)
        }
        defer { fclose(stream) }
        // One byte more than a settings file may have, so that a larger one is noticed.
        var bytes = Data(count: largestFile + 1)
        let count = bytes.withUnsafeMutableBytes { fread($0.baseAddress, 1, $0.count, stream) }
        guard ferror(stream) == 0 else { throw unreadable(file, errno) }
        return try parse(bytes.prefix(count), file: file)
    }

    private static func unreadable(_ file: String, _ code: CInt) -> SettingsError {
        let reason = String(cString: strerror(code))
        return SettingsError(problems: [SettingsProblem(file: file, line: 0, column: 0, message: reason)])
    }

    /// The largest settings file worth parsing, in bytes.
    private static let largestFile = 1 << 20

    static func parse(_ bytes: Data, file: String) throws(SettingsError) -> Reading {
        var walk = SettingsWalk()
        if bytes.count > largestFile {
            walk.fault(nil, "larger than 1 MiB: not a settings file")
        } else if let text = String(validating: bytes, as: UTF8.self) {
            walk.document(text)
        } else {
            walk.fault(nil, "not UTF-8")
        }
        guard walk.faults.isEmpty else {
            throw SettingsError(
                problems: walk.faults.map { fault in
                    SettingsProblem(
                        file: file, line: fault.place?.line ?? fault.mark?.line ?? 0,
                        column: fault.place?.column ?? fault.mark?.column ?? 0, message: fault.message)
                })
        }
        return Reading(settings: walk.settings, file: file, isEmpty: walk.isEmpty, lines: walk.marks.mapValues(\.line))
    }
}

/// One pass over a document, which gathers every fault rather than stop at the first.
private struct SettingsWalk {
    var settings = Settings()
    var faults: [SettingFault] = []
    var isEmpty = false
    /// Where the document sets each key.
    var marks: [String: Mark] = [:]

    private static let rows = Dictionary(uniqueKeysWithValues: SettingsTable.rows.map { ($0.key, $0) })
    /// The keys that hold other keys: `sftp`, `sftp.ban`…
    private static let sections = Set(
        rows.keys.flatMap { key in
            let parts = key.split(separator: ".")
            return (1..<max(1, parts.count)).map { parts.prefix($0).joined(separator: ".") }
        })

    mutating func fault(_ mark: Mark?, _ message: String) {
        faults.append(SettingFault(mark: mark, message: message))
    }

    mutating func document(_ text: String) {
        do {
            guard !SettingsWalk.nestsTooDeeply(text) else { return fault(nil, "brackets nested too deeply") }
            guard let root = try Yams.compose(yaml: text), !SettingsWalk.isNothing(root) else { return isEmpty = true }
            guard case .mapping(let pairs) = root else {
                return fault(root.mark, "the settings must be a mapping, key: value")
            }
            section(pairs, prefix: "")
            agreements()
        } catch let error as YamlError {
            fault(yaml: error, in: text)
        } catch {
            fault(nil, "not YAML: \(error)")
        }
    }

    private mutating func section(_ pairs: Node.Mapping, prefix: String) {
        for (name, value) in pairs {
            guard case .scalar(let scalar) = name else {
                fault(name.mark, "a key must be a word")
                continue
            }
            let key = prefix + scalar.string
            if let row = SettingsWalk.rows[key] {
                marks[key] = name.mark
                do throws(SettingFault) {
                    try row.read(value, &settings)
                } catch {
                    faults.append(error)
                }
            } else if SettingsWalk.sections.contains(key) {
                if case .mapping(let inner) = value {
                    section(inner, prefix: key + ".")
                } else if !SettingsWalk.isNothing(value) {
                    fault(value.mark, "\(key) must be a section: its settings go on the following lines, indented")
                }
            } else {
                unknown(key, prefix: prefix, mark: name.mark)
            }
        }
    }

    private mutating func unknown(_ key: String, prefix: String, mark: Mark?) {
        let all = Array(SettingsWalk.rows.keys) + Array(SettingsWalk.sections)
        let name = String(key.dropFirst(prefix.count))
        let siblings = all.filter { $0.hasPrefix(prefix) && !$0.dropFirst(prefix.count).contains(".") }
        // A short word such as `host` may mean another thing elsewhere.
        let isTelling = prefix.isEmpty || name.contains("_")
        let elsewhere = all.sorted().first { isTelling && $0.split(separator: ".").last.map(String.init) == name }
        let likely =
            Spelling.closest(to: name, among: siblings.map { String($0.dropFirst(prefix.count)) }.sorted())
            .map { prefix + $0 } ?? elsewhere
        fault(
            mark, "unknown setting \(quoted(String(key.prefix(100))))" + (likely.map { "; did you mean \($0)?" } ?? ""))
    }

    /// What settings must be true of each other.
    private mutating func agreements() {
        guard faults.isEmpty else { return }
        if settings.mail.transport == .smtp, settings.mail.url.isEmpty {
            fault(marks["mail.transport"], "mail.transport smtp needs mail.url, smtp://host:587 for instance")
        }
        if !settings.mail.username.isEmpty, settings.mail.passwordFile.isEmpty {
            fault(marks["mail.username"], "mail.username needs mail.password_file")
        }
        if !settings.portal.listen.isEmpty { portalAgreements() }
        for (key, addresses) in [("sftp.listen", settings.sftp.listen), ("portal.listen", settings.portal.listen)] {
            for (index, address) in addresses.enumerated() where address.port != 0 {
                let isTwice = addresses[..<index].contains(address)
                guard isTwice || key == "portal.listen" && settings.sftp.listen.contains(address) else { continue }
                fault(marks[key], "\(key): \(address) is listened on already")
            }
        }
        for (key, endings) in [
            ("deposits.temporary_suffixes", settings.deposits.temporarySuffixes),
            ("deposits.ignored_suffixes", settings.deposits.ignoredSuffixes),
        ] where endings.contains(where: { ".csv".hasSuffix($0.lowercased()) }) {
            fault(marks[key], "\(key): no list named .csv would be treated")
        }
        let (mail, sftp, qualiopi) = (settings.mail, settings.sftp, settings.qualiopi)
        notOver(
            "mail.retry_initial_seconds", mail.retryInitialSeconds, "mail.retry_longest_seconds",
            mail.retryLongestSeconds)
        notOver("sftp.max_unauthenticated", sftp.maxUnauthenticated, "sftp.max_sessions", sftp.maxSessions)
        notOver("sftp.max_sessions_per_account", sftp.maxSessionsPerAccount, "sftp.max_sessions", sftp.maxSessions)
        notOver("sftp.max_sessions_per_address", sftp.maxSessionsPerAddress, "sftp.max_sessions", sftp.maxSessions)
        notOver("sftp.max_upload_bytes", sftp.maxUploadBytes, "sftp.max_folder_bytes", sftp.maxFolderBytes)
        notOver("qualiopi.max_file_bytes", qualiopi.maxFileBytes, "sftp.max_upload_bytes", sftp.maxUploadBytes)
    }

    /// A portal must know its own address, and TLS is the reverse proxy's: without one only this machine may reach it.
    private mutating func portalAgreements() {
        let mark = marks["portal.listen"]
        if let wrong = settings.portalURLFault { fault(marks["portal_url"] ?? mark, wrong) }
        let isOpen = settings.portal.listen.contains { address in
            !["127.", "::1"].contains { address.host.hasPrefix($0) }
        }
        if isOpen, settings.portal.trustedProxies.isEmpty {
            fault(
                mark,
                "portal.listen speaks plain HTTP: beyond this machine it needs the reverse proxy's address in portal.trusted_proxies"
            )
        }
    }

    /// A limit that can never be reached because of another one is somebody's mistake, if the file says so itself: what a
    /// default is smaller than is no contradiction.
    private mutating func notOver<Value: Comparable>(_ key: String, _ value: Value, _ limit: String, _ most: Value) {
        guard value > most, let mark = marks[key] else { return }
        guard marks[limit] != nil || key == "qualiopi.max_file_bytes" else { return }
        fault(mark, "\(key) is over \(limit), \(most), so that it can never be reached")
    }

    private mutating func fault(yaml error: YamlError, in text: String) {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            fault(mark, "not YAML: \(context.map { $0.text + ", " } ?? "")\(problem)")
        case .duplicatedKeysInMapping(let keys, let context):
            for key in keys {
                let places = SettingsWalk.places(setting: key, from: context.mark.line, in: text)
                let first = places.count > 1 ? places.first.map { "; line \($0.line) sets it already" } ?? "" : ""
                // It is the later one that somebody added.
                faults.append(
                    SettingFault(
                        mark: context.mark, message: "\(key) is set more than once" + first, place: places.last))
            }
        case .reader(let problem, _, _, _):
            fault(nil, "not YAML: \(problem)")
        default:
            fault(nil, "not YAML")
        }
    }

    /// The places that set a key in the section that begins on a line, as far as lines alone tell.
    private static func places(
        setting key: String, from start: Int, in text: String
    ) -> [(line: Int, column: Int)] {
        var found: [(line: Int, column: Int)] = []
        var indentation: Int?
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (number, line) in zip(1..., lines) where number >= start {
            let depth = line.prefix { $0 == " " }.count
            let content = line.dropFirst(depth)
            guard !content.isEmpty, !content.hasPrefix("#") else { continue }
            if let indentation, depth < indentation { break }
            guard content.hasPrefix(key), content.dropFirst(key.count).drop(while: { $0 == " " }).hasPrefix(":"),
                depth == indentation ?? depth
            else { continue }
            indentation = depth
            found.append((number, depth + 1))
        }
        return found
    }

    /// Whether the value is what YAML makes of a key with nothing after it.
    private static func isNothing(_ node: Node) -> Bool {
        guard case .scalar(let scalar) = node else { return false }
        return scalar.string.isEmpty && scalar.style == .plain
    }

    /// The parser below recurses: a file of brackets only must be a fault, not the end of the daemon that reloads it.
    private static func nestsTooDeeply(_ text: String) -> Bool {
        text.utf8.count(where: { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "{") }) > 200
            || text.split(separator: "\n").contains {
                $0.prefix(while: { $0 == " " || $0 == "-" || $0 == "?" }).count > 100
            }
    }
}

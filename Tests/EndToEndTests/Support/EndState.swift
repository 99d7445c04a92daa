import Foundation
import Testing

/// Everything that can be seen of an instance once its deposits are treated, without what differs from one run to the
/// next: times, ports, secrets. Two runs that ended alike are equal.
struct EndState: Equatable {
    var deposits: [String]
    /// Of each deposit, the events of its timeline that are steps.
    var steps: [[String]]
    var folder: [String]
    var reports: [String]
    var mails: [String]
    var outbox: [String]
    var registry: String
    var changes: String
    var processing: [String]
    var staging: [String]
    /// How many files, and the bytes of them all.
    var archive: [String]

    /// Waits until nothing is left to do, then looks.
    init(of depositor: Depositor, deposits count: Int = 1, mails: Int = 1, within seconds: Double = 300) throws {
        let instance = depositor.instance
        let isOver = try eventually(within: seconds) {
            let deposits = try depositor.deposits()
            guard deposits.count == count else { return false }
            let isDone = try deposits.allSatisfy { try Self.steps(of: $0, instance).last == "done" }
            guard isDone else { return false }
            return try instance.json("mail", "list").count(where: { $0["state"] as? String == "spooled" }) == mails
        }
        let rows = try depositor.deposits()
        let queue = try instance.json("mail", "list")
        try #require(isOver, "\(rows)\n\(queue)\n\(instance.log)")
        let stable = [
            "id", "file", "size", "sha256", "state", "cause", "mode", "author", "channel", "lines", "movements",
        ]
        deposits = try rows.map { row in
            let data = try JSONSerialization.data(
                withJSONObject: row.filter { stable.contains($0.key) }, options: .sortedKeys)
            return String(decoding: data, as: UTF8.self)
        }
        steps = try rows.map { try Self.steps(of: $0, instance) }
        folder = depositor.names().map(Self.withoutTimes)
        reports = try depositor.names().filter { $0.contains(".rapport.") }.map { name in
            let text = try String(contentsOf: depositor.folderOnDisk.appending(path: name), encoding: .utf8)
            return Self.withoutTimes(text)
        }
        self.mails = try depositor.mails().map { Self.withoutTimes("\($0.subject)\n\($0.to)\n\($0.body)") }
        outbox = queue.map { "\($0["kind"] ?? "") \($0["to"] ?? "") \($0["state"] ?? "")" }
        registry = try instance.admin("registry", "export")
        changes = Self.withoutTimes(try instance.admin("registry", "changes", "--since", "2020-01-01"))
        processing = Self.files(below: instance.state.appending(path: "processing"))
        staging = Self.files(below: instance.state.appending(path: "staging"))
        archive = Self.files(below: instance.state.appending(path: "archive")).map {
            $0.replacing(/^\d{4}\/\d\d\//, with: "")
        }
    }

    private static func steps(of deposit: [String: Any], _ instance: Instance) throws -> [String] {
        let shown = try instance.json("deposit", "show", "\(deposit["id"] ?? 0)")
        let timeline = shown.first?["timeline"] as? [[String: Any]] ?? []
        return timeline.compactMap { $0["event"] as? String }.filter { $0 != "interrupted" }
    }

    /// Names and sizes of the regular files below a folder.
    private static func files(below folder: URL) -> [String] {
        let names = (try? FileManager.default.subpathsOfDirectory(atPath: folder.path)) ?? []
        return names.sorted().compactMap { name in
            let attributes = try? FileManager.default.attributesOfItem(atPath: folder.appending(path: name).path)
            guard attributes?[.type] as? FileAttributeType == .typeRegular else { return nil }
            return "\(name) \(attributes?[.size] ?? "")"
        }
    }

    private static func withoutTimes(_ text: String) -> String {
        text.replacing(/\d{4}-\d\d-\d\dT\d\d:?\d\d:?\d\d(\.\d+)?([+-]\d\d:\d\d|Z)?/, with: "T")
            .replacing(/\d\d:\d\d:\d\d/, with: "H").replacing(/\d\d\/\d\d\/\d{4} (à )?\d\d[:h]\d\d/, with: "T")
            .replacing(/\d{4}-\d\d-\d\d \d\d:\d\d/, with: "T")
            .replacing(/\d{4}-\d\d-\d\d|\d\d-\d\d-\d{4}/, with: "D")
            .replacing(/127\.0\.0\.1:\d+/, with: "H").replacing(/mot-de-passe\/\S+/, with: "L")
    }
}

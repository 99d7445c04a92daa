internal import Synchronization

/// What the daemon counts for monitoring, rendered as Prometheus text.
///
/// Any thread; nothing waits but for the others' additions. Nothing is durable: a restart counts from 0. Nothing fails.
///
/// Counters and the histogram are kept here by those who do the work; gauges are read when the text is made.
/// Names and units follow Prometheus: base units, `_total` for counters.
package final class Metrics: Sendable {
    /// A figure that only grows. The raw value is its name without `collecteur_` and `_total`.
    package enum Counter: String, CaseIterable, Sendable {
        case sessionsOpened = "sessions_opened"
        /// Label `reason`.
        case sessionsRefused = "sessions_refused"
        /// Label `result`: accepted, denied; `method`: password, key.
        case logins
        case bans
        case uploads
        case uploadsIncomplete = "uploads_incomplete"
        case receivedBytes = "received_bytes"
        case sentBytes = "sent_bytes"
        /// Label `state`.
        case deposits
        case depositRetries = "deposit_retries"
        /// Label `result`: sent, deferred, failed.
        case mails
        /// Label `question`: page, login, deposit, account; `result`: ok, login_needed, not_found, refused, later, unavailable.
        case portalAnswers = "portal_answers"
        /// Label `kind`.
        case portalNotes = "portal_notes"

        fileprivate var hasLabels: Bool {
            switch self {
            case .sessionsRefused, .logins, .deposits, .mails, .portalAnswers, .portalNotes: true
            case .sessionsOpened, .bans, .uploads, .uploadsIncomplete, .receivedBytes, .sentBytes, .depositRetries:
                false
            }
        }

        fileprivate var help: String {
            switch self {
            case .sessionsOpened: "SSH connections accepted."
            case .sessionsRefused: "SSH connections turned away by a limit or a ban."
            case .logins: "Login attempts by method and result."
            case .bans: "Source addresses banned."
            case .uploads: "Files received whole."
            case .uploadsIncomplete: "Uploads that ended before the file was whole."
            case .receivedBytes: "Bytes received from clients."
            case .sentBytes: "Bytes sent to clients."
            case .deposits: "Deposits treated, by final state."
            case .depositRetries: "Treatments put off for a technical reason."
            case .mails: "Mail deliveries tried, by result."
            case .portalAnswers: "What the portal was answered, by what it asked for and by result."
            case .portalNotes: "Requests and connections that the portal turned away or failed, by kind."
            }
        }
    }

    /// A figure that goes up and down, read by whoever asks for the text.
    package struct Gauge: Sendable {
        let name: String
        let help: String
        let value: Double
        let labels: [(String, String)]

        /// - `name`: Without `collecteur_`, with its unit.
        package init(_ name: String, help: String, _ value: Double, labels: [(String, String)] = []) {
            self.name = name
            self.help = help
            self.value = value
            self.labels = labels
        }
    }

    private struct Series: Hashable {
        let counter: Counter
        let labels: String
    }

    private struct Figures {
        var counters: [Series: Double] = [:]
        var buckets = [Int](repeating: 0, count: Metrics.bounds.count)
        var sum = 0.0
        var count = 0
    }

    /// Upper bounds of the treatment histogram, in seconds.
    private static let bounds = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30]

    private let figures = Mutex(Figures())

    package init() {}

    package func count(_ counter: Counter, by amount: Double = 1, _ labels: KeyValuePairs<String, String> = [:]) {
        let series = Series(counter: counter, labels: Metrics.text(of: labels.map { ($0.key, $0.value) }))
        figures.withLock { $0.counters[series, default: 0] += amount }
    }

    /// A deposit was treated: seconds from its claim to its report.
    package func treated(seconds: Double) {
        figures.withLock { figures in
            for (index, bound) in Metrics.bounds.enumerated() where seconds <= bound { figures.buckets[index] += 1 }
            figures.sum += seconds
            figures.count += 1
        }
    }

    /// The exposition format, version 0.0.4.
    package func text(gauges: [Gauge] = []) -> String {
        let figures = figures.withLock { $0 }
        var lines: [String] = []
        for counter in Counter.allCases {
            let name = "collecteur_\(counter.rawValue)_total"
            lines += ["# HELP \(name) \(counter.help)", "# TYPE \(name) counter"]
            var series = figures.counters.filter { $0.key.counter == counter }.sorted { $0.key.labels < $1.key.labels }
            // From the start on, so that the first count is a rise.
            if series.isEmpty, !counter.hasLabels { series = [(Series(counter: counter, labels: ""), 0)] }
            lines += series.map { "\(name)\($0.key.labels) \(Metrics.number($0.value))" }
        }
        let name = "collecteur_treatment_seconds"
        lines += ["# HELP \(name) From a deposit's claim to its report.", "# TYPE \(name) histogram"]
        for (bound, count) in zip(Metrics.bounds, figures.buckets) {
            lines.append("\(name)_bucket{le=\"\(Metrics.number(bound))\"} \(count)")
        }
        lines += [
            "\(name)_bucket{le=\"+Inf\"} \(figures.count)", "\(name)_sum \(Metrics.number(figures.sum))",
            "\(name)_count \(figures.count)",
        ]
        var seen: Set<String> = []
        for gauge in gauges {
            let name = "collecteur_\(gauge.name)"
            if seen.insert(name).inserted { lines += ["# HELP \(name) \(gauge.help)", "# TYPE \(name) gauge"] }
            lines.append("\(name)\(Metrics.text(of: gauge.labels)) \(Metrics.number(gauge.value))")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func text(of labels: [(String, String)]) -> String {
        guard !labels.isEmpty else { return "" }
        let pairs = labels.map { key, value in
            let escaped = value.map { character in
                switch character {
                case "\\": "\\\\"
                case "\"": "\\\""
                case "\n": "\\n"
                default: String(character)
                }
            }
            return "\(key)=\"\(escaped.joined())\""
        }
        return "{" + pairs.joined(separator: ",") + "}"
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
    }
}

import Testing

@testable import Telemetry

struct MetricsTests {
    private func lines(_ metrics: Metrics, _ gauges: [Metrics.Gauge] = []) -> [Substring] {
        metrics.text(gauges: gauges).split(separator: "\n").filter { !$0.hasPrefix("#") }
    }

    @Test func `counters add up by label`() {
        let metrics = Metrics()
        metrics.count(.logins, ["method": "password", "result": "denied"])
        metrics.count(.logins, ["method": "password", "result": "denied"])
        metrics.count(.logins, ["method": "key", "result": "accepted"])
        metrics.count(.receivedBytes, by: 1.5)
        let lines = lines(metrics)
        #expect(lines.contains("collecteur_logins_total{method=\"password\",result=\"denied\"} 2"))
        #expect(lines.contains("collecteur_logins_total{method=\"key\",result=\"accepted\"} 1"))
        #expect(lines.contains("collecteur_received_bytes_total 1.5"))
    }

    @Test func `the histogram is cumulative`() {
        let metrics = Metrics()
        for seconds in [0.004, 0.03, 0.03, 100] { metrics.treated(seconds: seconds) }
        let lines = lines(metrics)
        #expect(lines.contains("collecteur_treatment_seconds_bucket{le=\"0.005\"} 1"))
        #expect(lines.contains("collecteur_treatment_seconds_bucket{le=\"0.05\"} 3"))
        #expect(lines.contains("collecteur_treatment_seconds_bucket{le=\"30\"} 3"))
        #expect(lines.contains("collecteur_treatment_seconds_bucket{le=\"+Inf\"} 4"))
        #expect(lines.contains("collecteur_treatment_seconds_count 4"))
    }

    @Test func `a label's value is escaped and a gauge has one heading`() {
        let text = Metrics().text(gauges: [
            Metrics.Gauge("outbox", help: "Mails.", 3, labels: [("state", "a\"b\\c\nd")]),
            Metrics.Gauge("outbox", help: "Mails.", 4, labels: [("state", "sent")]),
        ])
        #expect(text.contains("collecteur_outbox{state=\"a\\\"b\\\\c\\nd\"} 3\n"))
        #expect(text.split(separator: "\n").filter { $0 == "# TYPE collecteur_outbox gauge" }.count == 1)
        #expect(text.hasSuffix("\n"))
    }
}

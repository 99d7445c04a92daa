import Logging
import Synchronization
import Testing

@testable import Telemetry

struct LogLineTests {
    static let values: [(value: String, shown: String)] = [
        ("plain", "plain"), ("192.0.2.1:2222", "192.0.2.1:2222"), ("été.csv", "été.csv"), ("", "\"\""),
        ("a b", "\"a b\""),
        ("a=b", "\"a=b\""), ("say \"hi\"", "\"say \\\"hi\\\"\""), ("back\\slash", "\"back\\\\slash\""),
        ("two\nlines", "\"two\\nlines\""), ("cr\rtab\t", "\"cr\\rtab\\t\""), ("\u{1b}[31mred", "\"\\u{1b}[31mred\""),
        ("nul\u{0}", "\"nul\\u{0}\""), ("\u{202e}gpj", "\"\\u{202e}gpj\""), ("line\u{2028}sep", "\"line\\u{2028}sep\""),
        ("no\u{a0}break", "\"no\\u{a0}break\""), ("c1\u{85}", "\"c1\\u{85}\""),
    ]

    @Test(arguments: values)
    func `a value is plain, or quoted and escaped`(value: String, shown: String) {
        #expect(LogLine.value(value) == shown)
    }

    @Test func `no scalar can break a line`() {
        let forging = (UInt32(0)...0x2fff).filter { value in
            guard let scalar = Unicode.Scalar(value) else { return false }
            return LogLine.format(message: "m", metadata: ["k": "\(String(scalar))"]).unicodeScalars.contains {
                $0.value < 0x20 || (0x7f...0x9f).contains($0.value) || $0.value == 0x2028 || $0.value == 0x2029
            }
        }
        #expect(forging == [])
    }

    static let lines: [(message: String, metadata: Logger.Metadata, line: String)] = [
        (
            "session.opened", ["session": "7", "address": "192.0.2.9"],
            "event=session.opened session=7 address=192.0.2.9"
        ),
        ("it went wrong", ["event": "x.y"], "event=x.y message=\"it went wrong\""),
        ("went wrong here", [:], "message=\"went wrong here\""),
        ("e", ["b": "2", "a": "1", "login": "l", "deposit": "3"], "event=e deposit=3 login=l a=1 b=2"),
        ("e", ["bad key\n": "v"], "event=e bad_key_=v"),
    ]

    @Test(arguments: lines)
    func `an event is one line in a stable order`(message: String, metadata: Logger.Metadata, line: String) {
        #expect(LogLine.format(message: message, metadata: metadata) == line)
    }

    @Test func `a very long value is cut`() {
        #expect(LogLine.value(String(repeating: "x", count: 5000)).count == 1001)
    }

    @Test func `under systemd a line has its priority, and below the level there is none`() {
        let lines = Mutex<[String]>([])
        let level = Mutex(Logger.Level.info)
        let output = LogOutput(level: { level.withLock { $0 } }, underJournal: true) { line in
            lines.withLock { $0.append(line) }
        }
        let logger = output.logger()
        logger.debug("hidden")
        logger.info("a.b")
        logger.error("c.d", metadata: ["k": "v"])
        level.withLock { $0 = .debug }
        logger.debug("now.shown")
        #expect(lines.withLock { $0 } == ["<6>event=a.b", "<3>event=c.d k=v", "<7>event=now.shown"])
    }

    @Test func `elsewhere a line has its time and level`() throws {
        let lines = Mutex<[String]>([])
        let logger = LogOutput(level: { .info }, underJournal: false) { line in lines.withLock { $0.append(line) } }
            .logger()
        logger.warning("a.b")
        let line = try #require(lines.withLock { $0.first })
        #expect(line.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z warning event=a\.b/) != nil, "\(line)")
    }
}

import Foundation
import LinuxSystem
import Logging
import Telemetry
import TestSupport
import Testing

@testable import SessionHost

@Suite(.timeLimit(.minutes(5))) struct SessionComplaintsTests {
    @Test func `a session that writes without end costs some lines a second, and isn't held up`() async throws {
        let lines = Lines()
        let logger = LogOutput(level: { .debug }, underJournal: true) { line in lines.add(line) }.logger()
        let complaints = try SessionComplaints(logger: logger)
        let begun = ContinuousClock.now
        let line = Array("trap: out of bounds\n".utf8)
        var written = 0
        while ContinuousClock.now - begun < .seconds(2) || written <= 1000 {
            if write(complaints.writer.raw, line, line.count) == line.count { written += 1 }
        }
        let count = lines.all.count
        let most = 50 + 5 * ((ContinuousClock.now - begun) / .seconds(1)) + 1
        #expect(Double(count) <= most, "\(count)")
        try await eventually {
            lines.all.contains { $0.contains("session.complaint") && $0.contains("trap: out of bounds") }
        }
    }
}

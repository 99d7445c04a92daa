import Foundation
import LinuxSystem
import TestSupport
import Testing

@testable import SessionHost

struct StrayChildrenTests {
    private static let interval = StrayChildren.interval

    @Test func `a child that somebody reaps meanwhile is left to him`() {
        var strays = StrayChildren()
        #expect(strays.find(at: 0) { 7 } == nil)
        #expect(strays.find(at: Self.interval) { nil } == nil)
        #expect(strays.find(at: 2 * Self.interval) { 7 } == nil)
        #expect(strays.find(at: 3 * Self.interval) { 8 } == nil)
        #expect(strays.find(at: 4 * Self.interval) { 8 } == 8)
        #expect(strays.find(at: 5 * Self.interval) { nil } == nil)
    }

    @Test func `nobody looks more often than twice a minute`() {
        var strays = StrayChildren()
        var looks = 0
        for now in stride(from: Int64(0), to: 10 * Self.interval, by: 200) {
            _ = strays.find(at: now) {
                looks += 1
                return nil
            }
        }
        #expect(looks == 10)
    }

    @Test func `a process that nobody knows leaves nothing`() async throws {
        let pid = try SpawnedProcess.spawn(
            path: "/bin/true", arguments: ["true"], environment: SpawnedProcess.libraryPath, descriptors: [])
        try await eventually { Self.state(of: pid) == "Z" }
        var strays = StrayChildren()
        // Other tests have children too.
        let dead: () -> CInt? = { Self.state(of: pid) == "Z" ? pid : nil }
        #expect(strays.find(at: 0, dead: dead) == nil)
        let stray = strays.find(at: Self.interval, dead: dead)
        #expect(stray == pid)
        SpawnedProcess.bury(pid)
        #expect(!FileManager.default.fileExists(atPath: "/proc/\(pid)"))
        #expect(strays.find(at: 2 * Self.interval, dead: dead) == nil)
    }

    /// As /proc says: R, S, Z…
    private static func state(of pid: CInt) -> String? {
        let stat = try? String(contentsOf: URL(filePath: "/proc/\(pid)/stat"), encoding: .utf8)
        return stat?.split(separator: ") ").last.map { String($0.prefix(1)) }
    }
}

import Foundation
import Synchronization
import Testing
import TestSupport

@testable import SessionHost

/// What is said of connections that were lost by a fault of this side's.
@Suite(.timeLimit(.minutes(10))) struct SessionHealthTests {
    @Test func `a lost connection is a fault until one goes well, at each place for itself`() throws {
        let health = SessionHealth()
        #expect(health.fault == nil)
        health.noteLoss(.opening, "no such file")
        health.noteLoss(.login, "the database can't be asked")
        #expect(try #require(health.fault).contains("no such file"))
        #expect(health.hasFault(.opening) && health.hasFault(.login) && !health.hasFault(.listening))
        health.noteSuccess(.listening)
        health.noteSuccess(.opening)
        #expect(health.fault == "no login can be decided, 1 so far: the database can't be asked")
        health.noteSuccess(.login)
        #expect(health.fault == nil)
    }

    @Test func `a process that crashes is its client's, three in a row are a fault`() throws {
        let health = SessionHealth()
        for _ in 0..<2 { health.noteLoss(.running, "killed by signal 31") }
        #expect(health.fault == nil)
        health.noteSuccess(.running)
        for _ in 0..<2 { health.noteLoss(.running, "killed by signal 31") }
        #expect(health.fault == nil)
        health.noteLoss(.running, "killed by signal 31")
        #expect(try #require(health.fault).contains("3 so far: killed by signal 31"))
    }

    @Test func `crashes of long ago are no fault, and a try that fails is not made again at once`() {
        let clock = Mutex<UInt64>(1)
        let health = SessionHealth(now: { clock.withLock { $0 } })
        for _ in 0..<3 { health.noteLoss(.running, "killed by signal 31") }
        health.noteLoss(.opening, "no such file")
        clock.withLock { $0 += 599_999 }
        #expect(health.fault?.contains("signal 31") == true)
        clock.withLock { $0 += 1 }
        #expect(health.fault == "no process for a connection can be made, 1 so far: no such file")
        health.noteLoss(.running, "killed by signal 31")
        #expect(health.fault?.contains("signal 31") == false)
        #expect(health.beginsRetry() && !health.beginsRetry())
        health.endRetry()
        #expect(!health.beginsRetry())
        clock.withLock { $0 += 5_000 }
        #expect(health.beginsRetry())
    }

    @Test func `sessions that crash one after another are counted, those that their client leaves are not`()
        async throws
    {
        let fixture = try await SessionFixture(
            "if client.recv(1) == b'x': os.kill(os.getpid(), signal.SIGSEGV)")
        for _ in 0..<3 {
            let client = try fixture.connect()
            client.write("x")
            #expect(await client.readToEnd() != nil)
        }
        try await eventually { fixture.service.figures().sessionFault?.contains("killed by signal 11") == true }
        try await fixture.stop()
    }

    @Test func `a program that is gone is a fault before anybody comes`() async throws {
        let fixture = try await SessionFixture("client.recv(1)")
        #expect(fixture.service.figures().sessionFault == nil)
        try #require(unlink(fixture.folder + "/session") == 0)
        #expect(fixture.service.figures().sessionFault?.contains("is missing") == true)
        try await fixture.stop()
    }
}

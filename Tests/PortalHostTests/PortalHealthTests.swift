import Testing

@testable import PortalHost

/// What the daemon makes of a portal's signs of life and of its ends.
@Suite struct PortalHealthTests {
    @Test func `an end or two are no fault, three in a row are, and the reason is said`() throws {
        var health = PortalHealth()
        for _ in 0..<2 {
            health.noteStart()
            health.noteEnd("RLIMIT_NOFILE: no", after: .seconds(0.1))
            #expect(health.fault(running: nil) == nil)
        }
        // What can't even be started has no start.
        health.noteEnd("/x/collecteur-portal: No such file or directory", after: .seconds(0.1))
        let fault = try #require(health.fault(running: nil))
        #expect(fault.contains("3 times") && fault.contains("No such file"))
        health.noteStart()
        #expect(health.fault(running: .seconds(1)) != nil)
        health.noteSign()
        #expect(health.fault(running: .seconds(1)) == nil)
    }

    @Test func `one that ends soon after it listens is at fault until it has served for a while`() {
        var health = PortalHealth()
        for _ in 0..<3 {
            health.noteStart()
            health.noteSign()
            health.noteEnd("killed by 11", after: .seconds(1))
        }
        health.noteStart()
        health.noteSign()
        #expect(health.fault(running: .seconds(1))?.contains("killed by 11") == true)
        #expect(health.fault(running: .seconds(31)) == nil)
        health.noteEnd("killed by 11", after: .seconds(3600))
        #expect(health.failures == 1 && health.fault(running: nil) == nil)
    }

    @Test func `silence is a fault after ten seconds, the end after sixty, and nothing once there is a sign`() {
        var health = PortalHealth()
        health.noteStart()
        for _ in 0..<100 { health.noteWait(.seconds(2)) }
        #expect(!health.isHung)
        health.noteSign()
        for _ in 0..<4 { health.noteWait(.seconds(2)) }
        #expect(health.fault(running: .seconds(8)) == nil && !health.isHung)
        health.noteWait(.seconds(2))
        #expect(health.fault(running: .seconds(10))?.contains("10 s") == true && !health.isHung)
        for _ in 0..<25 { health.noteWait(.seconds(2)) }
        #expect(health.isHung)
        health.noteSign()
        #expect(health.fault(running: .seconds(60)) == nil && !health.isHung)
        // A machine that stood still for an hour blames nobody.
        health.noteWait(.seconds(3600))
        #expect(health.fault(running: .seconds(3660)) == nil && !health.isHung)
    }
}

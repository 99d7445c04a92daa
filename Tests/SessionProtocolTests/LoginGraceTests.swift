import SessionProtocol
import Testing

@Suite struct LoginGraceTests {
    @Test func `only between the key exchange and the first login there is time to compare a fingerprint`() {
        var grace = LoginGrace(milliseconds: 30_000, at: 1_000)
        #expect(grace.deadline == 31_000)
        grace.noteKeys(at: 2_000)
        #expect(grace.deadline == 122_000)
        // New keys of the same connection give no more.
        grace.noteKeys(at: 50_000)
        #expect(grace.deadline == 122_000)
        grace.noteRequest(at: 100_000)
        #expect(grace.deadline == 130_000)
        grace.noteRequest(at: 125_000)
        grace.noteKeys(at: 125_000)
        #expect(grace.deadline == 130_000)
    }

    @Test func `a grace of any length traps nowhere`() {
        var endless = LoginGrace(milliseconds: .max, at: 5)
        endless.noteKeys(at: .max)
        #expect(endless.deadline == .max)
        endless.noteRequest(at: .max)
        #expect(endless.deadline == .max)
        #expect(LoginGrace(milliseconds: -1, at: 5).deadline == 5)
    }
}

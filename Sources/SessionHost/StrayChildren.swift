/// Finds dead children that nobody knows: those that a template made and nobody adopted. A value without a clock.
///
/// Whoever knows a child reaps it the moment it ends: one that is still there at the next look, half a minute later, is nobody's.
struct StrayChildren {
    /// Milliseconds between two looks.
    static let interval: Int64 = 30_000

    private var found: CInt?
    private var lookAgainAt: Int64 = 0

    /// The child to reap; nil for none, and between two looks.
    ///
    /// - now: monotonic milliseconds. dead: a child that has ended and that nobody has reaped.
    mutating func find(at now: Int64, dead: () -> CInt?) -> CInt? {
        guard now >= lookAgainAt else { return nil }
        lookAgainAt = now + Self.interval
        let before = found
        found = dead()
        return found == before ? found : nil
    }
}

/// Whether the portal serves, as far as the daemon can tell: from what it hears of the process, and from how the last ones ended.
///
/// A value: ``PortalService`` tells it what happens and acts on ``isHung``. A portal gives a sign of life once all its sockets listen, and then
/// every two seconds.
struct PortalHealth: Sendable {
    /// How long the daemon waits at once for a word of the portal's. What it waited longer doesn't count: then it is the machine that stood still.
    static let look = Duration.seconds(2)
    /// Silence after which a person should know.
    static let tolerable = Duration.seconds(10)
    /// Silence after which the process is given up. A loaded machine may take long over a sign of life.
    static let longest = Duration.seconds(60)
    /// As long for one that has given no sign yet: a machine that thrashes starts nothing quickly.
    static let longestStart = Duration.seconds(300)
    /// Ends in a row that are no accident any more.
    static let tooOften = 3
    /// What ran for so long has served: its end is the first anew.
    static let steady = Duration.seconds(30)

    /// Ends in a row, each soon after its start.
    private(set) var failures = 0
    /// What the last one ended of.
    private var reason = ""
    /// The last one ended before it listened: another that does listen is a mended one.
    private var endedEarly = false
    private var isUp = false
    private var silence = Duration.zero

    mutating func noteStart() {
        isUp = false
        silence = .zero
    }

    mutating func noteSign() {
        isUp = true
        silence = .zero
    }

    /// The daemon has waited for its words for so long.
    mutating func noteWait(_ time: Duration) { silence += min(time, Self.look) }

    mutating func noteEnd(_ reason: String, after time: Duration) {
        failures = time > Self.steady ? 1 : failures + 1
        endedEarly = !isUp
        self.reason = reason
        isUp = false
        silence = .zero
    }

    /// It is to be killed, and another one started.
    var isHung: Bool { silence >= (isUp ? Self.longest : Self.longestStart) }

    /// What keeps people from the portal; nil while it serves, or will in a moment.
    ///
    /// - time: since the process was started; nil while none runs.
    func fault(running time: Duration?) -> String? {
        if time != nil, silence >= Self.tolerable {
            return "it has given no sign of life for \(silence.components.seconds) s"
        }
        guard failures >= Self.tooOften, !isUp || !endedEarly && (time ?? .zero) <= Self.steady else { return nil }
        return "\(endedEarly ? "it can't be started" : "it ends again and again"), \(failures) times so far: \(reason)"
    }
}

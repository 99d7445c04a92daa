package import WireCodec

/// The states of the manual's table (4.1.1).
package enum ShownState: UInt8, CaseIterable, Sendable {
    case waiting = 1
    case running
    case success
    case successWithAlerts
    case partial
    case partialWithAlerts
    case failure
    case notDeposited
}

/// A row of the manual's table of deposits (4.1.2).
package struct DepositRow: WireRecord {
    package var id: UInt64 = 0
    /// Escaped for display.
    package var file = ""
    package var state = ShownState.running
    package var periodStart = ShownDay()
    package var periodEnd = ShownDay()
    package var received = ShownMoment()
    /// Nil while the deposit is « En cours ».
    package var processed: ShownMoment?
    /// When it is tried again, if something keeps it from being treated.
    package var waits: ShownMoment?
    package var isTest = false
    /// With the channel: « Silvio DA SILVA via le site ».
    package var author = ""
    /// The establishment's code and name.
    package var depositor = ""
    package var depositorName = ""

    package init() {}

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.number(&id)
        try coder.text(&file, "file", limit: PortalBounds.shownFileName)
        try coder.choice(&state, "state")
        try coder.record(&periodStart)
        try coder.record(&periodEnd)
        try coder.record(&received)
        try coder.optional(&processed, "processed")
        try coder.optional(&waits, "waits")
        try coder.flag(&isTest, "isTest")
        try coder.text(&author, "author", limit: PortalBounds.name)
        try coder.text(&depositor, "depositor", limit: PortalBounds.code)
        try coder.text(&depositorName, "depositorName", limit: PortalBounds.name)
    }
}

/// An establishment's state in the period that runs.
package struct DayState: WireRecord {
    package var depositor = ""
    package var state = ShownState.waiting
    package var start = ShownDay()
    package var end = ShownDay()
    /// The deposit that gives the state; 0 where there is none.
    package var deposit: UInt64 = 0
    /// When that one is tried again, if something keeps it from being treated, and what: a French sentence without its capital and its full stop.
    package var waits: ShownMoment?
    package var reason = ""
    /// The period before ended without a deposit.
    package var missedBefore = false

    package init() {}

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.text(&depositor, "depositor", limit: PortalBounds.code)
        try coder.choice(&state, "state")
        try coder.record(&start)
        try coder.record(&end)
        try coder.number(&deposit)
        try coder.optional(&waits, "waits")
        try coder.text(&reason, "reason", limit: PortalBounds.text)
        try coder.flag(&missedBefore, "missedBefore")
    }
}

package struct HomePage: WireRecord {
    package var states: [DayState] = []
    package var deposits: [DepositRow] = []

    package init() {}

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.list(&states, "states", limit: PortalBounds.establishments)
        try coder.list(&deposits, "deposits", limit: PortalBounds.depositRows)
    }
}

package struct DepositsPage: WireRecord {
    /// Newest first.
    package var deposits: [DepositRow] = []
    /// There are older ones: they come after the last row's identifier.
    package var hasOlder = false

    package init() {}

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.list(&deposits, "deposits", limit: PortalBounds.depositRows)
        try coder.flag(&hasOlder, "hasOlder")
    }
}

package import WireCodec

/// One period of one establishment.
package struct PeriodRow: WireRecord {
    package var start = ShownDay()
    package var end = ShownDay()
    package var state = ShownState.notDeposited
    /// 0 where there is none.
    package var deposit: UInt64 = 0
    package var file = ""

    package init() {}

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.record(&start)
        try coder.record(&end)
        try coder.choice(&state, "state")
        try coder.number(&deposit)
        try coder.text(&file, "file", limit: PortalBounds.shownFileName)
    }
}

/// The list's size after a deposit was integrated.
package struct CurvePoint: WireRecord {
    package var deposit: UInt64 = 0
    package var at = ShownMoment()
    package var size: UInt64 = 0

    package init() {}

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.number(&deposit)
        try coder.record(&at)
        try coder.number(&size)
    }
}

package struct PeriodsPage: WireRecord {
    /// The establishment shown.
    package var depositor = ""
    /// Newest first.
    package var periods: [PeriodRow] = []
    package var hasOlder = false
    /// Oldest first.
    package var curve: [CurvePoint] = []

    package init() {}

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.text(&depositor, "depositor", limit: PortalBounds.code)
        try coder.list(&periods, "periods", limit: PortalBounds.periods)
        try coder.flag(&hasOlder, "hasOlder")
        try coder.list(&curve, "curve", limit: PortalBounds.curve)
    }
}

/// An organisation as an establishment certifies it.
package struct OrganisationRow: WireRecord {
    package var nda = ""
    package var siren = ""
    /// In the order of the file's columns; the first is the lowest bit.
    package var categories: UInt8 = 0
    package var decision = ShownDay()
    package var end = ShownDay()
    package var depositor = ""

    package init() {}

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.text(&nda, "nda", limit: PortalBounds.number)
        try coder.text(&siren, "siren", limit: PortalBounds.number)
        try coder.number(&categories)
        try coder.record(&decision)
        try coder.record(&end)
        try coder.text(&depositor, "depositor", limit: PortalBounds.code)
    }
}

package struct OrganisationsPage: WireRecord {
    package var organisations: [OrganisationRow] = []
    /// All that the search finds.
    package var matching: UInt64 = 0
    package var page: UInt32 = 1
    package var pages: UInt32 = 1

    package init() {}

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.list(&organisations, "organisations", limit: PortalBounds.organisations)
        try coder.number(&matching)
        try coder.number(&page)
        try coder.number(&pages)
    }
}

package enum EventKind: UInt8, CaseIterable, Sendable {
    case added = 1
    case changed
    case withdrawn
}

/// One change of one organisation, and the deposit that made it.
package struct OrganisationEvent: WireRecord {
    package var kind = EventKind.added
    package var at = ShownMoment()
    /// 0 where no deposit made it.
    package var deposit: UInt64 = 0
    package var depositor = ""
    package var before: OrganisationRow?
    package var after: OrganisationRow?

    package init() {}

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.choice(&kind, "kind")
        try coder.record(&at)
        try coder.number(&deposit)
        try coder.text(&depositor, "depositor", limit: PortalBounds.code)
        try coder.optional(&before, "before")
        try coder.optional(&after, "after")
    }
}

package struct OrganisationPage: WireRecord {
    package var nda = ""
    /// What is in force, one an establishment.
    package var current: [OrganisationRow] = []
    /// Newest first.
    package var events: [OrganisationEvent] = []
    package var hasMore = false

    package init() {}

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.text(&nda, "nda", limit: PortalBounds.number)
        try coder.list(&current, "current", limit: PortalBounds.establishments)
        try coder.list(&events, "events", limit: PortalBounds.events)
        try coder.flag(&hasMore, "hasMore")
    }
}

package import WireCodec

/// A civil day, as people are shown it.
package struct ShownDay: WireRecord {
    package var year: UInt16 = 0
    package var month: UInt8 = 0
    package var day: UInt8 = 0

    package init() {}

    package init(year: UInt16, month: UInt8, day: UInt8) {
        self.year = year
        self.month = month
        self.day = day
    }

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.number(&year)
        try coder.number(&month)
        try coder.number(&day)
    }
}

/// A moment on the clock of the project's time zone, which the portal has no table of.
package struct ShownMoment: WireRecord {
    package var day = ShownDay()
    package var hour: UInt8 = 0
    package var minute: UInt8 = 0

    package init() {}

    package init(day: ShownDay, hour: UInt8, minute: UInt8) {
        self.day = day
        self.hour = hour
        self.minute = minute
    }

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.record(&day)
        try coder.number(&hour)
        try coder.number(&minute)
    }
}

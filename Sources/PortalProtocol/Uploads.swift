package import WireCodec

/// What the form for a deposit needs besides the frame.
package struct DepositForm: WireRecord {
    /// Makes two POSTs of one form one deposit.
    package var key: [UInt8] = []

    package init() {}

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.bytes(&key, "key", limit: PortalBounds.key)
    }
}

/// Comes with the descriptor that the file is written to, from its beginning.
package struct UploadOpened: WireRecord {
    package var handle: UInt32 = 0
    /// Bytes it may have at the most.
    package var limit: UInt64 = 0

    package init() {}

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.number(&handle)
        try coder.number(&limit)
    }
}

/// What became of a form's file.
package enum FormState: UInt8, CaseIterable, Sendable {
    /// Nothing is known of it: never sent, or given up long ago. No deposit was made.
    case unknown = 1
    /// The file is still on its way.
    case underWay
    /// No deposit was made; `text` says why.
    case refused
    /// `deposit` says which.
    case deposited
    /// It was looked at only: `report` says what was found.
    case controlled
    /// It waits for a word: `report` says what it would change.
    case toConfirm
}

package struct FormOutcome: WireRecord {
    package var state = FormState.unknown
    package var text = ""
    package var deposit: UInt64 = 0
    package var report: ReportPage?
    /// For how long the file is still kept.
    package var secondsLeft: UInt32 = 0
    /// Organisations in the list before and after, for a file that waits for a word.
    package var before: UInt64 = 0
    package var after: UInt64 = 0
    /// What the person agreed to, or the list, is not what it was when it was shown.
    package var hasChanged = false
    /// Which file, and which of its consequences, a page that asks for a word shows.
    package var shown: [UInt8] = []

    package init() {}

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.choice(&state, "state")
        try coder.text(&text, "text", limit: PortalBounds.text)
        try coder.number(&deposit)
        try coder.optional(&report, "report")
        try coder.number(&secondsLeft)
        try coder.number(&before)
        try coder.number(&after)
        try coder.flag(&hasChanged, "hasChanged")
        try coder.bytes(&shown, "shown", limit: PortalBounds.shown)
    }
}

import PortalProtocol
import SeededNumbers
import WireCodec

/// Fills every field that a record describes: with random values within the bounds, or with the largest that there are.
///
/// So that no test has to know the fields, and none is forgotten.
struct FillingCoder: WireCoder {
    enum Style {
        case random
        case largest
    }

    let style: Style
    private var random: SeededGenerator

    init(_ style: Style, seed: UInt64 = 0) {
        self.style = style
        random = SeededGenerator(seed: seed)
    }

    mutating func next() -> UInt64 { random.next() }

    mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }

    mutating func filled<Record: WireRecord>(_ type: Record.Type = Record.self) -> Record {
        var record = Record()
        // Nothing here throws: there is no message to be short of.
        do { try record.fields(&self) } catch { preconditionFailure("\(error)") }
        return record
    }

    private mutating func length(_ limit: Int) -> Int {
        switch style {
        case .largest: limit
        // Mostly short, sometimes the very longest.
        case .random: below(8) == 0 ? limit : below(min(limit, 6) + 1)
        }
    }

    mutating func number<Number: FixedWidthInteger & UnsignedInteger>(_ value: inout Number) {
        let random = Number(truncatingIfNeeded: next())
        value = style == .largest ? .max : [0, 1, .max, random, random >> 3][below(5)]
    }

    mutating func flag(_ value: inout Bool, _ field: String) {
        value = style == .largest || next() & 1 == 0
    }

    mutating func bytes(_ value: inout [UInt8], _ field: String, limit: Int) {
        value = []
        for _ in 0..<length(limit) { value.append(UInt8(truncatingIfNeeded: next())) }
    }

    mutating func text(_ value: inout String, _ field: String, limit: Int) {
        value = text(limit)
    }

    mutating func text(_ limit: Int) -> String {
        let count = length(limit)
        guard style == .random else { return String(repeating: "a", count: count) }
        let letters = ["a", "é", "€", "🙂", "\n", "\0", "<", "\u{301}"]
        var text = ""
        while text.utf8.count < count {
            let letter = letters[below(letters.count)]
            guard text.utf8.count + letter.utf8.count <= limit else { break }
            text += letter
        }
        return text
    }

    mutating func choice<Value: RawRepresentable>(_ value: inout Value, _ field: String) where Value.RawValue == UInt8 {
        while true {
            if let chosen = Value(rawValue: UInt8(below(16))) {
                value = chosen
                return
            }
        }
    }

    mutating func optional<Record: WireRecord>(_ value: inout Record?, _ field: String) {
        value = style == .largest || next() & 1 == 0 ? filled() : nil
    }

    mutating func texts(_ value: inout [String], _ field: String, each: Int, limit: Int) {
        value = []
        for _ in 0..<length(limit) { value.append(text(each)) }
    }

    mutating func list<Record: WireRecord>(_ value: inout [Record], _ field: String, limit: Int) {
        value = []
        for _ in 0..<length(limit) { value.append(filled()) }
    }
}

extension FillingCoder {
    private mutating func number<Number: FixedWidthInteger & UnsignedInteger>() -> Number {
        var value: Number = 0
        number(&value)
        return value
    }

    private mutating func bytes(_ limit: Int) -> [UInt8] {
        var value: [UInt8] = []
        bytes(&value, "", limit: limit)
        return value
    }

    private mutating func flag() -> Bool {
        var value = false
        flag(&value, "")
        return value
    }

    /// One question of every kind.
    mutating func questions() -> [Question] {
        [
            .hello(version: text(PortalBounds.version)), .ping, .frame, .login(filled()), .logout, .extend, .home,
            .deposits(filled()), .report(filled()), .findings(filled()), .state(deposit: number()),
            .download(filled()), .depositForm, .beginUpload(filled()), .endUpload(filled()),
            .dropUpload(filled()), .formOutcome(key: bytes(PortalBounds.key)),
            .confirm(key: bytes(PortalBounds.key), shown: bytes(PortalBounds.shown)),
            .giveUp(key: bytes(PortalBounds.key)), .periods(filled()),
            .organisations(filled()), .organisation(nda: text(PortalBounds.number)), .information,
            .setMuted(flag()), .endSession(id: number()), .endOtherSessions,
            .askReset(email: text(PortalBounds.email)), .checkReset(token: bytes(PortalBounds.token)),
            .reset(filled()), .changePassword(filled()), .setSFTPPassword(filled()), .addKey(filled()),
            .removeKey(fingerprint: text(PortalBounds.name)), .note(filled()),
            .register(filled()), .checkActivation(token: bytes(PortalBounds.token)),
            .activate(filled()), .join(filled()),
        ]
    }

    mutating func requests() -> [PortalRequest] {
        questions().map { PortalRequest(id: number(), visitor: filled(), question: $0) }
    }

    /// One order of every kind, with one answer and one page of every kind.
    mutating func orders() -> [PortalOrder] {
        let pages: [Page] = [
            .bare, .home(filled()), .deposits(filled()), .report(filled()), .findings(filled()), .depositForm(filled()),
            .periods(filled()), .organisations(filled()), .organisation(filled()), .information(filled()),
        ]
        let answers: [Answer] = [
            .done, .loginNeeded, .notFound, .refused(text: text(PortalBounds.text)), .later(seconds: number()),
            .unavailable(text: text(PortalBounds.text)), .session(token: bytes(PortalBounds.token)),
            .download(filled()), .upload(filled()), .state(ShownState.allCases[below(8)]),
            .outcome(filled(), filled()), .problems([filled(), filled()]), .registrant(filled()),
        ]
        return [.welcome(filled()), .drain] + answers.map { .answer(id: number(), $0) }
            + pages.map { .answer(id: number(), .page(filled(), $0)) }
    }
}

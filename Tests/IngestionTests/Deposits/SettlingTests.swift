import Testing

@testable import Ingestion

@Suite struct SettlingTests {
    private typealias Files = Settling<Int>

    private func name(_ text: String) -> [UInt8] { Array(text.utf8) }

    private func names(_ settling: Files, at now: UInt64) -> [String] {
        settling.due(now: now).map { "\($0.key.depositor)/\(String(decoding: $0.key.name, as: UTF8.self))" }
    }

    @Test func `a file is due once it has rested, and rests again when it changes`() {
        var settling = Files()
        settling.observe("A", [(name("x"), 1)], settle: 100, now: 0)
        #expect(names(settling, at: 99).isEmpty)
        #expect(settling.nextDue(now: 0) == 100)
        settling.observe("A", [(name("x"), 1)], settle: 100, now: 50)
        #expect(names(settling, at: 100) == ["A/x"])
        settling.observe("A", [(name("x"), 2)], settle: 100, now: 60)
        #expect(names(settling, at: 159).isEmpty)
        #expect(names(settling, at: 160) == ["A/x"])
        settling.observe("A", [], settle: 100, now: 70)
        #expect(settling.count == 0 && settling.nextDue(now: 70) == nil)
    }

    @Test func `what settles does so for the time that is in force, from when it began`() {
        var settling = Files()
        settling.observe("A", [(name("x"), 1)], settle: 3_600_000, now: 50)
        settling.observe("A", [(name("x"), 1), (name("y"), 1)], settle: 100, now: 120)
        #expect(names(settling, at: 149).isEmpty)
        #expect(names(settling, at: 150) == ["A/x"])
        settling.observe("A", [(name("x"), 1), (name("y"), 1)], settle: 500, now: 160)
        #expect(names(settling, at: 549).isEmpty)
        #expect(names(settling, at: 620) == ["A/x", "A/y"])
    }

    @Test func `the order of one depositor is the given one, whatever the names are`() {
        let order = ["d", "b", "e", "a", "c", "h", "g", "f"]
        var settling = Files()
        settling.observe("A", order.map { (name($0), 1) }, settle: 100, now: 0)
        #expect(names(settling, at: 100) == order.map { "A/\($0)" })
    }

    @Test func `a file that waits for the database holds up its line, in order, and not for ever`() {
        var settling = Files()
        settling.observe("A", [(name("old"), 1), (name("young"), 1)], settle: 0, now: 0)
        settling.observe("B", [(name("other"), 1)], settle: 0, now: 0)
        let old = Files.Key(depositor: "A", name: name("old"))
        var holds = settling.holdLine(at: old, until: 5000, now: 0)
        #expect(holds)
        #expect(names(settling, at: 4999) == ["B/other"])
        #expect(names(settling, at: 5000) == ["B/other", "A/old", "A/young"])
        let late = Files.longestHold + 1
        holds = settling.holdLine(at: old, until: late + 5000, now: late)
        #expect(!holds)
        // The young one may be tried once the old one has just failed again, never before it.
        #expect(names(settling, at: late) == ["B/other"])
        #expect(names(settling, at: late + 5000) == ["B/other", "A/old", "A/young"])
    }

    @Test func `an older file that rests again holds up the younger ones of its depositor alone`() {
        var settling = Files()
        settling.observe("A", [(name("old"), 1), (name("young"), 1)], settle: 100, now: 0)
        settling.observe("B", [(name("other"), 1)], settle: 100, now: 0)
        // Somebody sets the older one's time.
        settling.observe("A", [(name("old"), 2), (name("young"), 1)], settle: 100, now: 90)
        #expect(names(settling, at: 100) == ["B/other"])
        settling.forget(.init(depositor: "B", name: name("other")))
        #expect(settling.nextDue(now: 100) == 190, "no reason to look before")
        #expect(names(settling, at: 190) == ["A/old", "A/young"])
    }

    @Test func `a file that can't be claimed holds up nothing`() {
        var settling = Files()
        settling.observe("A", [(name("stuck"), 1), (name("next"), 1)], settle: 100, now: 0)
        settling.postpone(.init(depositor: "A", name: name("stuck")), until: 5000)
        #expect(names(settling, at: 100) == ["A/next"])
        settling.forget(.init(depositor: "A", name: name("next")))
        #expect(settling.nextDue(now: 100) == 5000)
        // It is looked at meanwhile and has not changed: it waits on.
        settling.observe("A", [(name("stuck"), 1)], settle: 100, now: 200)
        #expect(names(settling, at: 4999).isEmpty)
        #expect(names(settling, at: 5000) == ["A/stuck"])
    }

    @Test func `the longest settled comes first`() {
        var settling = Files()
        settling.observe("A", [(name("x"), 1)], settle: 100, now: 20)
        settling.observe("B", [(name("y"), 1)], settle: 100, now: 10)
        settling.observe("C", [(name("z"), 1)], settle: 100, now: 30)
        #expect(names(settling, at: 200) == ["B/y", "A/x", "C/z"])
    }
}

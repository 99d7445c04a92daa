import Foundation
import Testing

/// Midnights, with the daemon's civil clock set shortly before one.
@Suite struct PeriodTests {
    private static let day = 86_400

    private static var calendar: Calendar {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(identifier: "Europe/Paris") ?? .gmt
        return calendar
    }

    /// Seconds from now to a number of seconds before the next midnight in Paris.
    private func offset(beforeMidnight seconds: Int) -> Int {
        let midnight = Self.calendar.date(byAdding: .day, value: 1, to: Self.calendar.startOfDay(for: Date())) ?? Date()
        return Int(midnight.timeIntervalSinceNow) - seconds
    }

    private func states(_ depositor: Depositor) throws -> [String] {
        try depositor.instance.json("period", "list", "--depositor", depositor.code)
            .sorted { ($0["start"] as? String ?? "") < ($1["start"] as? String ?? "") }
            .compactMap { $0["state"] as? String }
    }

    private func notMade(_ depositor: Depositor) throws -> [String] {
        try depositor.mails().filter { $0.subject == "QUALIOPI - Dépôt non réalisé" }.map(\.to)
    }

    @Test func `the daemon crosses midnight: who was silent is told once, who deposited is not`() throws {
        let instance = try Instance()
        let active = try Depositor(instance, organisations: 100)
        let silent = try Depositor(
            instance, siret: "73282932000074", email: "silence@example.com", organisations: nil)
        let suspended = try Depositor(
            instance, siret: "35600000000048", email: "suspendu@example.com", organisations: nil)
        let file = try instance.write(SampleList.good(20), to: "liste.csv")
        // From here on there are 45 s.
        instance.clockOffset = offset(beforeMidnight: 45)
        try instance.start()
        #expect(try active.sftp("put \(file) \(active.folder)/liste.csv").succeeded)
        #expect(try states(active) != ["nonDepose"])
        try instance.admin("depositor", "suspend", suspended.code, "--yes")

        try #require(eventually { try !notMade(silent).isEmpty }, "\(instance.log)")
        #expect(try notMade(silent) == ["silence@example.com"])
        #expect(try states(active) == ["succes", "enAttente"])
        #expect(try states(silent) == ["nonDepose", "enAttente"])
        #expect(try states(suspended).allSatisfy { $0 != "nonDepose" })
        // A start later in the night tells nobody again.
        instance.crash()
        try instance.start()
        let again = try instance.write(SampleList.good(20), to: "liste2.csv")
        #expect(try silent.sftp("put \(again) \(silent.folder)/liste2.csv").succeeded)
        _ = try silent.treated()
        #expect(try notMade(silent).count == 1)
        #expect(try states(silent) == ["nonDepose", "succes"])
    }

    @Test func `a deposit that straddles midnight belongs to the day on which it came`() throws {
        // It rests past midnight and past the closing's grace before it is claimed.
        let instance = try Instance(deposits: ["settle_seconds: 45"])
        let depositor = try Depositor(instance, organisations: 100)
        let file = try instance.write(SampleList.good(20), to: "liste.csv")
        // From here on there are 40 s.
        instance.clockOffset = offset(beforeMidnight: 40)
        try instance.start()
        #expect(try depositor.sftp("put \(file) \(depositor.folder)/liste.csv").succeeded)
        try #require(eventually { try depositor.deposits().first?["state"] as? String == "succes" })
        try #require(eventually { try states(depositor) == ["succes", "enAttente"] }, "\(instance.log)")
        #expect(try notMade(depositor).isEmpty)
    }

    @Test func `a deposit that came before a crash counts for its day, whenever the daemon is started again`() throws {
        let instance = try Instance(deposits: ["settle_seconds: 3600"])
        let depositor = try Depositor(instance, organisations: 100)
        try instance.start()
        let file = try instance.write(SampleList.good(20), to: "liste.csv")
        #expect(try depositor.sftp("put \(file) \(depositor.folder)/liste.csv").succeeded)
        instance.crash()
        instance.clockOffset = Self.day
        try instance.change("settle_seconds: 3600", to: "settle_seconds: 2")
        try instance.start()
        try #require(eventually { try states(depositor) == ["succes", "enAttente"] }, "\(instance.log)")
        #expect(try notMade(depositor).isEmpty)
    }

    @Test func `down over several midnights: each day is closed, mails are for the last`() throws {
        let instance = try Instance()
        let depositor = try Depositor(instance, organisations: 100)
        try instance.start()
        instance.stop()
        instance.clockOffset = 3 * Self.day
        let added = try Depositor(instance, siret: "73282932000074", email: "tard@example.com", organisations: nil)
        try instance.start()
        try #require(eventually { try notMade(depositor).count == 1 }, "\(instance.log)")
        #expect(try states(depositor) == ["nonDepose", "nonDepose", "nonDepose", "enAttente"])
        #expect(try states(added) == ["enAttente"], "it owes what ends after it was added")
        // The spool is the same for all.
        #expect(try notMade(depositor) == [depositor.email])
    }

    @Test(arguments: ["periodClosing", "periodClosed"])
    func `killed while it closes days, it closes the rest at the next start`(point: String) throws {
        let instance = try Instance()
        let depositor = try Depositor(instance, organisations: 100)
        try instance.start()
        instance.stop()
        instance.clockOffset = 3 * Self.day
        instance.environment["COLLECTEUR_FAULT"] = point
        try instance.start(isToListen: false)
        try #require(eventually { instance.daemon?.process.isRunning == false }, "\(instance.log)")
        instance.environment["COLLECTEUR_FAULT"] = nil
        try instance.start()
        try #require(eventually { try notMade(depositor).count == 1 }, "\(instance.log)")
        #expect(try states(depositor) == ["nonDepose", "nonDepose", "nonDepose", "enAttente"])
    }
}

import Foundation
import Testing

/// What « Données personnelles » promises is what the daemon does: the durations are read from the page, and the clock goes there.
@Suite struct PortalPrivacyTests {
    private static let day = 86_400

    private struct Promises {
        let page: String

        /// The number before a unit in the row of some data.
        func number(_ data: String, _ unit: String) throws -> Int {
            let start = try #require(page.range(of: "<th scope=\"row\">\(data)"), "\(data): \(page)")
            let end = try #require(page[start.upperBound...].range(of: "</tr>"))
            let row = page[start.upperBound..<end.lowerBound]
            let found = try #require(try Regex("(\\d+) \(unit)").firstMatch(in: String(row)), "\(row)")
            return try #require(found.output[1].substring.flatMap { Int($0) })
        }
    }

    private func restart(_ instance: Instance, _ seconds: Int) throws {
        instance.stop()
        instance.clockOffset = seconds
        try instance.start()
        try #require(instance.logs("retention.done"), "\(instance.log)")
    }

    private func archived(_ place: PortalPlace) -> Bool {
        let names = try? FileManager.default.subpathsOfDirectory(
            atPath: place.instance.state.appending(path: "archive").path)
        return names?.contains { $0.hasSuffix("/1") } == true
    }

    @Test func `each thing is kept as long as the page says, and no longer`() throws {
        let place = try PortalPlace(
            portal: ["session_idle_minutes: 45", "session_hours: 3", "reset_minutes: 50"],
            deposits: [
                "settle_seconds: 0.1", "partial_retention_hours: 30", "report_retention_days: 20",
                "archive_retention_days: 40",
            ], sections: "log: {level: debug}\n")
        try place.logIn()
        let (instance, browser, depositor) = (place.instance, place.browser, place.depositor)
        let promises = Promises(page: try browser.get("/donnees-personnelles").body)
        let file = try instance.write(SampleList.good(20), to: "liste.csv")
        #expect(try browser.deposit(file).location == "/depots/1")
        _ = try depositor.treated()
        #expect(try depositor.sftp("put \(file) \(depositor.folder)/oubliee.csv.tmp").succeeded)

        // A session: alive within its idle time again and again, over after it, and over at its end whatever was done.
        let idle = try promises.number("Sessions", "minutes") * 60
        let hours = try promises.number("Sessions", "heures") * 3600
        let isIn = { try browser.get("/depots").body.contains("<h1>Mes dépôts</h1>") }
        var now = 0
        while now + idle - 300 < hours {
            now += idle - 300
            try restart(instance, now)
            #expect(try isIn(), "after \(now) s")
        }
        try restart(instance, hours + 60)
        #expect(try !isIn())
        try place.logIn()
        try restart(instance, hours + 60 + idle + 60)
        #expect(try !isIn())

        // A link by mail.
        now = hours + 120 + idle
        let link = try promises.number("Liens et codes", "minutes") * 60
        let sent = { try depositor.mails().count { $0.body.contains("/mot-de-passe/") } }
        let before = try sent()
        try instance.admin("user", "reset-password", depositor.email)
        try #require(try eventually { try sent() > before })
        let path = try #require(
            try depositor.mails().compactMap { $0.body.firstMatch(of: /\/mot-de-passe\/[\w-]+/)?.output }.last)
        try restart(instance, now + link - 300)
        #expect(try browser.get(String(path)).status == 200)
        try restart(instance, now + link + 60)
        #expect(try browser.get(String(path)).status == 404)

        // Files.
        let partial = try promises.number("Envois interrompus", "heures") * 3600
        try restart(instance, partial - 600)
        #expect(place.drafts.contains("oubliee.csv.tmp"))
        try restart(instance, partial + 600)
        #expect(!place.drafts.contains("oubliee.csv.tmp"))
        let reports = try promises.number("Rapports dans le répertoire SFTP", "jours")
        try restart(instance, (reports - 1) * Self.day)
        #expect(depositor.reports("txt").count == 1)
        try restart(instance, (reports + 1) * Self.day)
        #expect(depositor.reports("txt").isEmpty)
        let archive = try promises.number("Fichiers déposés", "jours")
        try restart(instance, (archive - 1) * Self.day)
        #expect(archived(place))
        let mails = try promises.number("Courriels envoyés", "jours")
        #expect(mails == archive)
        let old = try instance.json("mail", "list").contains { $0["deposit"] as? Int == 1 }
        try restart(instance, (archive + 2) * Self.day)
        #expect(!archived(place))
        #expect(try old && !instance.json("mail", "list").contains { $0["deposit"] as? Int == 1 })
    }
}

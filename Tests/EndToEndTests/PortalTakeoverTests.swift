import Foundation
import PortalHTML
import Testing

/// A portal process that somebody has taken over, with the session of one person who passed through it.
@Suite struct PortalTakeoverTests {
    @Test func `it reaches that person's establishment, and nothing else`() throws {
        let place = try PortalPlace()
        let (instance, victim) = (place.instance, place.browser)
        try place.logIn()
        let file = try instance.write(SampleList.good(50), to: "secret-liste.csv")
        try #require(victim.deposit(file).location == "/depots/1")
        _ = try place.depositor.treated()
        let form = try victim.deposit(instance.write(SampleList.good(30), to: "secret-moins.csv")).location
        let other = try Depositor(instance, siret: "73282932000074", email: "autre@yopmail.com", organisations: nil)
        let stranger = PortalBrowser(instance, at: victim.base)
        try other.choosePortalPassword(stranger)
        try #require(stranger.logIn(other.email).status == 303)
        // The real program is confined before it listens.
        let status = try String(contentsOfFile: "/proc/\(try #require(place.portal))/status", encoding: .utf8)
        #expect(status.contains("Seccomp:\t2") && status.contains("NoNewPrivs:\t1"), "\(status)")
        let token = try #require(stranger.token)
        instance.stop()

        let folder = instance.folder.appending(path: "hostile")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let program = folder.appending(path: "collecteur-portal")
        try FileManager.default.copyItem(at: Instance.programs.appending(path: "hostile-portal"), to: program)
        let known = """
            deposit 1
            key \(form.dropFirst("/deposer/".count))
            code \(place.depositor.code)
            nda \(SampleList.nda(3))
            email \(place.depositor.email)
            mark secret-
            mark \(place.depositor.code)
            mark \(SampleList.siren(3))
            mark \(place.depositor.email)
            file \(instance.state.path)/collecteur.sqlite
            file \(instance.state.path)/lock
            file \(instance.folder.path)/collecteur.yaml
            """
        /// What it says by the time it is ended for what it says in the end.
        func said(with token: String) throws -> [Substring] {
            try "token \(token)\n\(known)".write(
                to: folder.appending(path: "stolen"), atomically: true, encoding: .utf8)
            instance.environment["COLLECTEUR_PORTAL"] = program.path
            try instance.start()
            #expect(instance.logs("portal.failed") && instance.logs("portal.ended"), "\(instance.log)")
            let log = instance.finalLog
            instance.environment["COLLECTEUR_PORTAL"] = nil
            // It is started again, and has no session by then.
            return log.split(separator: "\n").prefix { !$0.contains("event=portal.ended") }.filter {
                $0.contains("event=portal.said")
            }
        }
        let reached = try said(with: token)
        #expect(reached.count == 1 && reached[0].contains("and is done"), "\(reached)")

        // Nothing of the other's has changed.
        try instance.start()
        #expect(try victim.get("/depots").body.contains("secret-liste.csv"))
        #expect(try place.depositor.deposits().count == 1)
        let confirmed = try victim.post(form, [("action", "confirmer")])
        #expect(confirmed.location == "/depots/2" || confirmed.location == form, "\(confirmed)")
        #expect(try place.depositor.curl(file, to: "par-sftp.csv").succeeded)
        victim.forget()
        try place.logIn()

        // It would have seen it: with the other's session it does.
        let own = try #require(victim.token)
        instance.stop()
        let seen = try said(with: own)
        for mark in ["secret-", "the session of \(place.depositor.email)"] {
            #expect(seen.contains { $0.contains("reached \(mark)") }, "\(mark) \(seen)")
        }
    }
}

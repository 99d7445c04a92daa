import Foundation
import Testing

/// « Mes Informations » against the real daemon and the real clients.
@Suite struct PortalInformationTests {
    private struct Place {
        let instance: Instance
        let depositor: Depositor
        let browser: PortalBrowser

        init(sftp: [String] = []) throws {
            let port = try Instance.freePort()
            let base = "http://127.0.0.1:\(port)"
            instance = try Instance(
                sftp: sftp, sections: "portal_url: \(base)\nportal:\n  listen: [\"127.0.0.1:\(port)\"]\n")
            try instance.start()
            depositor = try Depositor(instance, organisations: 50)
            browser = PortalBrowser(instance, at: base)
            try depositor.choosePortalPassword(browser)
            try #require(browser.logIn(depositor.email).status == 303)
        }

        func setPassword(_ password: String) throws {
            let set = try browser.post(
                "/informations/sftp", [("mot_de_passe", password), ("confirmation", password)])
            #expect(set.location == "/informations", "\(set)")
        }
    }

    @Test func `another SFTP password ends the live sessions, and the bans that the old one caused`() throws {
        let place = try Place(sftp: ["ban:", "  threshold: 3", "  ban_seconds: 3600"])
        let (instance, depositor) = (place.instance, place.depositor)
        let live = try BackgroundCommand(
            [
                Instance.python, "-c",
                """
                import time, paramiko
                transport = paramiko.Transport(('127.0.0.1', \(instance.port)))
                transport.connect(username='\(depositor.login)', password='\(Depositor.password)')
                open('\(instance.folder.path)/live', 'w').close()
                deadline = time.monotonic() + 60
                while transport.is_active() and time.monotonic() < deadline: time.sleep(0.05)
                assert not transport.is_active()
                """,
            ], folder: instance.folder)
        let marker = instance.folder.appending(path: "live").path
        try #require(eventually { FileManager.default.fileExists(atPath: marker) })
        for _ in 1...3 { #expect(try !depositor.paramiko("", password: "Faux-2026").succeeded) }
        try #require(try eventually { try instance.json("ban", "list").count == 1 })
        #expect(try !depositor.paramiko("").succeeded)

        try place.setPassword("Encore-2026")
        #expect(live.finish(within: 70).succeeded)
        #expect(instance.logs("session.ended", "login=\(depositor.login)"))
        #expect(instance.logs("ban.lifted", "count=1"))
        #expect(try instance.json("ban", "list").isEmpty)
        let again = try depositor.paramiko("", password: "Encore-2026")
        #expect(again.succeeded, "\(again)")
    }
}

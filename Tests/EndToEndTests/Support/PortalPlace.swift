import Foundation
import Testing

/// A portal with one depositor, whose person has chosen a password.
struct PortalPlace {
    let instance: Instance
    let depositor: Depositor
    let browser: PortalBrowser

    init(
        portal: [String] = [], deposits: [String] = ["settle_seconds: 0.1"], sections: String = "",
        organisations: Int? = 2_000
    ) throws {
        let (instance, base) = try Instance.withPortal(
            deposits: deposits, portal: portal, sections: sections)
        self.instance = instance
        try instance.start()
        depositor = try Depositor(instance, organisations: organisations)
        browser = PortalBrowser(instance, at: base)
        try depositor.choosePortalPassword(browser)
    }

    func logIn() throws {
        let login = try browser.logIn(depositor.email)
        try #require(login.status == 303, "\(login)\n\(instance.log)")
    }

    /// The portal's process, while there is one.
    var portal: Int32? {
        guard let daemon = instance.daemon?.process.processIdentifier else { return nil }
        let found = try? instance.run(["pgrep", "-P", "\(daemon)", "-f", "collecteur-portal"])
        return found.flatMap { Int32($0.output.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }

    /// What is being received, or waits for a word.
    var drafts: [String] {
        let folder = instance.state.appending(path: "staging/\(depositor.code)").path
        return (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    }
}

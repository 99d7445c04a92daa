/// What the manual's « [lien …] » stands for in the mails.
package struct MailLinks: Sendable {
    private let portalURL: String

    /// - Parameter portalURL: As in the settings: without a final `/`, empty without a portal.
    package init(portalURL: String) {
        self.portalURL = portalURL
    }

    /// Of a deposit's report (4.3.1 to 4.3.3): its page, or its path on the SFTP server, or the folder's where there is no report.
    ///
    /// - Parameters:
    ///   - deposit: The deposit's identifier.
    ///   - depositor: The depositor's code.
    ///   - report: The report's file name, ready for display; nil if none was written.
    /// - Returns: A URL or a path.
    package func report(deposit: Int64, depositor: String, report: String?) -> String {
        if let page = page(ofDeposit: deposit) { return page }
        let folder = MailLinks.folder(depositor)
        return report.map { "\(folder)/\($0)" } ?? folder
    }

    /// Of a deposit's page; nil without a portal.
    package func page(ofDeposit deposit: Int64) -> String? {
        portalURL.isEmpty ? nil : "\(portalURL)/depots/\(deposit)"
    }

    /// Of the depositor's page (4.3.4), or the folder's path.
    package func portal(depositor: String) -> String {
        portalURL.isEmpty ? MailLinks.folder(depositor) : "\(portalURL)/"
    }

    /// Where there is no deposit: the depositor's page, or the folder's path.
    package func folder(of depositor: String) -> String { portal(depositor: depositor) }

    /// As SFTP clients see it.
    private static func folder(_ depositor: String) -> String { "/\(depositor)/QUALIOPI/FICHIER_QUALIOPI" }
}

import PortalHTML
import PortalPages
import PortalProtocol
import Testing

/// What the pages say to an establishment in Test mode, whose list no file changes.
struct TestModeTests {
    private let layout = Layout(settings: SiteSettings(PortalWelcome()), frame: nil, current: nil)

    private func page(_ id: UInt64) -> ReportPage {
        var page = ReportPage()
        page.heading.row.id = id
        page.heading.row.state = .success
        page.heading.row.isTest = true
        var movements = ShownMovements()
        movements.added = 1
        var row = MovementRow()
        row.nda = "11755161475"
        movements.rows = [row]
        page.movements = movements
        return page
    }

    private func text(_ html: HTML) -> String {
        String(decoding: html.bytes, as: UTF8.self).replacing("\u{A0}", with: " ").replacing("&#39;", with: "'")
    }

    @Test func `a file that was controlled is told that nothing would change, and not that nothing has`() {
        var outcome = FormOutcome()
        outcome.state = .controlled
        outcome.report = page(0)
        let text = text(UploadPages.outcome(layout, Frame(), key: [UInt8](repeating: 1, count: 16), outcome))
        #expect(text.contains("Mode Test : déposé, le fichier ne serait pas intégré, et la liste ne changerait pas."))
        #expect(text.contains("<p>Mode Test : la liste ne changerait pas.</p>"))
        #expect(!text.contains("n'a pas changé") && !text.contains("ajout") && !text.contains("11755161475"), "\(text)")
    }

    @Test func `a deposit is told that nothing has changed`() {
        let text = text(ReportPages.summary(layout, Frame(), .deposit(7), page(7)))
        #expect(text.contains("Mode Test : le fichier n'a pas été intégré, la liste n'a pas changé."))
        #expect(text.contains("<p>Mode Test : la liste n'a pas changé.</p>"))
        #expect(!text.contains("changerait") && !text.contains("11755161475"), "\(text)")
    }
}

import PortalHTML
import PortalPages
import PortalProtocol
import Testing

/// What the page says of a deposit that isn't treated yet.
struct WaitingDepositTests {
    private func page(_ change: (inout ReportHeading) -> Void) -> String {
        var page = ReportPage()
        page.heading.row.id = 7
        page.heading.row.state = .running
        change(&page.heading)
        let layout = Layout(settings: SiteSettings(PortalWelcome()), frame: nil, current: nil)
        let bytes = ReportPages.summary(layout, Frame(), .deposit(7), page).bytes
        return String(decoding: bytes, as: UTF8.self).replacing("\u{A0}", with: " ").replacing("\u{202F}", with: " ")
    }

    @Test func `one that is put off is said to wait, for what and until when`() {
        let text = page {
            $0.reason = "la limite quotidienne de modifications est atteinte : le dépôt sera traité demain"
            $0.waits = ShownMoment(day: ShownDay(year: 2026, month: 11, day: 30), hour: 0, minute: 0)
        }
        #expect(
            text.contains(
                "la limite quotidienne de modifications est atteinte : le dépôt sera traité demain. Prochain essai : le 30/11/2026 00:00."
            ), "\(text)")
        #expect(!text.contains("transitoire") && !text.contains("<progress"))
        // It is shown all the same once it is treated.
        #expect(text.contains("data-etat=\"/depots/7/etat\""))
    }

    @Test func `one that is being treated is in the manual's transient state`() {
        let text = page { _ in }
        #expect(text.contains("(Cet état est transitoire)") && text.contains("<progress"))
        #expect(!text.contains("Prochain essai"))
    }
}

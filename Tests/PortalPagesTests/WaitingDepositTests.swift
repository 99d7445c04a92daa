import PortalHTML
import PortalPages
import PortalProtocol
import Testing

/// What the page says of a deposit that isn't treated yet.
struct WaitingDepositTests {
    private let layout = Layout(settings: SiteSettings(PortalWelcome()), frame: nil, current: nil)
    private let midnight = ShownMoment(day: ShownDay(year: 2026, month: 11, day: 30), hour: 0, minute: 0)

    private func text(_ page: HTML) -> String {
        String(decoding: page.bytes, as: UTF8.self).replacing("\u{A0}", with: " ").replacing("\u{202F}", with: " ")
    }

    private func page(_ change: (inout ReportHeading) -> Void) -> String {
        var page = ReportPage()
        page.heading.row.id = 7
        page.heading.row.state = .running
        change(&page.heading)
        return text(ReportPages.summary(layout, Frame(), .deposit(7), page))
    }

    @Test func `one that is put off is said to wait, for what and until when`() {
        let text = page {
            $0.reason = "la limite quotidienne de modifications est atteinte : le dépôt sera traité demain"
            $0.row.waits = midnight
        }
        #expect(
            text.contains(
                "la limite quotidienne de modifications est atteinte : le dépôt sera traité demain. Prochain essai : le 30/11/2026 00:00."
            ), "\(text)")
        #expect(!text.contains("transitoire") && !text.contains("<progress"))
        // It is shown all the same once it is treated.
        #expect(text.contains("data-etat=\"/depots/7/etat\""))
    }

    @Test func `the home page and the table of deposits say so too`() {
        var page = HomePage()
        var day = DayState()
        (day.depositor, day.state, day.deposit) = ("E34350633300032", .running, 7)
        page.states = [day]
        page.deposits = [DepositRow()]
        let busy = text(HomePages.home(layout, Frame(), page))
        #expect(busy.contains("(Cet état est transitoire)") && !busy.contains("essai"))
        page.states[0].waits = midnight
        page.states[0].reason = "un répertoire du serveur est inaccessible"
        page.deposits[0].waits = midnight
        let waiting = text(HomePages.home(layout, Frame(), page))
        #expect(!waiting.contains("transitoire"))
        #expect(
            waiting.contains(
                "n'est pas encore traité : un répertoire du serveur est inaccessible. Prochain essai : le 30/11/2026 00:00."
            ), "\(waiting)")
        #expect(waiting.contains("prochain essai : 30-11-2026 00:00"))
        var list = DepositsPage()
        list.deposits = page.deposits
        let all = text(HomePages.deposits(layout, Frame(), DepositsQuery(), list))
        #expect(all.contains("prochain essai : 30-11-2026 00:00"))
    }

    @Test func `establishments that a page has no room for are counted`() {
        var frame = Frame()
        frame.establishments = [Establishment()]
        #expect(!text(HomePages.home(layout, frame, HomePage())).contains("Le site montre"))
        frame.moreEstablishments = 12
        let pages = [
            HomePages.home(layout, frame, HomePage()), UploadPages.form(layout, frame, DepositForm()),
            InformationPages.information(layout, frame, InformationPage()),
            RegistryPages.periods(layout, frame, PeriodsQuery(), PeriodsPage()),
        ]
        for page in pages { #expect(text(page).contains("Le site montre 1 de vos 13 établissements.")) }
    }

    @Test func `one that is being treated is in the manual's transient state`() {
        let text = page { _ in }
        #expect(text.contains("(Cet état est transitoire)") && text.contains("<progress"))
        #expect(!text.contains("Prochain essai"))
    }
}

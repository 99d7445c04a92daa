internal import DropFolders
import PublicationStore
internal import ServiceConfiguration
internal import Qualiopi
internal import Store

/// How many deposits, and of how many bytes, a depositor may make on one civil day: its archive and its history stay for
/// years.
struct DayLimit {
    let box: DropBox

    /// - Throws: ``Refusal``, once the day's deposits have reached one of the limits. What can't be looked up refuses
    /// nothing.
    func check(_ code: String) throws(Refusal) {
        let settings = box.settings.read { $0.deposits }
        let start = box.clock.start(of: box.clock.today())
        guard let made = try? box.publications.deposited(by: code, since: start) else { return }
        if made.count >= settings.maxPerDay {
            throw Refusal.full(RefusalTexts.dayFull(deposits: settings.maxPerDay))
        }
        if made.bytes >= Int64(clamping: settings.maxBytesPerDay) {
            throw Refusal.full(RefusalTexts.dayFull(bytes: Int64(clamping: settings.maxBytesPerDay)))
        }
    }
}

import DepositStore
import DepositorStore
internal import DropFolders
internal import LinuxSystem
import PublicationStore
internal import Qualiopi
internal import ServiceConfiguration
internal import Store

/// Who has reached a limit, or is about to.
struct LimitConcerns {
    let store: Store
    let state: StateDirectory
    let clock: CivilClock

    /// - Throws: ``StoreError``.
    func all(_ settings: Settings) throws(StoreError) -> [Concern] {
        try today(settings.deposits) + postponed() + folders(settings)
    }

    private func today(_ limits: Settings.Deposits) throws(StoreError) -> [Concern] {
        let start = clock.start(of: clock.today())
        return try store.deposits.made(since: start).compactMap { made in
            if made.count >= limits.maxPerDay {
                return Concern(
                    "\(made.depositor) has made its \(limits.maxPerDay) deposits of the day: more are refused",
                    since: start, remedy: "raise deposits.max_per_day, or ask what its robot does")
            }
            if made.bytes >= Int64(clamping: limits.maxBytesPerDay) {
                return Concern(
                    "\(made.depositor) has deposited its bytes of the day: more are refused", since: start,
                    remedy: "raise deposits.max_bytes_per_day, or ask what its robot does")
            }
            return nil
        }
    }

    private func postponed() throws(StoreError) -> [Concern] {
        try store.deposits.unfinishedDeposits().filter { $0.obstacle == .tooManyChanges }.map {
            Concern(
                "the deposit \($0.id) of \($0.depositor) waits for tomorrow: the day's changes are used up",
                since: $0.receivedAt, remedy: "wait, or raise deposits.max_changes_per_day and start the daemon again")
        }
    }

    private func folders(_ settings: Settings) throws(StoreError) -> [Concern] {
        try store.depositors.all().flatMap { depositor -> [Concern] in
            let usages = (try? FolderUsage.of(depositor.code, in: state, settings: settings)) ?? []
            return usages.filter(\.isHigh).map { usage in
                switch usage.kind {
                case .uploads:
                    Concern(
                        "the folder of \(depositor.code) is \(usage.percent) % full: at 100 % uploads are refused",
                        remedy: "tell the depositor, or raise sftp.max_folder_files and max_folder_bytes")
                case .reports:
                    Concern(
                        "the reports of \(depositor.code) take \(usage.percent) % of their allowance: the oldest go at 100 %",
                        remedy: "lower deposits.report_retention_days, or raise sftp.max_folder_files")
                }
            }
        }
    }
}

internal import LinuxSystem
internal import Logging
internal import Store
internal import SystemPackage

/// Puts the state right at start, before anything is claimed or treated.
///
/// A deposit whose row was committed and whose file had not moved yet is moved now, or its claim is taken back if the file is gone. A file in
/// `processing/` that no row knows is left there and said: nobody but an operator can tell what it is.
struct Recovery {
    let dropBox: DropBox
    let store: Store
    let files: DepositFiles
    let state: StateDirectory
    let logger: Logger

    /// - Throws: ``StoreError``: without the database nothing can start. Anything about single files is logged instead.
    func run() throws {
        let unfinished = try store.unfinishedDeposits()
        for deposit in unfinished where deposit.step == .claimed && deposit.inode != nil {
            if files.isPresent(deposit) { continue }
            do {
                if try dropBox.resumeClaim(deposit) { continue }
                try store.abandonClaim(id: deposit.id)
                log("claim taken back: the file is gone", "deposit.abandoned", deposit)
            } catch let error as StoreError {
                throw error
            } catch {
                logger.error(
                    "claim can't be resumed",
                    metadata: [
                        "event": "recovery.failed", "deposit": "\(deposit.id)", "reason": "\(error)",
                    ])
            }
        }
        reportStrangers(known: Set(unfinished.map { String($0.id) }))
    }

    private func log(_ message: Logger.Message, _ event: String, _ deposit: Deposit) {
        logger.warning(
            message,
            metadata: [
                "event": "\(event)", "deposit": "\(deposit.id)", "depositor": "\(deposit.depositor)",
                "file": "\(deposit.fileText)",
            ])
    }

    private func reportStrangers(known: Set<String>) {
        let names = (try? Folder(path: state.processing).list()) ?? []
        for name in names where !known.contains(String(decoding: name, as: UTF8.self)) {
            logger.warning(
                "unknown file in processing/",
                metadata: ["event": "recovery.stranger", "file": "\(String(decoding: name, as: UTF8.self))"])
        }
    }
}

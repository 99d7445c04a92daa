package import DepositStore
package import OutboxStore
import PublicationStore
package import ServiceConfiguration
package import DropBox
package import LinuxSystem
package import Logging
internal import Qualiopi
package import Store
internal import SystemPackage

/// Puts the state right at start, before anything is claimed or treated.
///
/// A deposit whose row was committed and whose file had not moved yet is moved now. One whose file is nowhere keeps its
/// row: somebody was told that it is here, and learns by « Dépôt impossible » that it is lost. Something in
/// `processing/` that neither a deposit nor a publication knows is left there and said: nobody but an operator can tell what it is.
///
/// A deposit that was in hand when the daemon died may be what it died of. The third time it steps aside, so that a file
/// on which the program stumbles keeps no other from being treated; in the end it is impossible.
package struct Recovery {
    /// How often a deposit may be in hand when the daemon dies before it is suspected.
    static let innocentInterruptions = 2

    private let dropBox: DropBox
    private let deposits: Store.Deposits
    private let files: DepositFiles
    private let state: StateDirectory
    private let outbox: Store.Outbox
    private let clock: CivilClock
    private let logger: Logger
    var delays = DoublingDelay.ofDeposits

    package init(
        dropBox: DropBox, deposits: Store.Deposits, outbox: Store.Outbox, files: DepositFiles, state: StateDirectory,
        clock: CivilClock, logger: Logger
    ) {
        self.dropBox = dropBox
        self.deposits = deposits
        self.outbox = outbox
        self.files = files
        self.state = state
        self.clock = clock
        self.logger = logger
    }

    /// - Throws: ``StoreError``: without the database nothing can start. Anything about single files is logged instead.
    package func run() throws {
        // First: what follows looks into them.
        try dropBox.removeLeftFolders()
        try dropBox.prepareFolders()
        let unfinished = try deposits.unfinishedDeposits()
        // Before anything new is claimed, or a file that has a row could get another.
        var suspects = 0
        for deposit in unfinished where deposit.step == .claimed && deposit.inode != nil {
            if files.isInHand(deposit) {
                try noteInterruption(of: deposit, &suspects)
            } else if !files.isPresent(deposit) {
                resumeClaim(of: deposit)
            }
        }
        // Once the claims are where they belong, what is left in `processing/` is nobody's.
        let unarchived = try deposits.depositsWithOmissions().filter { $0.omitted.contains(.archive) }
        let known = Set((unfinished + unarchived).map { String($0.id) })
        do {
            try dropBox.claims.putBack(known: known)
        } catch let error as Errno {
            logger.error("recovery.failed", metadata: ["reason": "\(error)"])
        }
        reportStrangers(known: known)
        // Before the first claim and the first mail, which get the next numbers.
        try skipUsedIDs()
        try skipUsedMailIDs()
        emptySpoolOfTornMails()
        // After the claims: a file that has moved now needs no publication any more. Before the first session, which
        // must find partials cut and taken files shown.
        try dropBox.startRepairs.run()
    }

    private func noteInterruption(of deposit: Deposit, _ suspects: inout Int) throws(StoreError) {
        let attempts = deposit.attempts + 1
        var delay = 0.0
        if attempts > Self.innocentInterruptions {
            // One after the other: only one of those that were in hand together is to blame.
            delay = delays.seconds(afterFailures: attempts) + 2 * Double(suspects)
            suspects += 1
        }
        let now = clock.now()
        try deposits.deferDeposit(
            id: deposit.id, attempts: attempts, nextAttemptAt: now.adding(seconds: delay),
            obstacle: .interrupted, error: Obstacle.interrupted.description, now: now, event: "interrupted")
        files.setInHand(deposit, false)
        logger.warning(
            "deposit.interrupted",
            metadata: [
                "deposit": "\(deposit.id)", "depositor": "\(deposit.depositor)", "attempt": "\(attempts)",
                "retry_seconds": "\(delay)",
            ])
    }

    private func resumeClaim(of deposit: Deposit) {
        do {
            if let name = try files.processing.clearWay(for: deposit) { reportStranger(Array(name.utf8)) }
            let isHere = try dropBox.claims.resume(deposit)
            logger.log(
                level: isHere ? .notice : .error, isHere ? "deposit.resumed" : "deposit.missing",
                metadata: [
                    "deposit": "\(deposit.id)", "depositor": "\(deposit.depositor)", "file": "\(deposit.fileText)",
                ])
        } catch {
            logger.error(
                "recovery.failed",
                metadata: ["deposit": "\(deposit.id)", "reason": "\(error)"])
        }
    }

    private func reportStrangers(known: Set<String>) {
        do throws(Errno) {
            for name in try files.processing.names()
            where !known.contains(String(decoding: name, as: UTF8.self)) { reportStranger(name) }
        } catch {
            logger.error("recovery.failed", metadata: ["reason": "\(error)"])
        }
    }

    private func reportStranger(_ name: [UInt8]) {
        logger.warning(
            "recovery.stranger",
            metadata: ["file": "\(DisplayText.escape(name))"])
    }

    /// A mail that was being written is written again under another name.
    private func emptySpoolOfTornMails() {
        guard let spool = try? Folder(path: state.mailSpool), let names = try? spool.list() else { return }
        for name in names where name.starts(with: FileIO.temporaryPrefix.utf8) { try? spool.remove(name) }
    }

    /// After an older database was restored, the mails that it doesn't know have left files in the spool, which a new mail
    /// of that number would replace.
    private func skipUsedMailIDs() throws(StoreError) {
        guard let names = try? Folder(path: state.mailSpool).list() else { return }
        let used = names.compactMap { name -> Int64? in
            let text = String(decoding: name, as: UTF8.self)
            return text.hasSuffix(".eml") ? DepositIdentifier.read(Array(text.dropLast(4).utf8)) : nil
        }
        if let highest = used.max() { try outbox.skipMailIDs(through: highest) }
    }

    /// After an older database was restored, the deposits that it doesn't know have left files named by identifiers that
    /// it would give again.
    private func skipUsedIDs() throws(StoreError) {
        let last = try deposits.deposits(DepositFilter(limit: 1)).first
        let highest: Int64?
        do throws(Errno) {
            highest = try files.highestID(since: last?.civilDate)
        } catch {
            return logger.error("recovery.failed", metadata: ["reason": "\(error)"])
        }
        if let highest { try deposits.skipDepositIDs(through: highest) }
    }
}

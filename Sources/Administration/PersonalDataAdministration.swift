package import AccountStore
import DepositStore
internal import Foundation
internal import Ingestion
internal import LinuxSystem
import PublicationStore
package import Qualiopi
internal import ServiceConfiguration
package import Store
internal import SystemPackage

/// What the law lets a person ask for: a copy of what is kept, and to be erased.
package struct PersonalDataAdministration: Sendable {
    let store: Store
    let state: StateDirectory
    let clock: CivilClock
    let signal: ChangeSignal

    /// All that is kept on a person, but for hashes.
    ///
    /// - Throws: ``StoreError``; `notFound` if nothing is.
    package func export(email: String) throws(StoreError) -> PersonRecord {
        let record = try store.personalData.record(email: email)
        guard !record.isEmpty else { throw StoreError.notFound("anything about \(email)") }
        return record
    }

    package struct Erased: Sendable {
        /// Deposits that stay without their author; nil where the database kept nothing of the person any more.
        package var deposits: Int?
        /// Report files that were written anew or, where they can't be, removed.
        package var reports: Int
        /// Whether anything at all was left of the person.
        package var hasFound: Bool
        /// Sessions that ended; nil where no daemon could be told.
        package var ended: Int?
    }

    /// Erases a person from the database, from the reports that lie in the folders, and from the spool; live sessions end. The history of
    /// the deposits stays.
    ///
    /// The database comes first, in one transaction, since reports are made from it. Whatever interrupts the rest, another call with the same
    /// address makes up for it.
    /// - Throws: ``StoreError``, `conflict` while a deposit of the person's is treated; what the disk said.
    package func erase(email: String, unit: PeriodUnit, by author: AuditAuthor) throws -> Erased {
        let isKept = try !store.personalData.record(email: email).isEmpty
        let erasure =
            try isKept
            ? store.personalData.erase(email: email, by: author, at: clock.now())
            : store.personalData.interrupted(email: email)
        let ended = isKept ? signal.send(.account(erasure.login)) : nil
        // A daemon that could not be told looks by itself within a second.
        if ended == nil { Thread.sleep(forTimeInterval: 2) }
        var hasFound = try store.personalData.forgetChanges(login: erasure.login)
        var reports = 0
        for id in erasure.deposits { reports += try rewriteReports(of: store.deposits.deposit(id: id), unit) }
        if try emptySpool(of: email) { hasFound = true }
        return Erased(
            deposits: isKept ? erasure.deposits.count : nil, reports: reports,
            hasFound: hasFound || isKept || reports > 0, ended: ended)
    }

    /// Makes sure that nothing that was erased lies on in the database's file.
    ///
    /// - Throws: ``StoreError``.
    package func rewriteDatabase() throws(StoreError) { try store.personalData.rewrite() }

    private func rewriteReports(of deposit: Deposit, _ unit: PeriodUnit) throws -> Int {
        guard let stem = deposit.reportName, let drop = try? Folder(path: state.dropFolder(of: deposit.depositor))
        else {
            return 0
        }
        var count = 0
        for format in Settings.ReportFormat.allCases {
            let name = Array("\(stem).rapport.\(format == .text ? "txt" : "json")".utf8)
            guard let status = try? drop.status(name), status.isRegular else { continue }
            do {
                let bytes = try StoredReport.bytes(of: deposit, format: format, store: store, unit: unit, clock: clock)
                // An erasure before this one, or another person's, has written it.
                if isSame(drop, name, bytes) { continue }
                count += 1
                // Where the daemon makes them too: no client sees it half written.
                let scratch = try Folder(path: state.staging).subfolder(".new", create: true)
                try FileIO.writeAtomically(drop, name, bytes, by: scratch)
            } catch {
                count += 1
                try drop.remove(name)
            }
        }
        return count
    }

    private func isSame(_ folder: Folder, _ name: [UInt8], _ bytes: [UInt8]) -> Bool {
        guard let file = try? folder.open(name, O_RDONLY) else { return false }
        return (try? FileIO.readAll(file.raw, limit: bytes.count)) == bytes
    }

    /// Removes the spooled mails to a person; true if there were any.
    private func emptySpool(of email: String) throws(Errno) -> Bool {
        guard let spool = try? Folder(path: state.mailSpool) else { return false }
        var hasFound = false
        for name in try spool.list() where String(decoding: name, as: UTF8.self).hasSuffix(".eml") {
            guard let file = try? spool.open(name, O_RDONLY),
                let bytes = try? FileIO.readAll(file.raw, limit: 1 << 20)
            else { continue }
            if Self.isAddressed(String(decoding: bytes, as: UTF8.self), to: email) {
                try spool.remove(name)
                hasFound = true
            }
        }
        return hasFound
    }

    private static func isAddressed(_ message: String, to email: String) -> Bool {
        let head = message.components(separatedBy: "\r\n\r\n")[0].replacing("\r\n ", with: " ")
        return head.components(separatedBy: "\r\n").contains {
            $0.lowercased().hasPrefix("to:")
                && $0.dropFirst(3).trimmingCharacters(in: .whitespaces).lowercased() == email.lowercased()
        }
    }
}

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

    /// Erases a person from the database, from the reports that lie in the folders, and from the spool; live sessions end. The history of
    /// the deposits stays.
    ///
    /// - Returns: How many deposits stay without their author, and how many report files were written anew or, where they can't be,
    ///   removed.
    /// - Throws: ``StoreError``; `notFound` if nothing is kept, `conflict` while a deposit of the person's is treated.
    package func erase(
        email: String, unit: PeriodUnit, by author: AuditAuthor
    ) throws -> (deposits: Int, reports: Int, ended: Int?) {
        let erasure = try store.personalData.erase(email: email, by: author, at: clock.now())
        let ended = signal.send(.account(erasure.login))
        // A daemon that could not be told looks by itself within a second.
        if ended == nil { Thread.sleep(forTimeInterval: 2) }
        try store.personalData.forgetChanges(login: erasure.login)
        var reports = 0
        for id in erasure.deposits { reports += try rewriteReports(of: store.deposits.deposit(id: id), unit) }
        try emptySpool(of: email)
        return (erasure.deposits.count, reports, ended)
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
            count += 1
            do {
                let bytes = try StoredReport.bytes(of: deposit, format: format, store: store, unit: unit, clock: clock)
                // Where the daemon makes them too: no client sees it half written.
                let scratch = try Folder(path: state.staging).subfolder(".new", create: true)
                try FileIO.writeAtomically(drop, name, bytes, by: scratch)
            } catch {
                try drop.remove(name)
            }
        }
        return count
    }

    /// Removes the spooled mails to a person.
    private func emptySpool(of email: String) throws(Errno) {
        guard let spool = try? Folder(path: state.mailSpool) else { return }
        for name in try spool.list() where String(decoding: name, as: UTF8.self).hasSuffix(".eml") {
            guard let file = try? spool.open(name, O_RDONLY),
                let bytes = try? FileIO.readAll(file.raw, limit: 1 << 20)
            else { continue }
            if Self.isAddressed(String(decoding: bytes, as: UTF8.self), to: email) { try spool.remove(name) }
        }
    }

    private static func isAddressed(_ message: String, to email: String) -> Bool {
        let head = message.components(separatedBy: "\r\n\r\n")[0].replacing("\r\n ", with: " ")
        return head.components(separatedBy: "\r\n").contains {
            $0.lowercased().hasPrefix("to:")
                && $0.dropFirst(3).trimmingCharacters(in: .whitespaces).lowercased() == email.lowercased()
        }
    }
}

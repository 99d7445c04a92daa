import DepositorStore
internal import Foundation
internal import GRDB
package import OutboxStore
package import PublicationStore
package import Qualiopi
import RegistryStore
package import Store

/// How a deposit ended, ready to be committed.
package struct Conclusion: Sendable {
    package enum Result: Sendable {
        case validated(Verdict)
        /// A technical failure for good: a French sentence for who deposited, and the error itself for the timeline.
        case failed(String, error: String? = nil)
    }

    package var deposit: Int64
    /// The name that was judged.
    package var file: [UInt8]
    package var result: Result
    /// What was read: bytes and the hash in hexadecimal; nil if nothing could be.
    package var content: (size: Int64, sha256: String)?
    package var referenceVersion: String?
    /// The identifier of the OF list that the controls used.
    package var referenceList: Int64?
    package var at: Timestamp
    /// The report files' name before `.rapport`, as it is if nothing else has it: `<file name>.<yyyy-MM-dd'T'HHmmss>`.
    package var reportStem: String

    package init(
        deposit: Int64, file: [UInt8], result: Result, content: (size: Int64, sha256: String)?,
        referenceVersion: String?,
        referenceList: Int64? = nil, at: Timestamp, reportStem: String
    ) {
        self.deposit = deposit
        self.file = file
        self.result = result
        self.content = content
        self.referenceVersion = referenceVersion
        self.referenceList = referenceList
        self.at = at
        self.reportStem = reportStem
    }
}

extension Store.Deposits {
    /// Why an older deposit does not replace a newer list.
    package static let superseded = TechnicalFailure.superseded

    /// Commits how a deposit ended: its result, findings, the depositor's list with its history, the report's name and
    /// the mails, all at once for whoever reads. A large change of the list is staged before (``ListReplacement``).
    ///
    /// Idempotent: a deposit that is concluded already is returned as it is, and nothing is queued again. One that its client has
    /// renamed since it was judged is returned as it is too, still claimed: it is to be judged anew. An accepted
    /// deposit whose depositor has a later-received list in force ends in `echec`, `technique`, ``superseded``. Only
    /// the deposits of a depositor in mode `reel` touch the list.
    ///
    /// `isTaken` says whether a report's name is in use in the drop folder; `mails` composes the mails, given the
    /// deposit as it will be and whom to tell. Both are called within the transaction: they must be short and leave the
    /// store alone. `staged` is called after each piece of a change that is staged, before any of it is in force.
    /// - Throws: ``StoreError``; `notFound` if there is no such deposit. Nothing has changed then.
    package func conclude(
        _ conclusion: Conclusion, isTaken: (String) -> Bool = { _ in false }, staged: () -> Void = {},
        mails: (Deposit, _ recipients: [String]) -> [NewMail]
    ) throws(StoreError) -> Deposit {
        try StoreError.translating(at: store.pool.path) {
            // What takes time is done before the transaction, which keeps every other writer waiting.
            let ending = try Ending(conclusion)
            guard case .validated(let verdict) = conclusion.result,
                let owner = try store.pool.read({ try Store.Deposits.listOwner($0, conclusion, verdict) })
            else { return try store.pool.write { try ending.commit($0, nil, isTaken, mails) } }
            return try withoutActuallyEscaping(staged) { staged in
                let replacement = ListReplacement(
                    pool: store.pool, owner: owner, next: verdict.acceptedByNDA, rejected: verdict.rejected,
                    staged: staged)
                return try replacement.run { try ending.commit($0, $1, isTaken, mails) }
            }
        }
    }

    /// Whose list a verdict replaces; nil if none.
    private static func listOwner(_ db: Database, _ conclusion: Conclusion, _ verdict: Verdict) throws -> Int64? {
        let deposit = try Deposit.row(db, conclusion.deposit)
        guard deposit.step == .claimed, verdict.outcome != .echec, deposit.mode == .reel,
            try !isSuperseded(db, deposit, now: conclusion.at)
        else { return nil }
        return try Store.Depositors.requireDepositorID(db, code: deposit.depositor)
    }

    /// A conclusion with its long values as they are stored.
    private struct Ending {
        let conclusion: Conclusion
        /// Nil where there is none; the same for the synthesis.
        var findings: Data?
        var synthesis: Data?

        init(_ conclusion: Conclusion) throws {
            self.conclusion = conclusion
            guard case .validated(let verdict) = conclusion.result else { return }
            if !verdict.findings.isEmpty { findings = try JSONEncoder().encode(verdict.findings) }
            if !verdict.synthesis.isEmpty { synthesis = try JSONEncoder().encode(verdict.synthesis) }
        }

        /// The transaction. `edition` is what the depositor's list becomes if the deposit is integrated.
        func commit(
            _ db: Database, _ edition: ListReplacement.Edition?, _ isTaken: (String) -> Bool,
            _ mails: (Deposit, [String]) -> [NewMail]
        ) throws -> Deposit {
            var deposit = try Deposit.row(db, conclusion.deposit)
            guard deposit.step == .claimed, deposit.file == conclusion.file else { return deposit }
            let owner = try Store.Depositors.requireDepositorID(db, code: deposit.depositor)

            deposit.processedAt = conclusion.at
            deposit.referenceVersion = conclusion.referenceVersion
            deposit.referenceList = conclusion.referenceList
            deposit.lastError = nil
            deposit.obstacle = nil
            deposit.nextAttemptAt = nil
            if let content = conclusion.content {
                deposit.size = content.size
                deposit.sha256 = content.sha256
            }
            deposit.movements = nil
            var thrown: String?
            switch conclusion.result {
            case .failed(let reason, let error):
                deposit.fail(reason)
                thrown = error
            case .validated(let verdict):
                deposit.state = DepositState(verdict.outcome)
                deposit.cause = verdict.outcome == .echec ? .controle : nil
                deposit.lines = verdict.lines
                deposit.anomalies = verdict.anomalies
                deposit.movements = Movements()
                if verdict.outcome == .echec || deposit.mode == .test {
                    deposit.lines?.integrees = 0
                } else if try Store.Deposits.isSuperseded(db, deposit, now: conclusion.at) {
                    deposit.fail(Store.Deposits.superseded)
                    deposit.lines?.integrees = 0
                } else {
                    // It was put back in line since its list was compared: its next attempt will do that.
                    guard let edition else { throw StoreError.busy }
                    deposit.movements = Movements(edition.changes)
                    try edition.putInForce(db, deposit: deposit.id, at: conclusion.at)
                    try Store.Registry.setListOrder(db, owner, received: deposit.receivedAt, deposit: deposit.id)
                }
            }
            // One that was requeued keeps its report's name: what it failed with is written over.
            if deposit.reportName == nil {
                deposit.reportName = try Store.Deposits.freeReportName(db, owner, conclusion.reportStem, isTaken)
            }
            deposit.step = .integrated
            try Store.Deposits.save(db, deposit, self)
            try Deposit.note(
                db, deposit.id, conclusion.at, "concluded",
                [deposit.state.rawValue, thrown ?? deposit.lastError].compactMap(\.self).joined(separator: ": "))
            try Store.Outbox.queue(db, mails(deposit, try Store.Depositors.recipients(db, owner)), at: conclusion.at)
            return deposit
        }
    }

    /// Whether a later-received deposit of the same depositor has its list in force.
    static func isSuperseded(_ db: Database, _ deposit: Deposit, now: Timestamp) throws -> Bool {
        guard
            let row = try Row.fetchOne(
                db.cachedStatement(sql: "SELECT list_received_at, list_deposit FROM depositors WHERE code = ?"),
                arguments: [deposit.depositor]),
            let received: Int64 = row["list_received_at"], let id: Int64 = row["list_deposit"]
        else { return false }
        // A reception yet to come was dated by a clock that has been set back since: then the order of claims counts.
        if received > now.milliseconds { return id > deposit.id }
        return (received, id) > (deposit.receivedAt.milliseconds, deposit.id)
    }

    private static func freeReportName(
        _ db: Database, _ owner: Int64, _ stem: String, _ isTaken: (String) -> Bool
    ) throws -> String {
        let sql = "SELECT 1 FROM deposits WHERE depositor = ? AND report_name = ? LIMIT 1"
        var name = stem
        var suffix = 2
        while try Int.fetchOne(db.cachedStatement(sql: sql), arguments: [owner, name]) != nil || isTaken(name) {
            name = "\(stem)-\(suffix)"
            suffix += 1
        }
        return name
    }

    private static func save(_ db: Database, _ deposit: Deposit, _ ending: Ending) throws {
        try db.execute(
            cached: """
                UPDATE deposits SET size = ?, sha256 = ?, state = ?, cause = ?, processed_at = ?, step = ?, last_error = ?,
                report_name = ?, lines = ?, anomalies = ?, movements = ?, reference_version = ?, reference_list = ?,
                next_attempt_at = NULL, obstacle = NULL
                WHERE id = ?
                """,
            arguments: [
                deposit.size, deposit.sha256, deposit.state.rawValue, deposit.cause?.rawValue,
                deposit.processedAt?.milliseconds, deposit.step.rawValue, deposit.lastError, deposit.reportName,
                deposit.lines?.stored, deposit.anomalies?.stored, deposit.movements?.stored, deposit.referenceVersion,
                deposit.referenceList, deposit.id,
            ])
        for table in ["findings", "syntheses"] {
            try db.execute(cached: "DELETE FROM \(table) WHERE deposit = ?", arguments: [deposit.id])
        }
        if let findings = ending.findings {
            try db.execute(
                cached: "INSERT INTO findings (deposit, details) VALUES (?, ?)", arguments: [deposit.id, findings])
        }
        if let rules = ending.synthesis {
            try db.execute(
                cached: "INSERT INTO syntheses (deposit, rules) VALUES (?, ?)", arguments: [deposit.id, rules])
        }
    }
}

extension Deposit {
    fileprivate mutating func fail(_ reason: String) {
        state = .echec
        cause = .technique
        lastError = reason
    }
}

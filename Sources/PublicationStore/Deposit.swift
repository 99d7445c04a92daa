package import DepositorStore
package import GRDB
package import Qualiopi
import Store

/// Where a deposit stands: being treated, or the manual's state after it (4.1.1).
package enum DepositState: String, Sendable, CaseIterable {
    case enCours
    case succes
    case succesAvecAlertes
    case succesPartiel
    case succesPartielAvecAlertes
    case echec

    package init(_ outcome: Outcome) { self = DepositState(rawValue: outcome.rawValue) ?? .echec }

    /// Nil while it is being treated.
    package var outcome: Outcome? { Outcome(rawValue: rawValue) }
}

/// Why a deposit failed: a control refused it, or it could not be treated.
package enum FailureCause: String, Sendable, CaseIterable { case controle, technique }

/// How far the treatment of a deposit has come, durably. Each step is idempotent and recovery goes on from it.
package enum DepositStep: String, Sendable, CaseIterable {
    /// The row is there; the file is in `processing/`, or still on its way there.
    case claimed
    /// Result, certified list and mails are committed.
    case integrated
    /// The report files are in the drop folder.
    case reported
    /// The file is in the archive: nothing is left to do.
    case done
}

extension DepositStep: Comparable {
    package static func < (one: DepositStep, other: DepositStep) -> Bool {
        (allCases.firstIndex(of: one) ?? 0) < (allCases.firstIndex(of: other) ?? 0)
    }
}

/// What a deposit went on without, because it failed too often after the result was known.
package enum DepositOmission: String, Sendable, CaseIterable {
    /// Its report files are not in the drop folder, or not all of them.
    case report
    /// Its file is not in the archive, but still in `processing/`.
    case archive

    /// The step that is left out, and the one that the deposit is at then.
    package var step: DepositStep { self == .report ? .integrated : .reported }
    package var next: DepositStep { self == .report ? .reported : .done }
}

/// One deposit.
package struct Deposit: Sendable, Equatable {
    package var id: Int64
    /// Code.
    package var depositor: String
    package var file: [UInt8]
    package var device: UInt64?
    package var inode: UInt64?
    /// Bytes.
    package var size: Int64
    /// The time its client has set, in seconds since 1970.
    package var modified: Int64?
    /// Hexadecimal; nil while it hasn't been read, or where it never was.
    package var sha256: String?
    package var state: DepositState
    package var cause: FailureCause?
    package var mode: Depositor.Mode
    /// The account's login, or « inconnu ».
    package var author: String
    package var channel: String
    package var address: String?
    package var receivedAt: Timestamp
    /// The civil day of its reception, against which its dates are controlled.
    package var civilDate: CivilDate
    package var claimedAt: Timestamp
    package var processedAt: Timestamp?
    package var step: DepositStep
    /// Failed tries before its result was known.
    package var attempts: Int
    /// Failed tries of the step after the result that it is at.
    package var lateAttempts: Int
    package var omitted: [DepositOmission]
    package var nextAttemptAt: Timestamp?
    /// What stopped the last attempt, while its result isn't known.
    package var obstacle: Obstacle?
    /// Its words, or those of what made the deposit fail technically.
    package var lastError: String?
    /// The report files' name without `.rapport.txt` or `.rapport.json`.
    package var reportName: String?
    package var lines: LineCounts?
    package var anomalies: FindingCounts?
    package var movements: Movements?
    /// What reports call the OF list that the controls used; nil where they used none.
    package var referenceVersion: String?
    /// The identifier of that list.
    package var referenceList: Int64?
    /// It came in two parts.
    package var continued: Continuation?

    /// The file's name, escaped for display.
    package var fileText: String { DisplayText.name(file) }

    package init(_ row: Row) throws {
        id = row["id"]
        depositor = row["code"]
        file = Store.bytes(row, "file")
        device = (row["device"] as Int64?).map(UInt64.init(bitPattern:))
        inode = (row["inode"] as Int64?).map(UInt64.init(bitPattern:))
        size = row["size"]
        modified = row["modified"]
        sha256 = row["sha256"]
        state = try row.known("state")
        cause = try row.knownIfAny("cause")
        mode = try row.known("mode")
        author = row["author"]
        channel = row["channel"]
        address = row["address"]
        receivedAt = Timestamp(row, "received_at")
        civilDate = try Store.civilDate(row, "civil_date")
        claimedAt = Timestamp(row, "claimed_at")
        processedAt = Timestamp(optional: row, "processed_at")
        step = try row.known("step")
        attempts = row["attempts"]
        lateAttempts = row["late_attempts"]
        omitted =
            try row.parsed("omitted") { text in
                let words = text.split(separator: " ").map { DepositOmission(rawValue: String($0)) }
                return words.contains(nil) ? nil : words.compactMap(\.self)
            } ?? []
        nextAttemptAt = Timestamp(optional: row, "next_attempt_at")
        obstacle = try row.knownIfAny("obstacle")
        lastError = row["last_error"]
        reportName = row["report_name"]
        lines = try row.parsed("lines", LineCounts.init(stored:))
        anomalies = try row.parsed("anomalies", FindingCounts.init(stored:))
        movements = try row.parsed("movements", Movements.init(stored:))
        referenceVersion = row["reference_version"]
        referenceList = row["reference_list"]
        continued = try row.parsed("continued", Continuation.init(stored:))
    }
}

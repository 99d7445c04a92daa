import DepositStore
import DepositorStore
package import PublicationStore
import ReferenceStore
import RegistryStore
package import ServiceConfiguration
package import Qualiopi
package import Store

/// The report on a past deposit, made again from what the database holds of it.
///
/// The same code wrote the files beside the deposit, so the two say the same; only findings beyond
/// `max_detailed_findings` were never stored.
package enum StoredReport {
    /// - Throws: ``StoreError``, or ``StoredReportError`` while the deposit is still being treated.
    package static func bytes(
        of deposit: Deposit, format: Settings.ReportFormat, store: Store, unit: PeriodUnit, clock: CivilClock
    ) throws -> [UInt8] {
        guard deposit.state.outcome != nil else { throw StoredReportError.unfinished(deposit.id) }
        let name = try store.depositors.depositor(code: deposit.depositor).name
        let reference = try deposit.referenceList.flatMap { try store.referenceLists.referenceVersion(id: $0) }
        return try DepositReport(
            deposit: deposit, depositorName: name, reference: reference, unit: unit, clock: clock
        )
        .bytes(format, ReportContents(of: deposit, store.deposits, store.registry))
    }
}

package enum StoredReportError: Error, CustomStringConvertible {
    case unfinished(Int64)

    package var description: String {
        switch self {
        case .unfinished(let id): "the deposit \(id) is still being treated: it has no report yet"
        }
    }
}

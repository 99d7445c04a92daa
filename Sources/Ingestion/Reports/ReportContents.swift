import DepositStore
import PublicationStore
internal import Qualiopi
import RegistryStore
internal import Store

/// What a deposit's report tells besides the deposit's own figures, as the database holds it.
struct ReportContents {
    /// Every rule that raised something, the gravest first.
    let synthesis: [RuleSummary]
    /// The findings that are detailed.
    let details: [Finding]
    /// The organisations that were added, changed and withdrawn.
    let named: NamedMovements

    /// - Throws: ``StoreError``
    init(of deposit: Deposit, _ deposits: Store.Deposits, _ registry: Store.Registry) throws(StoreError) {
        synthesis = try deposits.synthesis(deposit: deposit.id)
        details = try deposits.findings(deposit: deposit.id)
        named = try registry.namedMovements(deposit: deposit.id)
    }
}

internal import ServiceConfiguration
internal import LinuxSystem
package import Qualiopi
package import Store

extension Administration {
    /// Adds an establishment and makes its folders; it owes every period that ends today or later.
    ///
    /// - Throws: ``StoreError``; `conflict` if the SIRET has a depositor. ``StateDirectoryError`` if the folders can't be
    ///   made: the daemon makes them at its next start.
    package func addDepositor(siret: SIRET, name: String, mode: Depositor.Mode) throws -> Depositor {
        let now = clock.now()
        let depositor = try store.accounts.addDepositor(
            siret: siret, name: name, mode: mode, now: now, on: clock.local(now).date)
        try state.prepareDepositor(depositor.code)
        _ = announce(.depositors)
        return depositor
    }

    /// - Throws: ``StoreError``; `notFound` if there is no such depositor. So do those below.
    package func suspendDepositor(
        code: String, by author: AuditAuthor
    ) throws(StoreError) -> (depositor: Depositor, ended: SessionsEnded) {
        let depositor = try store.accounts.setDepositorState(code: code, .suspended, by: author, at: clock.now())
        return (depositor, announce(.suspension(code)))
    }

    package func resumeDepositor(code: String, by author: AuditAuthor) throws(StoreError) -> Depositor {
        let depositor = try store.accounts.setDepositorState(code: code, .active, by: author, at: clock.now())
        _ = announce(.depositors)
        return depositor
    }

    /// In force for the deposits that are claimed from now on.
    package func setMode(code: String, _ mode: Depositor.Mode, by author: AuditAuthor) throws(StoreError) -> Depositor {
        try store.accounts.setDepositorMode(code: code, mode, by: author, at: clock.now())
    }
}

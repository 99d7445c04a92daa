package import AccountStore
package import DepositorStore
import RegistryStore
internal import ServiceConfiguration
internal import LinuxSystem
package import Qualiopi
package import Store

/// Establishments, with their folders.
package struct DepositorAdministration: Sendable {
    let register: Store.DepositorRegister
    let registry: Store.Registry
    let state: StateDirectory
    let clock: CivilClock
    let signal: ChangeSignal

    /// Adds an establishment and makes its folders; it owes every period that ends today or later.
    ///
    /// - Throws: ``StoreError``; `conflict` if the SIRET has a depositor. ``StateDirectoryError`` if the folders can't be
    ///   made: the daemon makes them at its next start.
    package func add(siret: SIRET, name: String, mode: Depositor.Mode, address: DepositorAddress = .unknown)
        throws -> Depositor
    {
        let now = clock.now()
        let depositor = try register.addDepositor(
            siret: siret, name: name, mode: mode, address: address, now: now, on: clock.local(now).date)
        try state.prepareDepositor(depositor.code)
        signal.send(.depositors)
        return depositor
    }

    /// - Throws: ``StoreError``; `notFound` if there is no such depositor. So do those below.
    package func suspend(
        code: String, by author: AuditAuthor
    ) throws(StoreError) -> (depositor: Depositor, ended: Int?) {
        let depositor = try register.setDepositorState(
            code: code, .suspended, by: author, at: clock.now())
        return (depositor, signal.send(.suspension(code)))
    }

    package func resume(code: String, by author: AuditAuthor) throws(StoreError) -> Depositor {
        let depositor = try register.setDepositorState(code: code, .active, by: author, at: clock.now())
        signal.send(.depositors)
        return depositor
    }

    package func rename(code: String, _ name: String, by author: AuditAuthor) throws(StoreError) -> Depositor {
        try register.renameDepositor(code: code, name, by: author, at: clock.now())
    }

    /// Removes an establishment: its list is withdrawn, its people who act for no other one, their accounts and its folders
    /// go, reports and all. The history of its deposits stays.
    ///
    /// It is suspended first, so that nothing comes in meanwhile; a removal that fails half way is made whole by another.
    /// - Returns: How many organisations were withdrawn, and the people that went.
    /// - Throws: ``StoreError``; `conflict` while a deposit of it is being treated. ``StateDirectoryError``.
    package func remove(
        code: String, by author: AuditAuthor
    ) throws -> (withdrawn: Int, gone: [User], staying: [User], ended: Int?) {
        let ended = try suspend(code: code, by: author).ended
        if let waiting = try? Folder(path: state.dropFolder(of: code)).list().first(where: { !Self.isReport($0) }) {
            let name = DisplayText.escape(waiting)
            throw StoreError.conflict(
                "\(name) waits in the folder of \(code), which is suspended now: try again in a moment")
        }
        let withdrawn = try registry.withdrawList(depositor: code, now: clock.now()).retraits
        let people = try register.removeDepositor(code: code, by: author, at: clock.now())
        signal.send(.depositors)
        try state.removeDepositor(code)
        return (withdrawn, people.gone, people.staying, ended)
    }

    private static func isReport(_ name: [UInt8]) -> Bool {
        let text = String(decoding: name, as: UTF8.self)
        return text.hasSuffix(".rapport.txt") || text.hasSuffix(".rapport.json")
    }

    package func setAddress(
        code: String, _ address: DepositorAddress, by author: AuditAuthor
    ) throws(StoreError) -> Depositor {
        try register.setDepositorAddress(code: code, address, by: author, at: clock.now())
    }

    /// In force for the deposits that are claimed from now on.
    package func setMode(code: String, _ mode: Depositor.Mode, by author: AuditAuthor) throws(StoreError) -> Depositor {
        try register.setDepositorMode(code: code, mode, by: author, at: clock.now())
    }
}

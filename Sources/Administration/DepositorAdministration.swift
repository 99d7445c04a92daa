package import AccountStore
package import DepositorStore
internal import ServiceConfiguration
internal import LinuxSystem
package import Qualiopi
package import Store

/// Establishments, with their folders.
package struct DepositorAdministration: Sendable {
    let register: Store.DepositorRegister
    let depositors: Store.Depositors
    let state: StateDirectory
    let clock: CivilClock
    let signal: ChangeSignal

    /// Adds an establishment and makes its folders; it owes every period that ends today or later.
    ///
    /// - Throws: ``StoreError``; `conflict` if the SIRET has a depositor. ``StateDirectoryError`` if the folders can't be
    ///   made: the daemon makes them at its next start.
    package func add(
        siret: SIRET, name: String, mode: Depositor.Mode, address: DepositorAddress = .unknown, by author: AuditAuthor
    ) throws -> Depositor {
        let now = clock.now()
        let wasRemoved = (try? depositors.depositor(code: "E" + siret.text).state) == .removed
        let depositor = try register.addDepositor(
            siret: siret, name: name, mode: mode, address: address, by: author, now: now, on: clock.local(now).date)
        // Nothing that a removal has left comes back with it. Of two that add it at once the database lets in one, which alone removes
        // anything, while there is nobody yet who could deposit.
        if wasRemoved { try state.removeDepositor(depositor.code) }
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
    /// It is suspended first, so that nothing comes in meanwhile, and is as it was if it can't be removed after all. Its
    /// folders go last: what is left of them when that fails is removed by ``removeLeftFolders(code:)``, or by the daemon
    /// when it starts.
    /// - Throws: ``StoreError``; `conflict` while a deposit of it is being treated or waits to be. ``StateDirectoryError``.
    package func remove(
        code: String, by author: AuditAuthor
    ) throws -> (removal: DepositorRemoval, ended: Int?) {
        let wasActive = try depositors.depositor(code: code).state == .active
        try refuseWaiting(code)
        try register.beginRemoval(code: code, by: author, at: clock.now())
        let ended = signal.send(.suspension(code))
        let removal: DepositorRemoval
        do {
            try refuseWaiting(code)
            removal = try register.removeDepositor(code: code, by: author, at: clock.now())
        } catch {
            // What made the removal fail may keep this from being done too: it is suspended then, and says so.
            if wasActive { _ = try? resume(code: code, by: author) }
            throw error
        }
        signal.send(.depositors)
        try state.removeDepositor(code)
        return (removal, ended)
    }

    /// Removes what a removal that was interrupted has left of the folders.
    ///
    /// - Returns: Whether there was anything.
    /// - Throws: ``StoreError``; `conflict` if the depositor is not removed. ``StateDirectoryError``.
    package func removeLeftFolders(code: String) throws -> Bool {
        guard try depositors.depositor(code: code).state == .removed else {
            throw StoreError.conflict("the depositor \(code) is not removed")
        }
        return try state.removeDepositor(code)
    }

    private func refuseWaiting(_ code: String) throws(StoreError) {
        guard let names = try? Folder(path: state.dropFolder(of: code)).list(),
            let waiting = names.first(where: { !Self.isReport($0) })
        else { return }
        throw .conflict(
            "\(DisplayText.escape(waiting)) waits in the folder of \(code): try again in a moment, nothing was removed")
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

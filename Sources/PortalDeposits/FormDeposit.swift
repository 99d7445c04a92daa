import AccountStore
internal import DropBox
internal import LinuxSystem
internal import Logging
internal import PortalProtocol
import PortalStore
import PublicationStore
internal import Qualiopi
internal import ServiceConfiguration
internal import Store

/// Lets a form's whole file into the drop folder, and waits a while for its verdict.
///
/// Called by ``PortalUploads`` and ``FormOutcomes``, on threads that may wait for the disk and for the treatment. On return the file is in the
/// folder, synced, and no later form of that key deposits again; whether it has a verdict is in the outcome.
struct FormDeposit: Sendable {
    /// An answer waits so long for the verdict.
    private static let verdictTime = Duration.seconds(3)

    let portal: Store.Portal
    let forms: Forms
    let clock: CivilClock
    let logger: Logger
    let treat: @Sendable (Deposit) -> Void

    /// Which form it is stands in the database before the file is in its folder: a form deposits once, whoever remembers it.
    ///
    /// - Throws: nothing was let in; the upload is over where it was ``WebUpload/Refused``.
    func make(
        _ upload: WebUpload, _ sha256: [UInt8], bytes: UInt64, key: [UInt8], _ owner: FormOwner
    ) throws -> FormOutcome {
        let isFirst = try portal.forms.note(
            key: key, email: owner.email, depositor: upload.depositor, file: upload.name, sha256: sha256,
            identity: upload.identity, now: clock.now())
        guard isFirst else {
            // What another process has let in for this form: only if it was this file is its deposit the answer.
            guard try portal.forms.fate(of: key, email: owner.email) != .none,
                try portal.forms.file(of: key, email: owner.email)?.sha256 == sha256
            else { throw WebUpload.Refused(text: Forms.notValid) }
            upload.discard()
            forms.keep(.published, key, of: owner)
            return verdict(key, owner)
        }
        do {
            try upload.publish(bytes: bytes)
        } catch {
            // Where only a folder's sync failed the file is there all the same. What can't be asked now is looked up when the form is.
            let isThere = (try? portal.forms.fate(of: key, email: owner.email)).map { $0 != .none } ?? true
            guard isThere else {
                try? portal.forms.forget(key: key)
                throw error
            }
            logger.error("portal.failed", metadata: ["reason": "\(error)"])
        }
        forms.keep(.published, key, of: owner)
        claim(upload)
        return verdict(key, owner)
    }

    private func claim(_ upload: WebUpload) {
        do {
            if let deposit = try upload.claim() { treat(deposit) }
        } catch {
            // The file is in the folder: the watcher claims it.
            logger.error(
                "deposit.unclaimed",
                metadata: [
                    "depositor": "\(upload.depositor)", "file": "\(DisplayText.escape(upload.name))",
                    "reason": "\(error)",
                ])
        }
    }

    private func verdict(_ key: [UInt8], _ owner: FormOwner) -> FormOutcome {
        let deadline = MonotonicClock.now() + FormDeposit.verdictTime
        let pause = WakeSignal()
        var outcome = FormOutcome()
        outcome.state = .underWay
        while true {
            if case .deposited(let id) = try? portal.forms.fate(of: key, email: owner.email) {
                outcome = forms.keep(.deposited(id), key, of: owner)
                if let state = try? portal.deposits.state(id: id, email: owner.email), state != .enCours {
                    return outcome
                }
            }
            guard MonotonicClock.now() < deadline else { return outcome }
            _ = pause.wait(timeout: .milliseconds(3))
        }
    }
}

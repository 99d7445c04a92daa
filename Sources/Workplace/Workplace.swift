package import Console
package import Administration
package import ServiceConfiguration
package import Control
internal import Foundation
internal import Glibc
package import LinuxSystem
package import Qualiopi
package import Store

/// What every administration command starts from: the settings, the state directory and the database.
package struct Workplace {
    package let settings: Settings
    package let state: StateDirectory
    package let clock: CivilClock
    package let store: Store
    package let administration: Administration
    /// Who acts, for the audit trail.
    package let author: AuditAuthor

    /// Opens the database as the state directory's owner, and makes both when they are missing.
    ///
    /// - `writesElsewhere`: True for a command that ends with ``Privileges/asCaller(_:)``.
    package init(_ common: CommonOptions, writesElsewhere: Bool = false) throws {
        settings = try SettingsReader.load(path: common.config)
        state = StateDirectory(path: settings.stateDirectory)
        clock = CivilClock(zone: settings.timeZone)
        author = AuditAuthor(Privileges.actor(), from: "command line")
        try Privileges.becomeOwner(of: state, forGood: !writesElsewhere)
        do {
            try state.prepare()
            store = try Store(path: state.database)
            administration = Administration(
                store: store, state: state, clock: clock, signal: .control(of: state))
        } catch let error as StateDirectoryError {
            throw Failure.failed("\(error): \(Privileges.remedy(for: state))")
        } catch StoreError.unusable(let detail) where Ownership.obstacle(at: state.path) != nil {
            throw Failure.failed("\(detail): \(Privileges.remedy(for: state))")
        } catch StoreError.unusable(let detail) {
            let fault = StoreError.unusable(Ownership.obstacle(toDatabaseOf: state) ?? "\(state.database): \(detail)")
            throw Failure.failed("\(fault)")
        } catch {
            throw Failure.failed("\(state.database): \(error)")
        }
    }

    /// Asks the daemon for what it alone knows.
    package func ask(_ request: ControlRequest) throws -> ControlReply {
        guard let reply = ControlClient.send(request, to: state) else {
            if let silence = ControlClient.silence(of: state) {
                throw Failure.failed("\(silence.cause): \(silence.remedy)")
            }
            throw Failure.failed(
                "no daemon answers on \(state.controlSocket): it alone knows the bans, and they end with it")
        }
        return reply
    }

    /// Whether a daemon uses this state directory.
    package var isServed: Bool { ControlClient.send(ControlRequest(.status), to: state) != nil }

    /// An instant as tables show it, in the settings' zone.
    package func shown(_ instant: Timestamp?) -> String {
        guard let instant else { return "" }
        let iso = clock.local(instant).iso
        return String(iso.prefix(19).replacing("T", with: " "))
    }

    /// An instant as `--json` has it: ISO 8601 with offset.
    package func json(_ instant: Timestamp?) -> JSONValue {
        instant.map { .string(clock.local($0).iso) } ?? .null
    }

    /// Says what was done and how many live sessions it ended.
    package func report(_ text: String, ended sessions: Int?) {
        let ended = sessions.map { ", \($0) \($0 == 1 ? "session" : "sessions") ended" } ?? ""
        Terminal.note(text + ended)
    }
}

import Administration
import ServiceConfiguration
import Control
import Foundation
import LinuxSystem
import Qualiopi
import Store

/// What every administration command starts from: the settings, the state directory and the database.
struct Workplace {
    let settings: Settings
    let state: StateDirectory
    let clock: CivilClock
    let store: Store
    let administration: Administration
    /// Who acts, for the audit trail.
    let author: AuditAuthor

    /// Opens the database as the state directory's owner, and makes both when they are missing.
    init(_ common: CommonOptions) throws {
        settings = try SettingsReader.load(path: common.config)
        state = StateDirectory(path: settings.stateDirectory)
        clock = CivilClock(zone: settings.timeZone)
        author = AuditAuthor(Privileges.actor(), from: "command line")
        try Privileges.becomeOwner(of: state)
        do {
            try state.prepare()
            store = try Store(path: state.database)
            administration = Administration(
                store: store, state: state, clock: clock, announce: Administration.announcing(to: state))
        } catch let error as StateDirectoryError {
            throw Failure.failed("\(error): is the state directory (state_directory: \(state.path)) yours to write?")
        } catch {
            throw Failure.failed("\(state.database): \(error)")
        }
    }

    /// Whether a daemon uses this state directory.
    var isServed: Bool { ControlClient.send(ControlRequest(.status), to: state) != nil }

    /// An instant as tables show it, in the settings' zone.
    func shown(_ instant: Timestamp?) -> String {
        guard let instant else { return "" }
        let iso = clock.local(instant).iso
        return String(iso.prefix(19).replacing("T", with: " "))
    }

    /// An instant as `--json` has it: ISO 8601 with offset.
    func json(_ instant: Timestamp?) -> JSONValue {
        instant.map { .string(clock.local($0).iso) } ?? .null
    }
}

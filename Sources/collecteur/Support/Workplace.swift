import AccountStore
import Console
import Administration
import ServiceConfiguration
import Control
import Foundation
import Glibc
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
    ///
    /// - `writesElsewhere`: True for a command that ends with ``Privileges/asCaller(_:)``.
    init(_ common: CommonOptions, writesElsewhere: Bool = false) throws {
        settings = try SettingsReader.load(path: common.config)
        state = StateDirectory(path: settings.stateDirectory)
        clock = CivilClock(zone: settings.timeZone)
        author = AuditAuthor(Privileges.actor(), from: "command line")
        try Privileges.becomeOwner(of: state, forGood: !writesElsewhere)
        do {
            try state.prepare()
            store = try Store(path: state.database)
            administration = Administration(
                store: store, state: state, clock: clock, announce: Administration.announcing(to: state))
        } catch let error as StateDirectoryError {
            throw Failure.failed("\(error): \(Privileges.remedy(for: state))")
        } catch StoreError.unusable(let detail) where access(state.database, R_OK | W_OK) != 0 && errno == EACCES {
            throw Failure.failed("\(detail): \(Privileges.remedy(for: state))")
        } catch {
            throw Failure.failed("\(state.database): \(error)")
        }
    }

    /// The account that somebody named by its login, or by its person's mail address.
    func account(_ name: String) throws -> Account {
        guard name.contains("@") else {
            do {
                return try store.accounts.account(login: name)
            } catch StoreError.notFound {
                throw try unknownAccount(name)
            }
        }
        guard let login = try store.accounts.user(email: name).login else {
            throw Failure.failed("\(name) has no account: collecteur account create \(name)")
        }
        return try store.accounts.account(login: login)
    }

    /// What to say of a login that nobody has.
    func unknownAccount(_ login: String) throws -> Failure {
        let likely = Spelling.closest(to: login, among: try store.accounts.accounts().map(\.login))
        return .failed("the account \(login) doesn't exist" + (likely.map { "; did you mean \($0)?" } ?? ""))
    }

    /// Asks the daemon for what it alone knows.
    func ask(_ request: ControlRequest) throws -> ControlReply {
        guard let reply = ControlClient.send(request, to: state) else {
            throw Failure.failed(
                "no daemon answers on \(state.controlSocket): it alone knows the bans, and they end with it")
        }
        return reply
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

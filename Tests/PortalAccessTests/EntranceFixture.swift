import AccountStore
import Administration
import Foundation
import LinuxSystem
import Logging
import PortalProtocol
import PortalStore
import Qualiopi
import ServiceConfiguration
import Store
import TestSupport
import Testing

@testable import PortalAccess

/// Who may come, over a real database and by a clock that the test moves.
struct EntranceFixture: Sendable {
    static let siret = "34350633300032"
    static let otherSIRET = "73282932000074"
    static let url = "https://depot.exemple.fr"

    let store: Store
    let administration: Administration
    let entrance: PortalEntrance
    let clock = TestClock()
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        let state = StateDirectory(path: folder.appending("state").path)
        try state.prepare()
        store = try Store(path: state.database)
        administration = Administration(
            store: store, state: state, clock: clock.civil, signal: ChangeSignal { _ in nil })
        var settings = Settings()
        settings.portalURL = Self.url
        entrance = try PortalEntrance(
            portal: store.portal, accounts: store.accounts, administration: administration,
            settings: SettingsInForce(settings), clock: clock.civil,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    var now: Timestamp { clock.civil.now() }

    func addUser(_ email: String) throws {
        _ = try store.accounts.addUser(email: email, depositors: [], by: .test, at: now)
    }

    /// A new person of no establishment, who is logged in.
    func visitor(_ email: String) throws -> PortalVisitor {
        try addUser(email)
        return try #require(try store.portal.testVisitor(email, now: now))
    }

    func answer(_ ask: (@escaping @Sendable (Answer) -> Void) -> Void) async -> Answer {
        await withCheckedContinuation { continuation in ask { continuation.resume(returning: $0) } }
    }
}

extension Answer {
    var isSession: Bool { if case .session = self { true } else { false } }
    var isProblem: Bool { if case .problems = self { true } else { false } }
    var isLater: Bool { if case .later(1...7200) = self { true } else { false } }
}

import AccountStore
import Administration
import Credentials
import DepositorStore
import Foundation
import LinuxSystem
import Logging
import PortalHTML
import PortalProtocol
import PortalStore
import Qualiopi
import ServiceConfiguration
import OutboxStore
import Store
import TestSupport
import Testing

@testable import PortalAccess

/// People who come by themselves, as the daemon answers them.
@Suite struct PortalArrivalsTests {
    private static let siret = "34350633300032"
    private static let otherSIRET = "73282932000074"
    private static let wrongCode = "7K2M-7K2M-7K2M-7K2M-7K2M-7K2M"

    private let folder: TemporaryFolder
    private let store: Store
    private let administration: Administration
    private let arrivals: PortalArrivals
    private let clock = TestClock()

    init() throws {
        folder = try TemporaryFolder()
        let state = StateDirectory(path: folder.appending("state").path)
        try state.prepare()
        store = try Store(path: state.database)
        administration = Administration(store: store, state: state, clock: clock.civil) { _ in nil }
        for siret in [Self.siret, Self.otherSIRET] {
            _ = try administration.addDepositor(siret: try #require(SIRET(siret)), name: siret, mode: .reel)
        }
        var settings = Settings()
        settings.portalURL = "https://depot.exemple.fr"
        let inForce = SettingsInForce(settings)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let logins = try PortalLogins(
            portal: store.portal, administration: administration, settings: inForce, clock: clock.civil, logger: logger)
        arrivals = PortalArrivals(
            portal: store.portal, administration: administration, settings: inForce, clock: clock.civil, logger: logger,
            logins: logins)
    }

    private func visitor(_ email: String) throws -> PortalVisitor {
        _ = try store.accounts.addUser(email: email, depositors: [], by: .test, at: clock.civil.now())
        try store.portal.setPassword(email: email, hash: "$y$", by: .test, at: clock.civil.now())
        let token = PortalTokens.hash(PortalTokens.make())
        try store.portal.beginSession(
            hash: token, email: email, address: "", agent: "", most: 5, now: clock.civil.now())
        return try #require(try store.portal.visitor(hash: token, idle: 60, absolute: 60, now: clock.civil.now()))
    }

    private func join(
        _ person: PortalVisitor, _ code: String, siret: String = siret, from address: String
    ) throws -> Answer {
        var request = JoinRequest()
        request.siret = siret
        request.code = code
        return try arrivals.join(request, person, from: address)
    }

    private func code(_ depositor: String = "E" + siret) throws -> String {
        try administration.invite(
            depositor: depositor, email: nil, portalURL: "https://depot.exemple.fr", days: 30, by: .test
        ).code.text
    }

    private static func isProblem(_ answer: Answer) -> Bool { if case .problems = answer { true } else { false } }
    private static func isLater(_ answer: Answer) -> Bool { if case .later(1...3600) = answer { true } else { false } }

    @Test func `ten wrong codes of a SIRET wait, from wherever they come, and neither its right one nor another SIRET`()
        throws
    {
        for number in 1...10 {
            let stranger = try visitor("\(number)@intrus.fr")
            #expect(Self.isProblem(try join(stranger, Self.wrongCode, from: "192.0.2.\(number)")), "\(number)")
        }
        let person = try visitor("a@b.fr")
        #expect(Self.isLater(try join(person, Self.wrongCode, from: "192.0.2.99")))
        #expect(try join(person, code(), from: "192.0.2.98") == .done)
        try store.accounts.revoke(
            email: "a@b.fr", depositors: ["E" + Self.siret], by: .test, at: clock.civil.now())
        #expect(try join(person, code("E" + Self.otherSIRET), siret: Self.otherSIRET, from: "192.0.2.99") == .done)
        #expect(try store.accounts.user(email: "a@b.fr").depositors == ["E" + Self.otherSIRET])
    }

    @Test func `five wrong codes of a person wait, from wherever they come`() throws {
        let person = try visitor("a@b.fr")
        for number in 1...5 { #expect(Self.isProblem(try join(person, Self.wrongCode, from: "192.0.2.\(number)"))) }
        #expect(Self.isLater(try join(person, try code(), from: "192.0.2.99")))
        #expect(try join(try visitor("c@b.fr"), try code(), from: "192.0.2.99") == .done)
    }

    // MARK: Registration

    private func register(_ password: String, _ email: String, from address: String) async -> Answer {
        var typed = Registration()
        typed.siret = Self.siret
        typed.email = email
        typed.password = Array(password.utf8)
        typed.confirmation = typed.password
        typed.title = "madame"
        typed.lastName = "Archer"
        typed.firstName = "Jeanne"
        typed.phone = "01 23 45 67 89"
        return await withCheckedContinuation { continuation in
            arrivals.register(typed, from: address) { continuation.resume(returning: $0) }
        }
    }

    /// The token of the newest link that was mailed to an address.
    private func mailedLink(_ email: String) throws -> [UInt8] {
        let body = try #require(try store.outbox.mails().first { $0.recipient == email }?.body)
        let path = try #require(body.firstMatch(of: /depot\.exemple\.fr(\/activation\/\S+)/)).output.1
        guard case .activate(let token) = Route(path: path) else { throw StoreError.notFound("the link in \(body)") }
        return token
    }

    private func activate(_ token: [UInt8], _ password: String, from address: String = "192.0.2.1") throws -> Answer {
        var typed = Activation()
        typed.token = token
        typed.password = Array(password.utf8)
        return try arrivals.activate(typed, from: address)
    }

    @Test func `whoever registers another's address takes neither the mail nor the account from its reader`()
        async throws
    {
        for number in 1...5 {
            #expect(await register("Intrus-202\(number)", "a@b.fr", from: "203.0.113.9") == .done)
        }
        #expect(Self.isLater(await register("Intrus-2026", "a@b.fr", from: "203.0.113.9")))
        clock.advance(seconds: 60)
        #expect(await register("Portail-2026", "A@b.fr", from: "192.0.2.1") == .done)
        // One mail was enough: its link shows who reads it, and the password which registration is meant.
        #expect(try store.outbox.mails().count == 1)
        let token = try mailedLink("a@b.fr")
        guard case .registrant(let registrant) = try arrivals.check(token) else {
            Issue.record("no registrant")
            return
        }
        #expect(registrant.email == "a@b.fr" && registrant.name.isEmpty)
        #expect(Self.isProblem(try activate(token, "")))
        #expect(try store.portal.person(email: "a@b.fr") == nil)
        #expect(try activate(token, "Portail-2026") == .done)
        let person = try #require(try store.portal.person(email: "a@b.fr"))
        #expect(Passwords.verify(Array("Portail-2026".utf8), person.hash))
        #expect(try activate(token, "Intrus-2021") == .notFound)
    }

    @Test func `mails about registrations go on after a while, for a free address as for a known one`() async throws {
        for round in 1...4 {
            for _ in 1...2 { #expect(await register("Portail-2026", "a@b.fr", from: "192.0.2.\(round)") == .done) }
            #expect(try store.outbox.mails().count == round)
            clock.advance(seconds: PortalLogins.mailSpacing + 1)
        }
        #expect(try activate(mailedLink("a@b.fr"), "Portail-2026") == .done)
        for round in 5...8 {
            for _ in 1...2 { #expect(await register("Portail-2026", "a@b.fr", from: "192.0.2.\(round)") == .done) }
            #expect(try store.outbox.mails().count == round)
            clock.advance(seconds: PortalLogins.mailSpacing + 1)
        }
        #expect(try store.portal.pendingRegistrations(now: clock.civil.now()).isEmpty)
    }

    @Test func `wrong passwords at a link wait like those at a login`() async throws {
        #expect(await register("Portail-2026", "a@b.fr", from: "192.0.2.1") == .done)
        let token = try mailedLink("a@b.fr")
        for number in 1...5 { #expect(Self.isProblem(try activate(token, "Faux-202\(number)"))) }
        #expect(Self.isLater(try activate(token, "Portail-2026", from: "192.0.2.2")))
        #expect(await register("Portail-2026", "c@b.fr", from: "192.0.2.1") == .done)
        #expect(try activate(mailedLink("c@b.fr"), "Portail-2026", from: "192.0.2.2") == .done)
    }

    @Test func `five wrong codes from an address wait, and nobody waits for a place that isn't known`() throws {
        let person = try visitor("a@b.fr")
        for _ in 1...5 { #expect(Self.isProblem(try join(person, Self.wrongCode, from: "192.0.2.1"))) }
        let other = try visitor("c@b.fr")
        #expect(Self.isLater(try join(other, try code(), from: "192.0.2.1")))
        for number in 1...5 {
            #expect(Self.isProblem(try join(try visitor("\(number)@b.fr"), Self.wrongCode, from: "")))
        }
        #expect(try join(other, try code(), from: "") == .done)
    }

    @Test func `what can be no code counts for nothing`() throws {
        let person = try visitor("a@b.fr")
        for _ in 1...20 {
            guard case .problems(let problems) = try join(person, "7K2M", siret: "1", from: "192.0.2.1") else {
                Issue.record("another answer")
                return
            }
            #expect(problems.map(\.field) == [.siret, .code])
        }
        // What a paste brings and nobody sees is no fault.
        let pasted = "\u{FEFF}" + (try code()).replacing("-", with: "\u{AD}-\u{200B}")
        #expect(try join(person, pasted, siret: "\u{200E}343 506 333 00032", from: "192.0.2.1") == .done)
    }
}

import Administration
import Foundation
import LinuxSystem
import Logging
import PortalProtocol
import Qualiopi
import ServiceConfiguration
import Store
import TestSupport
import Testing

@testable import PortalHost

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

    @Test func `ten wrong codes of a SIRET wait, from wherever they come, and another SIRET does not`() throws {
        let person = try visitor("a@b.fr")
        for number in 1...10 {
            #expect(Self.isProblem(try join(person, Self.wrongCode, from: "192.0.2.\(number)")), "\(number)")
        }
        let right = try code()
        #expect(Self.isLater(try join(person, right, from: "192.0.2.99")))
        #expect(Self.isLater(try join(person, right, from: "")))
        #expect(try join(person, code("E" + Self.otherSIRET), siret: Self.otherSIRET, from: "192.0.2.99") == .done)
        #expect(try store.accounts.user(email: "a@b.fr").depositors == ["E" + Self.otherSIRET])
    }

    @Test func `five wrong codes from an address wait, and nobody waits for a place that isn't known`() throws {
        let person = try visitor("a@b.fr")
        for _ in 1...5 { #expect(Self.isProblem(try join(person, Self.wrongCode, from: "192.0.2.1"))) }
        #expect(Self.isLater(try join(person, try code(), from: "192.0.2.1")))
        for _ in 1...5 {
            #expect(Self.isProblem(try join(person, Self.wrongCode, siret: Self.otherSIRET, from: "")))
        }
        #expect(try join(person, try code(), from: "") == .done)
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

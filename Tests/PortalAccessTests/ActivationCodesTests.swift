import AccountStore
import Administration
import Credentials
import DepositorStore
import PortalHTML
import PortalProtocol
import PortalStore
import Qualiopi
import Store
import TestSupport
import Testing

@testable import PortalAccess

/// Codes that are guessed, and codes that are right.
@Suite struct ActivationCodesTests {
    private static let wrongCode = "7K2M-7K2M-7K2M-7K2M-7K2M-7K2M"

    private let fixture: EntranceFixture

    init() throws {
        fixture = try EntranceFixture()
        for siret in [EntranceFixture.siret, EntranceFixture.otherSIRET] {
            _ = try fixture.administration.depositors.add(
                siret: try #require(SIRET(siret)), name: siret, mode: .reel, by: .test)
        }
    }

    private func join(
        _ person: PortalVisitor, _ code: String, siret: String = EntranceFixture.siret, from address: String
    ) throws -> Answer {
        var request = JoinRequest()
        request.siret = siret
        request.code = code
        return try fixture.entrance.codes.join(request, person, from: address)
    }

    private func code(_ depositor: String = "E" + EntranceFixture.siret) throws -> String {
        try fixture.administration.invitations.invite(
            depositor: depositor, email: nil, portalURL: EntranceFixture.url, days: 30, by: .test
        ).code.text
    }

    @Test func `ten wrong codes of a SIRET wait, from wherever they come, and neither its right one nor another SIRET`()
        throws
    {
        for number in 1...10 {
            let stranger = try fixture.visitor("\(number)@intrus.fr")
            #expect((try join(stranger, Self.wrongCode, from: "192.0.2.\(number)")).isProblem, "\(number)")
        }
        let person = try fixture.visitor("a@b.fr")
        #expect((try join(person, Self.wrongCode, from: "192.0.2.99")).isLater)
        #expect(try join(person, code(), from: "192.0.2.98") == .done)
        try fixture.store.accounts.revoke(
            email: "a@b.fr", depositors: ["E" + EntranceFixture.siret], by: .test, at: fixture.now)
        #expect(
            try join(
                person, code("E" + EntranceFixture.otherSIRET), siret: EntranceFixture.otherSIRET, from: "192.0.2.99")
                == .done)
        #expect(try fixture.store.accounts.user(email: "a@b.fr").depositors == ["E" + EntranceFixture.otherSIRET])
    }

    @Test func `five wrong codes of a person wait, from wherever they come`() throws {
        let person = try fixture.visitor("a@b.fr")
        for number in 1...5 { #expect((try join(person, Self.wrongCode, from: "192.0.2.\(number)")).isProblem) }
        #expect((try join(person, try code(), from: "192.0.2.99")).isLater)
        #expect(try join(try fixture.visitor("c@b.fr"), try code(), from: "192.0.2.99") == .done)
    }

    @Test func `five wrong codes from an address wait, and nobody waits for a place that isn't known`() throws {
        let person = try fixture.visitor("a@b.fr")
        for _ in 1...5 { #expect((try join(person, Self.wrongCode, from: "192.0.2.1")).isProblem) }
        let other = try fixture.visitor("c@b.fr")
        #expect((try join(other, try code(), from: "192.0.2.1")).isLater)
        for number in 1...5 {
            #expect((try join(try fixture.visitor("\(number)@b.fr"), Self.wrongCode, from: "")).isProblem)
        }
        #expect(try join(other, try code(), from: "") == .done)
    }

    @Test func `what can be no code counts for nothing`() throws {
        let person = try fixture.visitor("a@b.fr")
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

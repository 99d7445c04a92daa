import SFTPCodec
import SessionProtocol
import Testing

@testable import SessionHost

@Suite struct SessionMachineTests {
    private let password = Request.authenticatePassword(login: [0x61], password: [0x62])
    private let probe = Request.authenticateKey(login: [0x61], algorithm: [], blob: [1], signed: false)
    private let signed = Request.authenticateKey(login: [0x61], algorithm: [], blob: [1], signed: true)
    private let file = Request.status(path: [0x2f])

    private func refused(_ reason: LoginRefusal) -> Request {
        .refuseLogin(login: [0x61], algorithm: [0x62], reason: reason)
    }

    private func sign(_ hash: UInt8) -> Request { .sign(key: .ed25519, digest: .none, exchangeHash: [hash]) }

    private func verify(
        session: [UInt8] = [7], login: [UInt8] = [0x61], algorithm: [UInt8] = [], blob: [UInt8] = [1]
    ) throws -> Request {
        let signed = SignedLogin(sessionID: session, login: login, algorithm: algorithm, blob: blob)
        return .verify(digest: .none, signature: [9], data: try signed.encoded())
    }

    /// A machine whose client has exchanged keys, with the session id 7.
    private func exchanged(tries: Int = 3, probes: Int = 2) -> SessionMachine {
        var machine = machine(tries: tries, probes: probes)
        _ = machine.receive(sign(7), at: 0)
        return machine
    }

    private func machine(tries: Int = 3, probes: Int = 2) -> SessionMachine {
        SessionMachine(limits: .init(maximumTries: tries, maximumProbes: probes), at: 0)
    }

    @Test func `files are served after a login, and only then`() {
        var machine = machine()
        #expect(machine.receive(file, at: 0) == .violation(.unauthenticated))
        #expect(machine.receive(password, at: 0) == .checkPassword(login: [0x61], password: [0x62]))
        #expect(machine.receive(file, at: 0) == .violation(.overlapping))
        #expect(machine.receive(password, at: 0) == .violation(.overlapping))
        #expect(machine.decided(accepted: true) == true)
        #expect(machine.receive(file, at: 0) == .serve)
        #expect(machine.receive(password, at: 0) == .violation(.repeated))
    }

    @Test(arguments: [false, true]) func `the tries are counted, and the last says so`(isChange: Bool) throws {
        var machine = exchanged(tries: 2)
        _ = machine.receive(password, at: 0)
        #expect(machine.decided(accepted: false) == true)
        _ = machine.receive(isChange ? refused(.passwordChange) : password, at: 0)
        let mayTryAgain = machine.decided(accepted: false)
        #expect(!mayTryAgain)
        #expect(machine.phase == .ended)
        #expect(machine.receive(password, at: 0) == .ignore)
        #expect(machine.receive(file, at: 0) == .ignore)
    }

    @Test func `a probe authenticates nobody and is no try`() throws {
        var machine = exchanged(tries: 1, probes: 2)
        #expect(machine.receive(probe, at: 0) == .checkKey(login: [0x61], blob: [1], signed: false))
        #expect(machine.decided(accepted: true) == true)
        #expect(machine.phase == .greeting)
        #expect(machine.receive(file, at: 0) == .violation(.unauthenticated))
        #expect(machine.tries == 0)
        _ = machine.receive(try verify(), at: 0)
        #expect(machine.verified(true) == true)
        _ = machine.receive(signed, at: 0)
        #expect(machine.decided(accepted: true) == true)
        #expect(machine.phase == .authenticated)
    }

    @Test func `an agent's wrong keys are no tries, and have a limit of their own`() throws {
        var machine = exchanged(tries: 1, probes: 3)
        for isLast in [false, false, true] {
            _ = machine.receive(try verify(), at: 0)
            #expect(machine.verified(true) == true)
            #expect(machine.receive(signed, at: 0) == .checkKey(login: [0x61], blob: [1], signed: true))
            #expect(machine.decided(accepted: false) == !isLast)
        }
        #expect(machine.receive(password, at: 0) == .ignore)
        var other = exchanged(tries: 1, probes: 3)
        for _ in 0..<2 {
            #expect(
                other.receive(refused(.keyAlgorithm), at: 0)
                    == .denyUnseen(login: [0x61], algorithm: [0x62], reason: .keyAlgorithm))
            #expect(other.decided(accepted: false) == true)
        }
        _ = other.receive(password, at: 0)
        #expect(other.decided(accepted: true) == true)
    }

    @Test func `probes have a limit of their own`() {
        var machine = machine(tries: 5, probes: 2)
        _ = machine.receive(probe, at: 0)
        #expect(machine.decided(accepted: false) == true)
        _ = machine.receive(probe, at: 0)
        let mayProbeAgain = machine.decided(accepted: false)
        #expect(!mayProbeAgain)
    }

    @Test func `a probe too many after one that was accepted is denied for good`() {
        var machine = machine(tries: 5, probes: 1)
        _ = machine.receive(probe, at: 0)
        #expect(machine.decided(accepted: true) == true)
        #expect(machine.receive(probe, at: 0) == .denyForGood)
        #expect(machine.receive(signed, at: 0) == .ignore)
    }

    @Test func `a decision that nobody asked for decides nothing`() {
        var machine = machine()
        let accepted = machine.decided(accepted: true)
        #expect(!accepted)
        #expect(machine.phase == .greeting)
    }

    @Test func `an ended session is not brought back by a decision under way`() {
        var machine = machine()
        _ = machine.receive(password, at: 0)
        machine.end()
        let accepted = machine.decided(accepted: true)
        #expect(!accepted)
        #expect(machine.phase == .ended)
    }

    @Test func `notices before a login, and floods of them`() {
        var machine = machine()
        #expect(machine.receive(.alive(ago: 0), at: 0) == nil)
        #expect(machine.receive(.progress(handle: 1, contiguous: 0), at: 0) == .early)
        #expect(machine.receive(.copied(pid: 1), at: 0) == .malformed)
        #expect(machine.receive(.ready(gcmFault: []), at: 0) == .malformed)
        var flooded = 0
        for _ in 0..<50_000 where machine.receive(.alive(ago: 0), at: 1) == .flood { flooded += 1 }
        #expect(flooded > 0)
        #expect(machine.receive(.alive(ago: 0), at: 1001) == nil)
    }

    @Test func `an endless login is cut`() {
        var machine = machine()
        let step = machine.receive(
            .authenticatePassword(login: [UInt8](repeating: 0x61, count: 256), password: []), at: 0)
        #expect(step == .checkPassword(login: [UInt8](repeating: 0x61, count: 255), password: []))
    }

    // MARK: Signatures

    @Test func `one signature before the login, and no other`() {
        var machine = machine()
        #expect(
            machine.receive(sign(7), at: 0) == .sign(key: .ed25519, digest: .none, exchangeHash: [7], after: 0))
        #expect(machine.receive(sign(8), at: 0) == .violation(.signature))
        _ = machine.receive(password, at: 0)
        #expect(machine.receive(sign(8), at: 0) == .violation(.overlapping))
    }

    @Test func `after the login signatures are paced and never refused`() {
        var machine = machine()
        _ = machine.receive(sign(7), at: 0)
        _ = machine.receive(password, at: 0)
        _ = machine.decided(accepted: true)
        var delays: [Int64] = []
        for number in 0..<70 {
            guard case .sign(_, _, _, let delay) = machine.receive(sign(UInt8(number)), at: 0) else {
                Issue.record("refused")
                return
            }
            delays.append(delay)
        }
        #expect(delays.prefix(64).allSatisfy { $0 == 0 })
        #expect(Array(delays.suffix(6)) == [250, 500, 750, 1000, 1250, 1500])
        // The reserve fills up again.
        guard case .sign(_, _, _, 0) = machine.receive(sign(0), at: 3000) else {
            Issue.record("still delayed")
            return
        }
    }

    @Test func `a login by key follows its own signature at once`() throws {
        for change in 0..<6 {
            var machine = exchanged()
            if change != 0 {
                let other = try [
                    verify(login: [0x62]), verify(algorithm: [0x62]), verify(blob: [2]), verify(), verify(),
                ][change - 1]
                _ = machine.receive(other, at: 0)
                #expect(machine.verified(change != 4) == true)
            }
            // Between the signature and its login there is nothing else.
            if change == 5 {
                _ = machine.receive(probe, at: 0)
                _ = machine.decided(accepted: true)
            }
            #expect(machine.receive(signed, at: 0) == .violation(.unsigned), "\(change)")
        }
        var machine = exchanged()
        _ = machine.receive(try verify(), at: 0)
        #expect(machine.verified(true) == true)
        #expect(machine.receive(signed, at: 0) == .checkKey(login: [0x61], blob: [1], signed: true))
        _ = machine.decided(accepted: false)
        // It is good for one login.
        #expect(machine.receive(signed, at: 0) == .violation(.unsigned))
    }

    @Test func `nothing is verified that is not this session's login by key`() throws {
        var fresh = machine()
        #expect(fresh.receive(try verify(), at: 0) == .violation(.signedData))
        #expect(fresh.receive(try verify(session: []), at: 0) == .violation(.signedData))
        var machine = exchanged()
        #expect(machine.receive(try verify(session: [8]), at: 0) == .violation(.signedData))
        #expect(
            machine.receive(.verify(digest: .none, signature: [9], data: [7]), at: 0) == .violation(.signedData))
        guard case .verify(_, let signature, let data) = try verify() else {
            Issue.record("a login by key is verified")
            return
        }
        #expect(
            machine.receive(.verify(digest: .none, signature: signature, data: data + [0]), at: 0)
                == .violation(.signedData))
        _ = machine.receive(password, at: 0)
        _ = machine.decided(accepted: true)
        #expect(machine.receive(try verify(), at: 0) == .violation(.repeated))
    }

    @Test func `bad signatures are counted, as keys are`() throws {
        var machine = exchanged(tries: 1, probes: 2)
        _ = machine.receive(try verify(), at: 0)
        #expect(machine.verified(false) == true)
        _ = machine.receive(try verify(), at: 0)
        #expect(machine.verified(false) == false)
        #expect(machine.badSignatures == 2)
        #expect(machine.receive(try verify(), at: 0) == .ignore)
        // A result that nobody waits for verifies nothing.
        var idle = exchanged()
        #expect(idle.verified(true) == false)
        #expect(idle.receive(signed, at: 0) == .violation(.unsigned))
    }
}

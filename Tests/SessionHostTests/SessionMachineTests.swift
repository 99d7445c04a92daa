import SFTPCodec
import SessionProtocol
import Testing

@testable import SessionHost

@Suite struct SessionMachineTests {
    private let password = Request.authenticatePassword(login: [0x61], password: [0x62])
    private let probe = Request.authenticateKey(login: [0x61], algorithm: [], blob: [1], signed: false)
    private let signed = Request.authenticateKey(login: [0x61], algorithm: [], blob: [1], signed: true)
    private let file = Request.status(path: [0x2f])

    private func machine(tries: Int = 3, probes: Int = 2) -> SessionMachine {
        SessionMachine(limits: .init(maximumTries: tries, maximumProbes: probes), at: 0)
    }

    @Test func `files are served after a login, and only then`() {
        var machine = machine()
        #expect(machine.receive(file) == .violation(.unauthenticated))
        #expect(machine.receive(password) == .checkPassword(login: [0x61], password: [0x62]))
        #expect(machine.receive(file) == .violation(.overlapping))
        #expect(machine.receive(password) == .violation(.overlapping))
        #expect(machine.decided(accepted: true) == true)
        #expect(machine.receive(file) == .serve)
        #expect(machine.receive(password) == .violation(.repeated))
    }

    @Test func `the tries are counted, and the last says so`() {
        var machine = machine(tries: 2)
        _ = machine.receive(password)
        #expect(machine.decided(accepted: false) == true)
        _ = machine.receive(signed)
        let mayTryAgain = machine.decided(accepted: false)
        #expect(!mayTryAgain)
        #expect(machine.phase == .ended)
        #expect(machine.receive(password) == .ignore)
        #expect(machine.receive(file) == .ignore)
    }

    @Test func `a probe authenticates nobody and is no try`() {
        var machine = machine(tries: 1, probes: 2)
        #expect(machine.receive(probe) == .checkKey(login: [0x61], algorithm: [], blob: [1], signed: false))
        #expect(machine.decided(accepted: true) == true)
        #expect(machine.phase == .greeting)
        #expect(machine.receive(file) == .violation(.unauthenticated))
        #expect(machine.tries == 0)
        _ = machine.receive(signed)
        #expect(machine.decided(accepted: true) == true)
        #expect(machine.phase == .authenticated)
    }

    @Test func `probes have a limit of their own`() {
        var machine = machine(tries: 5, probes: 2)
        _ = machine.receive(probe)
        #expect(machine.decided(accepted: false) == true)
        _ = machine.receive(probe)
        let mayProbeAgain = machine.decided(accepted: false)
        #expect(!mayProbeAgain)
    }

    @Test func `a probe too many after one that was accepted is denied for good`() {
        var machine = machine(tries: 5, probes: 1)
        _ = machine.receive(probe)
        #expect(machine.decided(accepted: true) == true)
        #expect(machine.receive(probe) == .denyForGood)
        #expect(machine.receive(signed) == .ignore)
    }

    @Test func `a decision that nobody asked for decides nothing`() {
        var machine = machine()
        let accepted = machine.decided(accepted: true)
        #expect(!accepted)
        #expect(machine.phase == .greeting)
    }

    @Test func `an ended session is not brought back by a decision under way`() {
        var machine = machine()
        _ = machine.receive(password)
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
        var flooded = 0
        for _ in 0..<50_000 where machine.receive(.alive(ago: 0), at: 1) == .flood { flooded += 1 }
        #expect(flooded > 0)
        #expect(machine.receive(.alive(ago: 0), at: 1001) == nil)
    }

    @Test func `an endless login is cut`() {
        var machine = machine()
        let step = machine.receive(.authenticatePassword(login: [UInt8](repeating: 0x61, count: 256), password: []))
        #expect(step == .checkPassword(login: [UInt8](repeating: 0x61, count: 255), password: []))
    }
}

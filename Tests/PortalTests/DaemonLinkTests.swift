import Glibc
import LinuxSystem
import NIOCore
import NIOPosix
import PortalProtocol
import Testing

@testable import Portal

/// A link whose daemon reads when the test lets it.
struct DaemonLinkTests {
    private let daemon: PacketSocket
    private let link: DaemonLink

    init() throws {
        let (daemon, end) = try PacketSocket.pair()
        self.daemon = daemon
        link = DaemonLink(
            PacketSocket(end), timers: MultiThreadedEventLoopGroup.singleton.next(), patience: .milliseconds(100))
    }

    /// Questions until the socket has no room.
    private func fill() {
        var note = Note()
        note.detail = String(repeating: "x", count: 200)
        for _ in 0..<20_000 { link.tell(.note(note), from: Visitor()) }
    }

    /// The next question that is no note.
    private func received() throws -> Question {
        while let (bytes, _) = try daemon.receive(maximum: PortalBounds.request, timeout: .seconds(120)) {
            let question = try PortalCodec.decodeRequest(bytes).question
            if case .note = question { continue }
            return question
        }
        throw Gone()
    }

    private struct Gone: Error {}

    @Test func `an upload that is given up while the daemon doesn't read is given up once it does`() throws {
        let isStarted = Thread.start(name: "late") { [link] in link.sendLate() }
        #expect(isStarted)
        fill()
        for handle in 1...3 as ClosedRange<UInt32> {
            var drop = UploadDrop()
            drop.handle = handle
            link.tell(.dropUpload(drop), from: Visitor())
        }
        for handle in 1...3 as ClosedRange<UInt32> {
            guard case .dropUpload(let drop) = try received() else {
                Issue.record("no drop")
                return
            }
            #expect(drop.handle == handle)
        }
    }

    @Test func `a whole upload that can't be said to be one is given up, and its form told that nothing is certain`()
        async throws
    {
        let isStarted = Thread.start(name: "late") { [link] in link.sendLate() }
        #expect(isStarted)
        fill()
        var end = UploadEnd()
        end.handle = 7
        end.bytes = 12
        end.sha256 = [UInt8](repeating: 1, count: 32)
        let reply = await link.ask(.endUpload(end), from: Visitor())
        #expect(reply.answer == .unavailable(text: ""))
        guard case .dropUpload(let drop) = try received() else {
            Issue.record("no drop")
            return
        }
        #expect(drop.handle == 7)
    }

    @Test func `a daemon that hangs is said not to answer, and what it says later goes nowhere`() async throws {
        #expect(await link.ask(.ping, from: Visitor()).answer == .unavailable(text: ""))
        // Everything else waits for it.
        let isStarted = Thread.start(name: "link") { [link] in
            link.run(DaemonLink.Events(onWelcome: { _, _ in }, onDrain: {}, onEnd: { _ in }))
        }
        #expect(isStarted)
        let isAnswering = Thread.start(name: "daemon") { [daemon] in
            for _ in 1...2 {
                guard
                    let (bytes, _) = try? daemon.receive(maximum: PortalBounds.request, timeout: .seconds(120)),
                    let id = try? PortalCodec.decodeRequest(bytes).id
                else { return }
                try? daemon.send(PortalCodec.encode(.answer(id: id, .done)), timeout: .seconds(120))
            }
        }
        #expect(isAnswering)
        #expect(await link.ask(.home, from: Visitor()).answer == .done)
    }
}

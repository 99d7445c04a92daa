import Glibc
import LinuxSystem
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
        link = DaemonLink(PacketSocket(end))
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
}

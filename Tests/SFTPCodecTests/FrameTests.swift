import SeededNumbers
import Testing

@testable import SFTPCodec

@Suite struct FrameTests {
    @Test func `a packet is whole when its last byte has come`() {
        let framed = PacketBytes(type: 16, id: 1).framed
        for count in 0..<framed.count {
            #expect(frame(Array(framed.prefix(count))) == .incomplete)
        }
        #expect(frame(framed) == .packet(4..<framed.count))
        #expect(frame(framed + framed) == .packet(4..<framed.count))
    }

    /// 256 KiB of content and the headers around it; a hostile length never makes room for itself.
    @Test(arguments: [
        (UInt32(0), false), (1, true), (262_144, true), (UInt32(PacketDecoder.longest), true),
        (UInt32(PacketDecoder.longest) + 1, false), (.max, false),
    ])
    func `a length that no packet has ends the session`(_ length: UInt32, _ isPossible: Bool) {
        let bytes = withUnsafeBytes(of: length.bigEndian) { Array($0) }
        #expect(frame(bytes) == (isPossible ? .incomplete : .invalid))
    }

    /// What arrives is never trusted: no bytes trap, and nothing points outside of them.
    @Test(arguments: 0..<8)
    func `arbitrary bytes are a message`(_ seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        for _ in 0..<5000 {
            var packet = (0..<Int(random.next() % 80)).map { _ in UInt8(truncatingIfNeeded: random.next() % 12) }
            if !packet.isEmpty { packet[0] = UInt8(truncatingIfNeeded: random.next() % 22) }
            if case .request(_, .write(_, _, let data)) = decode(packet) {
                #expect(data.lowerBound >= 0 && data.upperBound <= packet.count)
            }
            if case .packet(let range) = frame(packet) {
                #expect(range.upperBound <= packet.count && !range.isEmpty)
            }
        }
    }
}

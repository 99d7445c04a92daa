import HTTPTypes
import HummingbirdCore
import LinuxSystem
import NIOCore

extension Outgoing {
    private static let chunk = 65_536

    /// Writes the answer. A file's descriptor is read as the client takes it.
    func write(to writer: consuming ResponseWriter, forHead isHead: Bool) async throws {
        var fields = fields
        fields[.date] = ResponseDate.now
        if closes { fields[.connection] = "close" }
        let (length, content): (UInt64, ResponseBody) =
            switch body {
            case .none: (0, ResponseBody())
            case .bytes(let buffer): (UInt64(buffer.readableBytes), ResponseBody(byteBuffer: buffer))
            case .file(let descriptor, let size, let place): (size, Outgoing.stream(descriptor, size, place))
            }
        if status != .noContent { fields[.contentLength] = "\(length)" }
        let head = HTTPResponse(status: status, headerFields: fields)
        try await writer.write(response: head, body: isHead ? ResponseBody() : content)
    }

    private static func stream(
        _ descriptor: SharedDescriptor, _ size: UInt64, _ place: Downloads.Place
    ) -> ResponseBody {
        ResponseBody(contentLength: Int(clamping: size)) { writer in
            defer { withExtendedLifetime(place) {} }
            var offset: Int64 = 0
            let size = Int64(clamping: size)
            while offset < size {
                let wanted = Int(min(Int64(chunk), size - offset))
                let part = try FileIO.readPart(descriptor.raw, count: wanted, offset: offset)
                // A file that is shorter than its size was: the client must see that the answer is cut.
                guard part.count == wanted else { throw CutFile() }
                offset += Int64(wanted)
                try await writer.write(ByteBuffer(bytes: part))
            }
            try await writer.finish(nil)
        }
    }

    private struct CutFile: Error {}
}

/// Takes client packets apart.
package enum PacketDecoder {
    /// The longest packet without its length field: 256 KiB of content and the fields around it.
    ///
    /// What `limits@openssh.com` announces is ``ReplyEncoder/maximumPacket``; the rest is leeway for clients that count otherwise.
    package static let longest = 262_144 + 1_024

    package enum Frame: Equatable, Sendable {
        /// More bytes are needed.
        case incomplete
        /// The length can't be that of a packet: the stream can't be followed any further.
        case invalid
        /// A packet without its length field, as a range of the bytes.
        case packet(Range<Int>)
    }

    /// The first packet of what has arrived.
    ///
    /// Source: draft-ietf-secsh-filexfer-02 §3: `uint32 length`, then that many bytes.
    package static func frame(_ bytes: UnsafeRawBufferPointer) -> Frame {
        guard bytes.count >= 4 else { return .incomplete }
        let length = UInt32(bigEndian: bytes.loadUnaligned(as: UInt32.self))
        guard length >= 1, length <= UInt32(longest) else { return .invalid }
        guard bytes.count >= 4 + Int(length) else { return .incomplete }
        return .packet(4..<4 + Int(length))
    }

    /// One packet, without its length field. The ranges in it are of `packet`.
    ///
    /// A packet too short to have an identifier is answered under the identifier 0.
    package static func decode(_ packet: UnsafeRawBufferPointer) -> ClientMessage {
        var reader = PacketReader(packet)
        guard let type = try? reader.number(UInt8.self) else { return .request(id: 0, .malformed) }
        if type == ClientPacketType.initialise.rawValue {
            guard let version = try? reader.number(UInt32.self) else { return .request(id: 0, .malformed) }
            return .initialise(version: version)
        }
        guard let id = try? reader.number(UInt32.self) else { return .request(id: 0, .malformed) }
        guard let type = ClientPacketType(rawValue: type) else { return .request(id: id, .unknown) }
        do {
            return .request(id: id, try request(type, &reader))
        } catch {
            return .request(id: id, .malformed)
        }
    }

    private static func request(
        _ type: ClientPacketType, _ reader: inout PacketReader
    ) throws(MalformedPacket) -> ClientRequest {
        switch type {
        case .initialise: .malformed
        case .open:
            .open(
                path: try reader.string(), flags: OpenFlags(rawValue: try reader.number()),
                attributes: try reader.attributes())
        case .close: .close(handle: try reader.handle())
        case .read: .read(handle: try reader.handle(), offset: try reader.number(), length: try reader.number())
        case .write: .write(handle: try reader.handle(), offset: try reader.number(), data: try reader.stringRange())
        case .linkStatus: .linkStatus(path: try reader.string())
        case .handleStatus: .handleStatus(handle: try reader.handle())
        case .setStatus: .setStatus(path: try reader.string(), attributes: try reader.attributes())
        case .setHandleStatus: .setHandleStatus(handle: try reader.handle(), attributes: try reader.attributes())
        case .openFolder: .openFolder(path: try reader.string())
        case .readFolder: .readFolder(handle: try reader.handle())
        case .remove: .remove(path: try reader.string())
        case .makeFolder: .makeFolder(path: try reader.string())
        case .removeFolder: .removeFolder(path: try reader.string())
        case .realPath: .realPath(path: try reader.string())
        case .status: .status(path: try reader.string())
        case .rename: .rename(from: try reader.string(), to: try reader.string())
        case .readLink: .readLink(path: try reader.string())
        case .symbolicLink: .symbolicLink(path: try reader.string(), target: try reader.string())
        case .extended: try extended(&reader)
        }
    }

    private static func extended(_ reader: inout PacketReader) throws(MalformedPacket) -> ClientRequest {
        let name = String(decoding: try reader.string(), as: UTF8.self)
        return switch Extension(rawValue: name) {
        case .posixRename: .posixRename(from: try reader.string(), to: try reader.string())
        case .statvfs: .fileSystem(path: try reader.string())
        case .fsync: .synchronise(handle: try reader.handle())
        case .limits: .limits
        case nil: .unknown
        }
    }
}

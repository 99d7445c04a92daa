/// One name of a folder, as READDIR and REALPATH answer it.
package struct NameEntry: Equatable, Sendable {
    package var name: [UInt8]
    /// A line as `ls -l` prints it: some clients parse it.
    package var longName: [UInt8]
    package var attributes: FileAttributes

    package init(name: [UInt8], longName: [UInt8], attributes: FileAttributes) {
        self.name = name
        self.longName = longName
        self.attributes = attributes
    }
}

/// Appends answers, each with its length field, to a buffer.
///
/// Source: draft-ietf-secsh-filexfer-02 §3 and §7. Request identifiers are echoed as they came.
package struct ReplyEncoder: Sendable {
    /// The version this server speaks, whatever the client offers.
    package static let version: UInt32 = 3
    /// What `limits@openssh.com` announces: a packet, the data of a READ and of a WRITE, in bytes.
    package static let maximumPacket: UInt64 = 262_144
    package static let maximumData: UInt64 = 261_120

    package private(set) var bytes: [UInt8] = []

    package init() {}

    private enum PacketType: UInt8 {
        case version = 2
        case status = 101
        case handle = 102
        case data = 103
        case name = 104
        case attributes = 105
        case extendedReply = 201
    }

    /// The answer to INIT, with the extensions.
    package mutating func version() {
        packet(.version) { encoder in
            encoder.number(ReplyEncoder.version)
            for item in Extension.allCases {
                encoder.string(item.rawValue.utf8)
                encoder.string(item.version.utf8)
            }
        }
    }

    package mutating func status(_ id: UInt32, _ code: StatusCode, _ text: String = "") {
        packet(.status, id) { encoder in
            encoder.number(code.rawValue)
            encoder.string(text.utf8)
            // The language tag: the text is in French and in English.
            encoder.string("".utf8)
        }
    }

    package mutating func handle(_ id: UInt32, _ handle: UInt32) {
        packet(.handle, id) { encoder in
            encoder.number(UInt32(4))
            encoder.number(handle)
        }
    }

    package mutating func attributes(_ id: UInt32, _ attributes: FileAttributes) {
        packet(.attributes, id) { $0.put(attributes) }
    }

    package mutating func names(_ id: UInt32, _ entries: [NameEntry]) {
        packet(.name, id) { encoder in
            encoder.number(UInt32(clamping: entries.count))
            for entry in entries {
                encoder.string(entry.name)
                encoder.string(entry.longName)
                encoder.put(entry.attributes)
            }
        }
    }

    /// The answer to `limits@openssh.com`.
    package mutating func limits(_ id: UInt32, openHandles: UInt64) {
        extendedReply(
            id, [ReplyEncoder.maximumPacket, ReplyEncoder.maximumData, ReplyEncoder.maximumData, openHandles])
    }

    /// An answer to an extended request that is a row of 64-bit numbers.
    package mutating func extendedReply(_ id: UInt32, _ numbers: [UInt64]) {
        packet(.extendedReply, id) { encoder in
            for number in numbers { encoder.number(number) }
        }
    }

    /// Data that `fill` reads straight into the buffer.
    /// - `fill`: Gets room for `length` bytes and returns how many it filled; nothing is appended for 0 or less.
    /// Returns: What `fill` returned.
    package mutating func data(_ id: UInt32, length: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Int) -> Int {
        let start = bytes.count
        let header = 4 + 1 + 4 + 4
        bytes.append(contentsOf: repeatElement(0, count: header + length))
        let count = min(
            length,
            bytes.withUnsafeMutableBytes { fill(UnsafeMutableRawBufferPointer(rebasing: $0[(start + header)...])) })
        guard count > 0 else {
            bytes.removeLast(bytes.count - start)
            return count
        }
        bytes.removeLast(length - count)
        overwrite(start, UInt32(clamping: header - 4 + count))
        bytes[start + 4] = PacketType.data.rawValue
        overwrite(start + 5, id)
        overwrite(start + 9, UInt32(clamping: count))
        return count
    }

    /// Forgets the first bytes: they were sent.
    package mutating func removeFirst(_ count: Int) {
        if count >= bytes.count {
            bytes.removeAll(keepingCapacity: bytes.capacity <= 1 << 20)
        } else {
            bytes.removeFirst(count)
        }
    }

    /// Gives the buffer's memory back if nothing waits in it.
    package mutating func rest() {
        if bytes.isEmpty { bytes = [] }
    }

    private mutating func packet(_ type: PacketType, _ id: UInt32? = nil, _ body: (inout ReplyEncoder) -> Void) {
        let start = bytes.count
        number(UInt32(0))
        bytes.append(type.rawValue)
        if let id { number(id) }
        body(&self)
        overwrite(start, UInt32(clamping: bytes.count - start - 4))
    }

    private mutating func number<Number: FixedWidthInteger>(_ number: Number) {
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }

    private mutating func string(_ text: some Collection<UInt8>) {
        number(UInt32(clamping: text.count))
        bytes.append(contentsOf: text)
    }

    private mutating func put(_ attributes: FileAttributes) {
        var flags: UInt32 = 0
        if attributes.size != nil { flags |= FileAttributes.Flag.size }
        if attributes.owner != nil { flags |= FileAttributes.Flag.owner }
        if attributes.permissions != nil { flags |= FileAttributes.Flag.permissions }
        if attributes.times != nil { flags |= FileAttributes.Flag.times }
        number(flags)
        if let size = attributes.size { number(size) }
        if let owner = attributes.owner {
            number(owner.user)
            number(owner.group)
        }
        if let permissions = attributes.permissions { number(permissions) }
        if let times = attributes.times {
            number(times.accessed)
            number(times.modified)
        }
    }

    private mutating func overwrite(_ offset: Int, _ number: UInt32) {
        withUnsafeBytes(of: number.bigEndian) { source in
            for (index, byte) in source.enumerated() { bytes[offset + index] = byte }
        }
    }
}

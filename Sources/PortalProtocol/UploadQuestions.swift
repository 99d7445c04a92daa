package import WireCodec

package struct UploadBegin: WireRecord {
    package var key: [UInt8] = []
    /// The code of the establishment; empty where the person has one only.
    package var depositor = ""
    /// The bytes of the name that the browser gives, without folders.
    package var name: [UInt8] = []
    /// Bytes that the file will have, where the browser announces them; otherwise 0.
    package var size: UInt64 = 0
    /// « Contrôler sans déposer ».
    package var onlyControl = false

    package init() {}

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.bytes(&key, "key", limit: PortalBounds.key)
        try coder.text(&depositor, "depositor", limit: PortalBounds.code)
        try coder.bytes(&name, "name", limit: PortalBounds.fileName)
        try coder.number(&size)
        try coder.flag(&onlyControl, "onlyControl")
    }
}

package struct UploadEnd: WireRecord {
    package var handle: UInt32 = 0
    /// What was written.
    package var bytes: UInt64 = 0
    /// Of what was written; 32 bytes.
    package var sha256: [UInt8] = []

    package init() {}

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.number(&handle)
        try coder.number(&bytes)
        try coder.bytes(&sha256, "sha256", limit: 32)
    }
}

package struct UploadDrop: WireRecord {
    package var handle: UInt32 = 0
    /// As far as it came.
    package var bytes: UInt64 = 0
    /// It is over the cap.
    package var overflowed = false

    package init() {}

    package mutating func fields(_ coder: inout some WireCoder) throws(ProtocolError) {
        try coder.number(&handle)
        try coder.number(&bytes)
        try coder.flag(&overflowed, "overflowed")
    }
}

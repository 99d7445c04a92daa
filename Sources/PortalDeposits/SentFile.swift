internal import PortalProtocol

/// What a form was sent with. Its page serves for this alone.
struct SentFile: Sendable {
    /// Code of the establishment.
    var depositor = ""
    var name: [UInt8] = []
    /// Bytes, as the browser announced them; 0 where it did not.
    var size: UInt64 = 0
    var onlyControl = false
    /// Empty while the file isn't whole.
    var sha256: [UInt8] = []

    init() {}

    init(_ begin: UploadBegin, depositor: String) {
        self.depositor = depositor
        name = begin.name
        size = begin.size
        onlyControl = begin.onlyControl
    }
}

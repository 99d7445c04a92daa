internal import SFTPCodec

/// A request that can't be granted, with what the client is told.
struct Refusal: Error {
    let code: StatusCode
    let text: String
    private(set) var isForRoom = false

    private init(_ code: StatusCode, _ text: String) {
        self.code = code
        self.text = text
    }

    /// SSH_FX_FAILURE.
    init(_ text: String) { self.init(.failure, text) }

    static func denied(_ text: String) -> Refusal { Refusal(.permissionDenied, text) }

    /// For want of room or of quota: whoever operates the server may have to do something about it.
    static func full(_ text: String) -> Refusal {
        var refusal = Refusal(text)
        refusal.isForRoom = true
        return refusal
    }

    static let absent = Refusal(.noSuchFile, DropBoxTexts.absent)
    static let unknownHandle = Refusal(DropBoxTexts.unknownHandle)
    static let revoked = Refusal(DropBoxTexts.revoked)

    var isAbsence: Bool { code == .noSuchFile }
}

internal import SFTPCodec

/// A request that can't be granted, with what the client is told.
struct Refusal: Error {
    let code: StatusCode
    let text: String

    private init(_ code: StatusCode, _ text: String) {
        self.code = code
        self.text = text
    }

    /// SSH_FX_FAILURE.
    init(_ text: String) { self.init(.failure, text) }

    static func denied(_ text: String) -> Refusal { Refusal(.permissionDenied, text) }

    static let absent = Refusal(.noSuchFile, DropBoxTexts.absent)
    static let unknownHandle = Refusal(DropBoxTexts.unknownHandle)
    static let revoked = Refusal(DropBoxTexts.revoked)

    var isAbsence: Bool { code == .noSuchFile }
}

package import SFTPCodec

/// A request that can't be granted, with what the client is told.
package struct Refusal: Error {
    package let code: StatusCode
    package let text: String
    package private(set) var isForRoom = false

    private init(_ code: StatusCode, _ text: String) {
        self.code = code
        self.text = text
    }

    /// SSH_FX_FAILURE.
    package init(_ text: String) { self.init(.failure, text) }

    package static func denied(_ text: String) -> Refusal { Refusal(.permissionDenied, text) }

    /// For want of room or of quota: whoever operates the server may have to do something about it.
    package static func full(_ text: String) -> Refusal {
        var refusal = Refusal(text)
        refusal.isForRoom = true
        return refusal
    }

    package static let absent = Refusal(.noSuchFile, RefusalTexts.absent)
    package static let unknownHandle = Refusal(RefusalTexts.unknownHandle)
    package static let revoked = Refusal(RefusalTexts.revoked)

    package var isAbsence: Bool { code == .noSuchFile }
}

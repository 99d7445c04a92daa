package import SFTPCodec

/// A request that can't be granted, with what the client is told.
package struct Refusal: Error {
    package let code: StatusCode
    package let text: String
    package let cause: Cause

    package enum Cause: Sendable {
        /// What the client has asked for.
        case request
        /// Want of room or of quota: whoever operates the server may have to do something about it.
        case room
        /// What bears the name waits to become a deposit, and can't yet.
        case waiting
    }

    private init(_ code: StatusCode, _ text: String, _ cause: Cause = .request) {
        self.code = code
        self.text = text
        self.cause = cause
    }

    /// SSH_FX_FAILURE.
    package init(_ text: String) { self.init(.failure, text) }

    package static func denied(_ text: String) -> Refusal { Refusal(.permissionDenied, text) }

    package static func full(_ text: String) -> Refusal { Refusal(.failure, text, .room) }

    package static let absent = Refusal(.noSuchFile, RefusalTexts.absent)
    package static let unknownHandle = Refusal(RefusalTexts.unknownHandle)
    package static let revoked = Refusal(RefusalTexts.revoked)
    package static let waiting = Refusal(.failure, RefusalTexts.waiting, .waiting)

    package var isForRoom: Bool { cause == .room }
    package var isAbsence: Bool { code == .noSuchFile }
}

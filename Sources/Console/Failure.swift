/// Why a command ends without having done its work, with the exit status that scripts rely on.
package struct Failure: Error, CustomStringConvertible {
    package enum Kind: Int32 {
        case failed = 1
        /// A rule or a policy said no.
        case refused = 2
        case usage = 64
        /// Input that can't be read.
        case input = 66
        case configuration = 78
    }

    package let kind: Kind
    /// What is wrong and what to do, in one line.
    package let description: String

    package init(kind: Kind, description: String) {
        (self.kind, self.description) = (kind, description)
    }

    package static func failed(_ text: String) -> Failure { Failure(kind: .failed, description: text) }
    package static func refused(_ text: String) -> Failure { Failure(kind: .refused, description: text) }
    package static func usage(_ text: String) -> Failure { Failure(kind: .usage, description: text) }
    package static func input(_ text: String) -> Failure { Failure(kind: .input, description: text) }
}

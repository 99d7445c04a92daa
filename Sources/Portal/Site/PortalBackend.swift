package import LinuxSystem
package import PortalProtocol

/// Who answers the pages: the daemon, over the control socket; something made up in tests.
package protocol PortalBackend: Sendable {
    /// Asks and waits. Whatever goes wrong on the way is ``Answer/unavailable(text:)`` with an empty text.
    func ask(_ question: Question, from visitor: Visitor) async -> Reply
    /// Tells without an answer.
    func tell(_ question: Question, from visitor: Visitor)
}

package struct Reply: Sendable {
    package var answer: Answer
    /// What came with it.
    package var descriptor: SharedDescriptor?

    package init(_ answer: Answer, descriptor: SharedDescriptor? = nil) {
        self.answer = answer
        self.descriptor = descriptor
    }
}

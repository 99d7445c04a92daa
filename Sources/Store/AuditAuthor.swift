/// Who does something and from where, as the audit trail keeps it.
package struct AuditAuthor: Sendable, Equatable {
    package let name: String
    package let origin: String

    package init(_ name: String, from origin: String) {
        self.name = name
        self.origin = origin
    }
}

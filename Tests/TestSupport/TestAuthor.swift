package import Store

extension AuditAuthor {
    package static let test = AuditAuthor("test", from: "tests")
}

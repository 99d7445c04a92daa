import Store

extension AuditAuthor {
    static let test = AuditAuthor("test", from: "tests")
}

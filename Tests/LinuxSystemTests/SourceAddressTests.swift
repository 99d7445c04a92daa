import Testing

@testable import LinuxSystem

@Suite struct SourceAddressTests {
    @Test(
        arguments: [
            ("192.0.2.7", "192.0.2.7", "192.0.2.7"),
            ("::ffff:192.0.2.7", "192.0.2.7", "192.0.2.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
            ("::1", "::1", "::"),
        ])
    func `text, and the group that limits count by`(text: String, shown: String, group: String) throws {
        let address = try #require(SourceAddress(text))
        #expect(address.description == shown)
        #expect(address.group.description == group)
    }

    @Test(arguments: ["", "192.0.2", "192.0.2.256", "localhost", "2001:db8::1::2", "fe80::1%eth0"])
    func `what is no address`(text: String) {
        #expect(SourceAddress(text) == nil)
    }
}

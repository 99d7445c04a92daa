import LinuxSystem
import Testing

@testable import ServiceConfiguration

struct AddressTests {
    @Test(arguments: ["127.0.0.1:22", "[::1]:2222", "0.0.0.0:0", "[2001:db8::7]:65535"])
    func `an address with a port is read and shown as it was`(text: String) {
        #expect(ListenAddress(text)?.description == text)
    }

    @Test(arguments: [
        "", ":22", "127.0.0.1", "127.0.0.1:65536", "::1:22", "[127.0.0.1]:22", "host:22", "127.0.0.1:-1", "1.2.3:22",
    ])
    func `anything else is not an address`(text: String) {
        #expect(ListenAddress(text) == nil)
    }

    @Test(arguments: [
        ("192.0.2.0/24", "192.0.2.255", true), ("192.0.2.0/24", "192.0.3.0", false), ("192.0.2.7", "192.0.2.7", true),
        ("192.0.2.7", "192.0.2.8", false), ("10.0.0.0/8", "10.255.0.1", true), ("0.0.0.0/0", "203.0.113.1", true),
        ("192.0.2.0/25", "192.0.2.128", false), ("2001:db8::/32", "2001:db8:ffff::1", true),
        ("2001:db8::/33", "2001:db8:8000::1", false),
        ("192.0.2.0/24", "::ffff:192.0.2.9", true), ("192.0.2.0/24", "2001:db8::1", false),
        ("::/0", "192.0.2.1", false),
        ("192.0.2.0/24", "not an address", false),
    ])
    func `a block holds its addresses and no others`(block: String, address: String, inside: Bool) throws {
        #expect(try #require(AddressBlock(block)).contains(address) == inside)
    }

    @Test(arguments: [
        "", "192.0.2.0/33", "192.0.2.1/24", "2001:db8::/129", "192.0.2.0/", "a/8", "192.0.2.0/24/1", "192.0.2.0/-1",
    ])
    func `a block that makes no sense is refused`(text: String) {
        #expect(AddressBlock(text) == nil)
    }

    @Test(arguments: [
        ("a@b.fr", "", "a@b.fr"), ("Moi <a@b.fr>", "Moi", "a@b.fr"), ("\"Moi\" <a@b.fr>", "Moi", "a@b.fr"),
        ("Étienne D. <a@b.fr>", "Étienne D.", "a@b.fr"),
    ])
    func `a mailbox has an address and perhaps a name`(text: String, name: String, address: String) {
        #expect(Mailbox(text) == Mailbox(name: name, address: address))
    }

    @Test(arguments: [
        "", "a", "a@", "@b", "a@b@c", "a b@c", "Moi <a@b.fr", "Moi a@b.fr", "Moi <a@b.fr>\r\nBcc: x@y.z", "a@b.fr\n",
        "<>", "a,b@c.fr", "a@ex..fr", "a@.fr", "a@b.fr.", "a..b@c.fr", ".a@b.fr", "a.@b.fr", "a@.",
    ])
    func `what could spoil a header is no mailbox`(text: String) {
        #expect(Mailbox(text) == nil)
    }

    @Test(arguments: [
        ("kitten", "sitting", 3), ("", "abc", 3), ("abc", "", 3), ("abc", "acb", 1), ("same", "same", 0),
    ])
    func `the distance of words counts edits`(a: String, b: String, edits: Int) {
        #expect(Spelling.distance(Array(a), Array(b)) == edits)
    }
}

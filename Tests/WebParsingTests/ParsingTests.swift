import HTTPTypes
import LinuxSystem
import PortalProtocol
import PortalSamples
import SeededNumbers
import Testing

@testable import WebParsing

struct FormFieldsTests {
    @Test func `a form is taken apart`() throws {
        let form = try FormFields("a=1&b=x+y%20z&c=&d&e=%C3%A9".utf8)
        #expect(try form.text("a") == "1" && form.text("b") == "x y z" && form.text("c") == "" && form.text("e") == "é")
        #expect(form.has("d") && !form.has("z"))
    }

    @Test(
        arguments: [
            ("a=1&a=2", .duplicate), ("a=%", .badEscape), ("a=%4", .badEscape), ("a=%zz", .badEscape),
            ("%FF=1", .notUTF8), ((0..<40).map { "f\($0)=1" }.joined(separator: "&"), .tooMany),
        ] as [(String, FormFields.Fault)])
    func `what makes no sense is refused`(text: String, fault: FormFields.Fault) {
        #expect(throws: fault) { try FormFields(text.utf8) }
    }

    @Test func `a text is one line of UTF-8 without blanks around it, a password is what was typed`() throws {
        let form = try FormFields("a=%20%C2%A0x%20&b=a%0Ab&c=%FF&mot_de_passe=%20%0A%FF&d=343%09506%09".utf8)
        #expect(try form.text("a") == "x")
        #expect(try form.text("d") == "343 506")
        #expect(throws: FormFields.Fault.control) { try form.text("b") }
        #expect(throws: FormFields.Fault.notUTF8) { try form.text("c") }
        #expect(form.bytes("mot_de_passe") == [0x20, 0x0A, 0xFF])
    }
}

struct MultipartTests {
    struct Parsed: Equatable {
        var fields: [String: [UInt8]] = [:]
        var name: [UInt8]?
        var content: [UInt8] = []
        var isComplete = false
    }

    private func parse(_ body: [UInt8], chunk: Int) throws(MultipartParser.Fault) -> Parsed {
        guard var parser = MultipartParser(contentType: "multipart/form-data; boundary=\(SampleForm.boundary)") else {
            throw .malformed
        }
        var parsed = Parsed()
        var rest = body[...]
        while !rest.isEmpty {
            Array(rest.prefix(chunk)).withUnsafeBytes { parser.append($0) }
            rest = rest.dropFirst(chunk)
            while let event = try parser.next() {
                switch event {
                case .field(let name, let value): parsed.fields[name] = value
                case .file(let name): parsed.name = name
                case .data: parser.withData { parsed.content += Array($0) }
                case .fileEnd, .end: break
                }
            }
        }
        parsed.isComplete = parser.isComplete
        return parsed
    }

    /// Contents that look like boundaries as nearly as they can.
    static let contents: [[UInt8]] = [
        [], [0x0D], Array("\r\n".utf8), Array("\r\n--".utf8), Array("\r\n--\(SampleForm.boundary.dropLast())".utf8),
        Array("\r\n\r\n--\(SampleForm.boundary.dropLast())X\r\n".utf8), Array(repeating: 0x0D, count: 300),
        Array("--\(SampleForm.boundary)".utf8), Array("NDA;SIREN\r\n1;2\r\n".utf8), (0...255).map { UInt8($0) },
    ]

    @Test(arguments: contents, [1, 2, 3, 7, 64, 100_000])
    func `a file comes out as it went in, however it was cut`(content: [UInt8], chunk: Int) throws {
        let body = SampleForm.multipart(key: "k", file: "liste.csv", content)
        #expect(
            try parse(body, chunk: chunk)
                == Parsed(
                    fields: ["cle": Array("k".utf8)], name: Array("liste.csv".utf8), content: content, isComplete: true)
        )
    }

    @Test(arguments: [
        ("a.csv", "a.csv"), ("C:\\Users\\x\\a.csv", "a.csv"), ("/tmp/a.csv", "a.csv"), ("a%22b.csv", "a\"b.csv"),
        ("été.csv", "été.csv"), ("a;b.csv", "a;b.csv"), ("", ""),
    ])
    func `a file's name is what stands behind its folders`(sent: String, name: String) throws {
        #expect(try parse(SampleForm.multipart(key: "k", file: sent, [1]), chunk: 1000).name == Array(name.utf8))
    }

    @Test(arguments: [0, 1, 30, 80, 200])
    func `a body that is cut is not complete`(cut: Int) throws {
        let body = SampleForm.multipart(key: "k", file: "a", Array("0123456789".utf8))
        #expect(try !parse(Array(body.dropLast(4 + cut)), chunk: 1000).isComplete)
    }

    @Test(
        arguments: [
            ("no boundary", .malformed), ("--\(SampleForm.boundary)xx", .malformed),
            ("--\(SampleForm.boundary)\r\nnonsense\r\n\r\n", .malformed),
            ("--\(SampleForm.boundary)\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\n", .malformed),
            ("--\(SampleForm.boundary)\r\nContent-Disposition: form-data; filename=\"a\"\r\n\r\n", .malformed),
            ("--\(SampleForm.boundary)\r\nContent-Disposition: form-data; name=\"a\"; name=\"b\"\r\n\r\n", .malformed),
            ("--\(SampleForm.boundary)\r\nContent-Disposition: form-data; name=\"a\r\n\r\n", .malformed),
            ("--\(SampleForm.boundary)\r\n" + String(repeating: "x", count: 5000), .tooLong),
            (
                "--\(SampleForm.boundary)\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n"
                    + String(repeating: "x", count: 2000), .tooLong
            ),
        ] as [(String, MultipartParser.Fault)])
    func `what no browser sends is refused`(body: String, fault: MultipartParser.Fault) {
        let long = body + String(repeating: " ", count: 100)
        #expect(throws: fault) { try parse(Array(long.utf8), chunk: 64) }
    }

    @Test func `one file a form, said before the second is read`() {
        let part = "--\(SampleForm.boundary)\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a\"\r\n\r\nx\r\n"
        #expect(throws: MultipartParser.Fault.secondFile) { try parse(Array((part + part).utf8), chunk: 1000) }
    }

    @Test(arguments: [
        "multipart/form-data", "multipart/form-data; boundary=", "multipart/mixed; boundary=a", "text/plain",
        "multipart/form-data; boundary=" + String(repeating: "a", count: 71), "multipart/form-data; boundary=a b", "",
    ])
    func `another content type is none of a form's`(type: String) {
        #expect(MultipartParser(contentType: type) == nil)
    }

    @Test func `random bodies neither trap nor lose their bounds`() {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<2000 {
            var body = SampleForm.multipart(key: "k", file: "a", Array("\r\n--\r\n".utf8))
            for _ in 0...(random.next() % 6) {
                let place = Int(random.next() % UInt64(body.count))
                if random.next() % 2 == 0 { body[place] = UInt8(random.next() % 256) } else { body.remove(at: place) }
            }
            _ = try? parse(body, chunk: Int(random.next() % 50) + 1)
        }
    }
}

struct RequestCheckTests {
    @Test(arguments: 0..<64)
    func `a token has one spelling`(seed: Int) {
        let token = (0..<32).map { UInt8(truncatingIfNeeded: $0 * 7 + seed * 37) }
        let text = Base64.encode(token)
        #expect(text.utf8.count == 43 && Base64.decode(text[...], count: 32) == token)
        #expect(Base64.decode((text + "=")[...], count: 32) == nil)
        // The last letter carries two bits that must be 0.
        let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        let spellings = letters.filter { Base64.decode((text.dropLast() + String($0))[...], count: 32) == token }
        #expect(spellings.count == 1)
    }

    @Test func `of two session cookies none is believed`() {
        let cookie = { (token: [UInt8]) in "\(SessionCookie.name)=\(Base64.encode(token))" }
        let one = cookie([UInt8](repeating: 1, count: 32))
        let other = cookie([UInt8](repeating: 2, count: 32))
        #expect(SessionCookie.token([.cookie: "a=b; \(one); c=d"]) == [UInt8](repeating: 1, count: 32))
        #expect(SessionCookie.token([.cookie: "\(one); \(other)"]) == [])
        #expect(SessionCookie.token([.cookie: "x\(one)"]) == [] && SessionCookie.token([:]) == [])
    }

    @Test(
        arguments: [
            ("203.0.113.9", "", "203.0.113.9"),
            // A client that isn't behind a proxy is believed nothing.
            ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
            ("10.0.0.2", "198.51.100.1", "198.51.100.1"),
            ("10.0.0.2", "1.2.3.4, 198.51.100.1", "198.51.100.1"),
            ("10.0.0.2", "1.2.3.4, 198.51.100.1, 10.0.0.3", "198.51.100.1"),
            ("10.0.0.2", "::ffff:198.51.100.1", "198.51.100.1"),
            ("10.0.0.2", "", "10.0.0.2"), ("10.0.0.2", "nonsense", nil), ("10.0.0.2", "198.51.100.1, x", nil),
            // A socket file.
            (nil, "198.51.100.1", "198.51.100.1"), (nil, "", nil),
        ] as [(String?, String, String?)])
    func `the client's address is the last that no trusted proxy has`(peer: String?, forwarded: String, client: String?)
    {
        let fields: HTTPFields = forwarded.isEmpty ? [:] : [.forwardedFor: forwarded]
        let found = ClientAddress.of(
            fields, peer: peer.flatMap { SourceAddress($0) }, proxies: [AddressBlock("10.0.0.0/8")].compactMap { $0 })
        #expect(found?.description == client)
    }

    @Test(
        arguments: [
            (["same-origin"], nil, true), (["cross-site"], "https://c.fr", false), (["same-site"], nil, false),
            (["none"], nil, false), (["same-origin", "same-origin"], nil, false), ([], "https://c.fr", true),
            ([], "http://c.fr", false), ([], "null", false), ([], nil, false),
        ] as [([String], String?, Bool)])
    func `a POST comes from a page of ours`(site: [String], origin: String?, allowed: Bool) {
        var fields: HTTPFields = [:]
        for value in site { fields.append(HTTPField(name: .secFetchSite, value: value)) }
        fields[.origin] = origin
        #expect(SameOrigin.allows(fields, origin: "https://c.fr") == allowed)
    }
}

import Testing

@testable import PortalHTML

struct HTMLTests {
    private func text(_ html: HTML) -> String { String(decoding: html.bytes, as: UTF8.self) }

    @Test func `what is interpolated is escaped, literals and HTML are not`() {
        let hostile = "<b a=\"1\" b='2'>&"
        let inner: HTML = "<i>\(hostile)</i>"
        #expect(text("<p>\(inner)</p>") == "<p><i>&lt;b a=&quot;1&quot; b=&#39;2&#39;&gt;&amp;</i></p>")
    }

    /// A mark that joins a quote makes one character of both; a browser sees the quote all the same.
    @Test(arguments: ["\"", "'", "<", ">", "&"], ["\u{301}", "\u{20DD}", "\u{FE0F}", "\u{200D}", "\u{0300}\u{0301}"])
    func `a mark behind a character hides nothing`(character: String, mark: String) {
        let shown = text("<a title=\"\(character + mark)\">")
        #expect(shown.utf8.count { $0 == UInt8(ascii: "\"") } == 2)
        #expect(shown.utf8.count { $0 == UInt8(ascii: "<") } == 1)
        #expect(!shown.utf8.dropFirst(2).dropLast().contains(UInt8(ascii: ">")))
    }

    @Test(arguments: [
        (
            "<p>Une règle : « ceci » ; cela ? Non ! De 20 % et 10 Mo, en 3 minutes.</p>",
            "<p>Une règle\u{A0}: «\u{A0}ceci\u{A0}»\u{202F}; cela\u{202F}? Non\u{202F}! De 20\u{A0}% et 10\u{A0}Mo, en 3\u{A0}minutes.</p>"
        ),
        ("<a title=\"a : b\">x : <b>y</b> :</a>", "<a title=\"a : b\">x\u{A0}: <b>y</b>\u{A0}:</a>"),
        // What somebody else wrote keeps its bytes, and so do the manual's landmarks.
        (
            "<bdi class=\"f\">a : b</bdi> : <code>« c »</code> <pre>d ;</pre><textarea>e ?</textarea>",
            "<bdi class=\"f\">a : b</bdi>\u{A0}: <code>« c »</code> <pre>d ;</pre><textarea>e ?</textarea>"
        ),
        (
            "<li>Erreur : x : y</li><p>Nombre de lignes : 1</p>",
            "<li>Erreur : x\u{A0}: y</li><p>Nombre de lignes : 1</p>"
        ),
        ("<b> : </b> 1 erreurs <code>a : <", "<b>\u{A0}: </b> 1 erreurs <code>a : <"),
        ("", ""), (" ", " "), ("<", "<"),
    ])
    func `spaces that may not break a line are no-break ones`(written: String, shown: String) {
        var html = HTML()
        html.adopt(Array(written.utf8))
        #expect(text(html.withNoBreakSpaces()) == shown)
    }

    @Test func `control characters are shown as a replacement, line ends and tabs stay`() {
        #expect(text("\("a\0b\u{1B}c\u{7F}\nd\te\r")") == "a\u{FFFD}b\u{FFFD}c\u{FFFD}\nd\te\u{FFFD}")
        #expect(text("\("\u{80}a\u{85}\u{9F}\u{A0}é\u{C2}")") == "\u{FFFD}a\u{FFFD}\u{FFFD}\u{A0}é\u{C2}")
    }

    @Test func `lists and conditions`() {
        #expect(
            text("\(each: [1, 2], { "<li>\($0)</li>" })\(if: false, "x")\(if: true, "y")") == "<li>1</li><li>2</li>y")
        #expect(text("\(with: nil as String?, { "<b>\($0)</b>" })\(with: "<", { "<b>\($0)</b>" })") == "<b>&lt;</b>")
    }

    @Test func `an address is percent-encoded`() {
        let address = Address(.deposits, [("etat", "a&b=\"é\" "), ("depuis", "")], fragment: "ligne-1")
        #expect(address.text == "/depots?etat=a%26b%3D%22%C3%A9%22%20#ligne-1")
    }
}

struct RouteTests {
    static let key = [UInt8](0..<16)
    static let token = [UInt8](0..<32)

    static let routes: [Route] =
        [
            .home, .login, .logout, .extend, .lostPassword, .resetPassword(token: token), .deposits,
            .state(deposit: 7), .deposit, .control, .periods, .organisations, .organisation(nda: "11AB5678901"),
            .information, .notifications, .sessions, .changePassword, .sftpAccount, .keys, .siteMap, .accessibility,
            .legal, .privacy, .help,
            .asset(name: "abc.css"), .health, .security,
        ] + Route.ReportView.allCases.map { .report(.deposit(123), $0) }
        + [.summary, .lines, .fields, .text, .json].map { .report(.form(key), $0) }

    @Test(arguments: routes)
    func `an address that is written is read`(route: Route) {
        #expect(Route(path: route.path[...]) == route)
    }

    @Test(arguments: [
        "", "depots", "//", "/depots/", "/depots/0", "/depots/01", "/depots/-1", "/depots/+1",
        "/depots/18446744073709551615",
        "/depots/1/", "/depots/1/x", "/depots/1/etat/", "/deposer/abc", "/deposer/000102030405060708090A0B0C0D0E0F",
        "/deposer/000102030405060708090a0b0c0d0e0f/fichier", "/mot-de-passe/x", "/organismes/1175620500",
        "/organismes/1175620500é", "/Depots", "/connexion/", "/static/", "/%64epots", "/depots/1%2F", "/../depots",
        "/" + String(repeating: "a", count: 400),
    ])
    func `what is no address of ours is none`(path: String) {
        #expect(Route(path: path[...]) == nil)
    }
}

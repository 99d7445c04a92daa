import Foundation
import Testing

/// Requests as no browser writes them, byte by byte: each is answered by what HTTP wants, and the connection ends when it should.
@Suite struct PortalRequestTests {
    private struct Case {
        var name: String
        var request: String
        /// What the answers begin with, one after the other.
        var answers: [String]
        var words: [String] = []
        /// The other end closes by itself.
        var closes = true
    }

    @Test func `whatever a request looks like, it is answered and the connection ends in time`() throws {
        let (instance, base) = try Instance.withPortal()
        try instance.start()
        let host = String(base.dropFirst("http://".count))
        let close = "Connection: close\r\n\r\n"
        let get = { (target: String, fields: String) in "GET \(target) HTTP/1.1\r\nHost: \(host)\r\n\(fields)" }
        let ok = "HTTP/1.1 200"
        let headers = ["content-security-policy: default-src 'none'", "x-content-type-options: nosniff", "<h1>"]
        let cases = [
            Case(name: "HTTP/1.0", request: "GET /aide HTTP/1.0\r\nHost: \(host)\r\n\r\n", answers: [ok]),
            Case(
                name: "HTTP/1.0 that would stay",
                request: "GET /aide HTTP/1.0\r\nHost: \(host)\r\nConnection: keep-alive\r\n\r\n",
                answers: [ok]),
            Case(name: "Close", request: get("/aide", "Connection: Close\r\n\r\n"), answers: [ok]),
            Case(name: "close among others", request: get("/aide", "Connection: TE, close\r\n\r\n"), answers: [ok]),
            Case(name: "stays", request: get("/aide", "\r\n"), answers: [ok], closes: false),
            Case(
                name: "pipelined", request: get("/aide", "\r\n") + get("/connexion", "\r\n") + get("/sante", close),
                answers: [ok, ok, ok]),
            Case(name: "an absolute target", request: get("\(base)/aide", close), answers: [ok], words: ["Aide"]),
            Case(
                name: "another host's absolute target", request: get("http://ailleurs.exemple/aide", close),
                answers: ["HTTP/1.1 421"]),
            Case(
                name: "a slash too many", request: get("/aide/?a=b", close), answers: ["HTTP/1.1 301"],
                words: ["location: /aide?a=b\r\n"]),
            Case(
                name: "a mail's full stop", request: get("/depots/12.", close), answers: ["HTTP/1.1 301"],
                words: ["location: /depots/12\r\n"]),
            Case(name: "no page with a slash", request: get("/nulle-part/", close), answers: ["HTTP/1.1 404"]),
            Case(name: "slashes alone", request: get("//", close), answers: ["HTTP/1.1 404"]),
            Case(
                name: "an address without end", request: get("/aide?" + String(repeating: "a", count: 20_000), close),
                answers: ["HTTP/1.1 431"], words: headers + ["effacez les cookies"], closes: false),
            Case(
                name: "a cookie without end",
                request: get("/aide", "Cookie: a=\(String(repeating: "b", count: 9_000))\r\n\(close)"),
                answers: ["HTTP/1.1 431"], words: headers, closes: false),
            Case(
                name: "no HTTP", request: "\u{16}\u{3}\u{1}\u{2}\r\n\r\n", answers: ["HTTP/1.1 400"], words: headers,
                closes: false),
            Case(
                name: "no version", request: "GET /aide\r\n\r\n", answers: ["HTTP/1.1 400"], words: headers,
                closes: false),
            Case(
                name: "two lengths",
                request:
                    "POST /connexion HTTP/1.1\r\nHost: \(host)\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
                answers: ["HTTP/1.1 400"], words: headers, closes: false),
            Case(
                name: "nonsense behind a request", request: get("/aide", "\r\n") + "\u{0}\u{1}\r\n\r\n",
                answers: [ok, "HTTP/1.1 400"], closes: false),
            Case(
                name: "who waits to be told to go on",
                request:
                    "POST /connexion HTTP/1.1\r\nHost: \(host)\r\nOrigin: \(base)\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                    + "Content-Length: 7\r\nExpect: 100-Continue\r\n\(close)",
                answers: ["HTTP/1.1 100"], closes: false),
        ]
        for one in cases {
            let connection = try RawConnection(to: base)
            connection.send(one.request)
            let isIn = eventually {
                connection.receive()
                return connection.isClosed || (!one.closes && answers(connection.text).count >= one.answers.count)
            }
            let found = answers(connection.text)
            #expect(isIn && found.count == one.answers.count, "\(one.name): \(connection.text)")
            for (answer, expected) in zip(found, one.answers) {
                #expect(answer.hasPrefix(expected), "\(one.name): \(answer)")
            }
            for word in one.words {
                #expect(
                    eventually {
                        connection.receive(); return connection.text.localizedCaseInsensitiveContains(word)
                    },
                    "\(one.name): \(word) in \(connection.text)")
            }
        }
        // Told to go on, the rest is sent, and answered.
        let waiting = try RawConnection(to: base)
        waiting.send(cases.last?.request ?? "")
        #expect(
            eventually {
                waiting.receive(); return waiting.text.hasPrefix("HTTP/1.1 100 Continue\r\n\r\n")
            })
        waiting.send("email=a")
        #expect(waiting.receiveAll().contains("\r\n\r\nHTTP/1.1 422"), "\(waiting.text)")
    }

    /// The status lines; a body has no line like them.
    private func answers(_ text: String) -> [String] {
        text.matches(of: /HTTP\/1\.1 \d{3} [A-Z]/).map { String($0.output) }
    }
}

import HTTPTypes
import HummingbirdCore
import LinuxSystem
import NIOCore
import PortalPages
import PortalProtocol
import PortalSamples
import Testing
import WebParsing

@testable import Portal

/// A site on made-up answers, asked without a socket.
struct TestSite {
    let backend = SampleBackend()
    var settings = SiteSettings(SampleBackend.welcome)

    struct Answer {
        var status: Int
        var fields: HTTPFields
        var text: String
        var closes: Bool
    }

    static func cookie(_ token: [UInt8]) -> String { "\(SessionCookie.name)=\(Base64.encode(token))" }

    func ask(
        _ method: HTTPRequest.Method, _ path: String, _ fields: HTTPFields = [:], body: [UInt8] = [],
        host: String? = "127.0.0.1:8080", as token: [UInt8]? = nil, peer: SourceAddress? = nil, chunk: Int = .max
    ) async -> Answer {
        var fields = fields
        if let token { fields[.cookie] = TestSite.cookie(token) }
        let head = HTTPRequest(method: method, scheme: "http", authority: host, path: path, headerFields: fields)
        var parts: [ByteBuffer] = []
        var rest = body[...]
        while !rest.isEmpty {
            parts.append(ByteBuffer(bytes: rest.prefix(chunk)))
            rest = rest.dropFirst(chunk)
        }
        let stream = AsyncStream<ByteBuffer> { continuation in
            for part in parts { continuation.yield(part) }
            continuation.finish()
        }
        let request = Request(head: head, body: RequestBody(asyncSequence: stream))
        let answer = await Site(backend: backend, settings: settings).respond(
            to: request, body: IncomingBody(request.body), peer: peer ?? SourceAddress("127.0.0.1"))
        var text = ""
        if case .bytes(let buffer) = answer.body { text = String(buffer: buffer) }
        if answer.fields[.contentType]?.hasPrefix("text/html") == true { SeenPages.keep(text.utf8, of: path) }
        return Answer(
            status: answer.status.code, fields: answer.fields, text: text.withPlainSpaces, closes: answer.closes)
    }

    /// A page, byte by byte.
    func answer(_ path: String, as token: [UInt8]?) async -> String {
        let fields: HTTPFields = token.map { [.cookie: TestSite.cookie($0)] } ?? [:]
        let head = HTTPRequest(
            method: .get, scheme: "http", authority: "127.0.0.1:8080", path: path, headerFields: fields)
        let request = Request(head: head, body: RequestBody(asyncSequence: AsyncStream<ByteBuffer> { $0.finish() }))
        let answer = await Site(backend: backend, settings: settings).respond(
            to: request, body: IncomingBody(request.body), peer: SourceAddress("127.0.0.1"))
        guard case .bytes(let buffer) = answer.body else { return "" }
        return String(buffer: buffer)
    }

    func get(_ path: String, as token: [UInt8]? = SampleBackend.one) async -> Answer {
        await ask(.get, path, as: token)
    }

    func post(_ path: String, _ form: String, as token: [UInt8]? = SampleBackend.one) async -> Answer {
        await ask(
            .post, path, [.contentType: "application/x-www-form-urlencoded", .secFetchSite: "same-origin"],
            body: Array(form.utf8), as: token)
    }

    func upload(
        _ body: [UInt8], path: String = "/deposer", as token: [UInt8]? = SampleBackend.one, chunk: Int = .max
    ) async -> Answer {
        await ask(
            .post, path,
            [.contentType: "multipart/form-data; boundary=\(SampleForm.boundary)", .secFetchSite: "same-origin"],
            body: body,
            as: token, chunk: chunk)
    }
}

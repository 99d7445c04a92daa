import HTTPTypes
import HummingbirdCore
import LinuxSystem
import NIOCore
import PortalPages
import PortalSamples
import Testing

@testable import Portal

struct DownloadsTests {
    @Test func `a session has four downloads at once, all together forty`() {
        let downloads = Downloads()
        var places = (1...4).compactMap { _ in downloads.enter([1]) }
        #expect(places.count == 4 && downloads.enter([1]) == nil)
        for session in 2...10 as ClosedRange<UInt8> { places += (1...4).compactMap { _ in downloads.enter([session]) } }
        #expect(places.count == 40 && downloads.enter([11]) == nil)
        places.removeLast()
        #expect(downloads.enter([11]) != nil)
        #expect(downloads.enter([1]) == nil)
        places = []
        #expect((1...4).compactMap { _ in downloads.enter([1]) }.count == 4)
    }

    @Test func `one download too many is told to wait, and an end makes room`() async {
        let downloads = Downloads()
        let site = Site(
            backend: SampleBackend(), settings: SiteSettings(SampleBackend.welcome), downloads: downloads)
        func answer(as token: [UInt8] = SampleBackend.one) async -> Outgoing {
            let head = HTTPRequest(
                method: .get, scheme: "http", authority: "127.0.0.1:8080", path: "/depots/10/fichier",
                headerFields: [.cookie: TestSite.cookie(token)])
            let request = Request(head: head, body: RequestBody(asyncSequence: AsyncStream<ByteBuffer> { $0.finish() }))
            return await site.respond(to: request, body: IncomingBody(request.body), peer: SourceAddress("127.0.0.1"))
        }
        var answers: [Outgoing] = []
        for _ in 1...4 { answers.append(await answer()) }
        #expect(answers.map(\.status) == [.ok, .ok, .ok, .ok])
        let refused = await answer()
        #expect(refused.status == .tooManyRequests && refused.fields[.retryAfter] == "10")
        answers.removeFirst()
        #expect(await answer().status == .ok)
        // Who has no session is sent to the login, however many fetch: such a request has no place to wait with.
        let others = (1...40 as ClosedRange<UInt8>).compactMap { downloads.enter([$0]) }
        #expect(others.count == 37)
        #expect(await answer(as: []).status != .tooManyRequests)
        #expect(await answer().status == .tooManyRequests)
    }
}

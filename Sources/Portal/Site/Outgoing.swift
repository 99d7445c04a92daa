package import HTTPTypes
package import LinuxSystem
package import NIOCore
import PortalHTML
import PortalPages
import WebParsing

/// An answer to a browser, before it is written.
package struct Outgoing: Sendable {
    package enum Body: Sendable {
        case none
        case bytes(ByteBuffer)
        /// The first `size` bytes of a file, and its place among the downloads.
        case file(SharedDescriptor, size: UInt64, Downloads.Place)
    }

    package var status: HTTPResponse.Status
    package var fields: HTTPFields
    package var body: Body
    /// What the client still sends is not wanted: the connection ends with this answer.
    package var closes = false

    init(_ status: HTTPResponse.Status, _ fields: HTTPFields = [:], body: Body = .none) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    static func page(_ html: HTML, _ status: HTTPResponse.Status = .ok) -> Outgoing {
        Outgoing(status, [.contentType: "text/html; charset=utf-8"], body: .bytes(ByteBuffer(bytes: html.bytes)))
    }

    static func text(
        _ text: String, type: String = "text/plain; charset=utf-8", _ status: HTTPResponse.Status = .ok
    ) -> Outgoing {
        Outgoing(status, [.contentType: type], body: .bytes(ByteBuffer(string: text)))
    }

    /// After a POST that changed something.
    static func seeOther(_ address: Address) -> Outgoing {
        Outgoing(.seeOther, [.location: address.text])
    }

    /// The same page at its one address, for ever. Of this site: it begins with a route's path.
    static func moved(_ address: String) -> Outgoing {
        Outgoing(.movedPermanently, [.location: address])
    }

    /// What the client still sends isn't read as a request.
    static func closing(_ outgoing: Outgoing) -> Outgoing {
        var outgoing = outgoing
        outgoing.closes = true
        return outgoing
    }

    static func seeOther(_ route: Route) -> Outgoing { seeOther(Address(route)) }

    /// The browser forgets its session with it.
    var withoutSession: Outgoing {
        var outgoing = self
        outgoing.fields[.setCookie] = SessionCookie.clear
        return outgoing
    }
}

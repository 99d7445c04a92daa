import HTTPTypes
import HummingbirdCore
import LinuxSystem
import NIOCore
import PortalHTML
import PortalPages
import PortalProtocol
import WebParsing

/// One request, checked and taken apart as far as every page needs it.
struct Exchange {
    var request: Request
    let body: IncomingBody
    var route: Route
    /// Without its question mark; empty where there is none.
    var query: Substring
    var visitor: Visitor
    var settings: SiteSettings
    var isPost: Bool { request.method == .post }

    /// The fields of the address; nil where they make no sense.
    var queryFields: FormFields? { try? FormFields(query.utf8) }

    /// The browser's own name, for the list of sessions.
    var agent: String { request.headers[.userAgent] ?? "" }

    enum FormFault: Error {
        case tooLarge
        case malformed
    }

    /// The body of a form without a file.
    func form() async throws(FormFault) -> FormFields {
        let type = request.headers[.contentType] ?? ""
        let kind = lowercased(type.utf8.prefix { $0 != UInt8(ascii: ";") })
        guard trimmed(kind[...]).elementsEqual("application/x-www-form-urlencoded".utf8) else { throw .malformed }
        var bytes: [UInt8] = []
        do {
            while let buffer = try await body.next() {
                bytes.append(contentsOf: buffer.readableBytesView)
                guard bytes.count <= FormFields.limit else { throw FormFault.tooLarge }
            }
            return try FormFields(bytes)
        } catch FormFault.tooLarge {
            throw .tooLarge
        } catch {
            throw .malformed
        }
    }

    /// Nil for what no page of ours writes into an address.
    static func number(_ text: String, else absent: UInt64) -> UInt64? {
        text.isEmpty ? absent : UInt64(text)
    }
}

package import HTTPTypes
import PortalProtocol

/// The one cookie. `__Host-`: browsers take it from this host alone, for `/`, and only with Secure.
package enum SessionCookie {
    package static let name = "__Host-collecteur"

    /// The token that a request carries; empty without one, or where two are there.
    package static func token(_ fields: HTTPFields) -> [UInt8] {
        var found: [[UInt8]] = []
        for value in fields[values: .cookie] {
            for pair in value.utf8.split(separator: UInt8(ascii: ";")) {
                let pair = trimmed(Array(pair)[...])
                guard let equals = pair.firstIndex(of: UInt8(ascii: "=")), pair[..<equals].elementsEqual(name.utf8)
                else { continue }
                let text = String(decoding: pair[(equals + 1)...], as: UTF8.self)
                guard let token = Base64.decode(text[...], count: PortalBounds.token) else { continue }
                found.append(token)
            }
        }
        return found.count == 1 ? found[0] : []
    }

    /// Lax: with Strict a mail's link would show the login page. No Max-Age: it ends with the browser, and in the daemon.
    package static func set(_ token: [UInt8]) -> String {
        "\(name)=\(Base64.encode(token)); Path=/; Secure; HttpOnly; SameSite=Lax"
    }

    package static let clear = "\(name)=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0"
}

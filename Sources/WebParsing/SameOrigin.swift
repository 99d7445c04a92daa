package import HTTPTypes

extension HTTPField.Name {
    // Names that are tokens (RFC 9110, 5.1): none of these is nil.
    package static let secFetchSite = HTTPField.Name("Sec-Fetch-Site") ?? .origin
    package static let forwardedFor = HTTPField.Name("X-Forwarded-For") ?? .forwarded
    package static let forwarded = HTTPField.Name("Forwarded") ?? .via
    package static let host = HTTPField.Name("Host") ?? .via
    package static let permissionsPolicy = HTTPField.Name("Permissions-Policy") ?? .via
    package static let openerPolicy = HTTPField.Name("Cross-Origin-Opener-Policy") ?? .via
    package static let resourcePolicy = HTTPField.Name("Cross-Origin-Resource-Policy") ?? .via
    package static let referrerPolicy = HTTPField.Name("Referrer-Policy") ?? .via
}

/// Whether a page of the portal sent a POST (OWASP's CSRF sheet, « Fetch Metadata »): nothing else may change anything.
package enum SameOrigin {
    package static func allows(_ fields: HTTPFields, origin: String) -> Bool {
        let sites = fields[values: .secFetchSite]
        if !sites.isEmpty { return sites == ["same-origin"] }
        return fields[values: .origin] == [origin]
    }
}

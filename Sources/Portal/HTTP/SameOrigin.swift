import HTTPTypes

extension HTTPField.Name {
    // Names that are tokens (RFC 9110, 5.1): none of these is nil.
    static let secFetchSite = HTTPField.Name("Sec-Fetch-Site") ?? .origin
    static let forwardedFor = HTTPField.Name("X-Forwarded-For") ?? .forwarded
    static let forwarded = HTTPField.Name("Forwarded") ?? .via
    static let host = HTTPField.Name("Host") ?? .via
    static let permissionsPolicy = HTTPField.Name("Permissions-Policy") ?? .via
    static let openerPolicy = HTTPField.Name("Cross-Origin-Opener-Policy") ?? .via
    static let resourcePolicy = HTTPField.Name("Cross-Origin-Resource-Policy") ?? .via
    static let referrerPolicy = HTTPField.Name("Referrer-Policy") ?? .via
}

/// Whether a page of the portal sent a POST (OWASP's CSRF sheet, « Fetch Metadata »): nothing else may change anything.
enum SameOrigin {
    static func allows(_ fields: HTTPFields, origin: String) -> Bool {
        let sites = fields[values: .secFetchSite]
        if !sites.isEmpty { return sites == ["same-origin"] }
        return fields[values: .origin] == [origin]
    }
}

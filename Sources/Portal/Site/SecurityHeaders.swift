import HTTPTypes
import WebParsing

/// What stands on every answer (INTERFACES, « Portal »).
enum SecurityHeaders {
    /// No `unsafe-*`, nothing inline, nobody else's. `same-origin` as referrer policy: with `no-referrer` browsers would send
    /// `Origin: null` with the portal's own forms.
    private static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
        + "base-uri 'none'; object-src 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"

    private static let always: [(HTTPField.Name, String)] = [
        (.contentSecurityPolicy, policy),
        (.xContentTypeOptions, "nosniff"),
        (.referrerPolicy, "same-origin"),
        (.openerPolicy, "same-origin"),
        (.resourcePolicy, "same-origin"),
        (
            .permissionsPolicy,
            "camera=(), microphone=(), geolocation=(), payment=(), usb=(), display-capture=(), browsing-topics=()"
        ),
    ]

    static func add(to fields: inout HTTPFields, isSecure: Bool) {
        for (name, value) in always where fields[name] == nil { fields[name] = value }
        if fields[.cacheControl] == nil { fields[.cacheControl] = "no-store" }
        if isSecure { fields[.strictTransportSecurity] = "max-age=31536000; includeSubDomains" }
    }
}

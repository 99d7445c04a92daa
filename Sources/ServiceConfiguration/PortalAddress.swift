internal import Foundation

/// What `portal_url` says of the host that requests must name.
package struct PortalAddress: Equatable {
    /// With its port where it isn't the scheme's.
    package var host: String
    /// As browsers write it in `Origin`.
    package var origin: String
    package var isSecure: Bool
    /// Without the port.
    package var name: String

    /// Nil for what is no http or https URL.
    package init?(_ url: String) {
        guard let parts = URLComponents(string: url), let scheme = parts.scheme?.lowercased(),
            let name = parts.host?.lowercased(), !name.isEmpty, ["http", "https"].contains(scheme)
        else { return nil }
        isSecure = scheme == "https"
        self.name = name
        let bracketed = name.contains(":") && !name.hasPrefix("[") ? "[\(name)]" : name
        let isDefault = parts.port == nil || parts.port == (isSecure ? 443 : 80)
        host = isDefault ? bracketed : "\(bracketed):\(parts.port ?? 0)"
        origin = "\(scheme)://\(host)"
    }

    /// Only this machine can reach it.
    var isLoopback: Bool { name == "localhost" || name == "127.0.0.1" || name == "::1" || name == "[::1]" }
}

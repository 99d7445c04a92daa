extension Settings {
    /// What keeps `portal_url` from being a portal's address, with what would be right; nil if nothing does. It matters where there is a
    /// portal: with `portal.listen`, or a socket of systemd's, of which the settings know nothing.
    package var portalURLFault: String? {
        let url = portalURL.lowercased()
        guard !url.isEmpty else {
            return "a portal needs portal_url, the address that people open: https://… or http://127.0.0.1:PORT"
        }
        let loopback = ["http://127.0.0.1", "http://localhost", "http://[::1]"]
        let isLoopback = loopback.contains { url == $0 || url.hasPrefix($0 + ":") || url.hasPrefix($0 + "/") }
        guard !url.hasPrefix("https://"), !isLoopback else { return nil }
        return "portal_url must be https://… where there is a portal, or http://127.0.0.1:PORT for trials"
    }
}

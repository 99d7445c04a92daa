extension Settings {
    /// What keeps `portal_url` from being a portal's address, with what would be right; nil if nothing does. It matters where there is a
    /// portal: with `portal.listen`, or a socket of systemd's, of which the settings know nothing.
    package var portalURLFault: String? {
        guard !portalURL.isEmpty else {
            return "a portal needs portal_url, the address that people open: https://… or http://127.0.0.1:PORT"
        }
        guard PortalAddress(portalURL).map({ $0.isSecure || $0.isLoopback }) != true else { return nil }
        return "portal_url must be https://… where there is a portal, or http://127.0.0.1:PORT for trials"
    }
}

import Testing

@testable import ServiceConfiguration

/// What `portal_url` says of the host that requests must name, and where it may be.
struct PortalAddressTests {
    static let hosts: [(url: String, host: String, origin: String)] = [
        ("https://Depot.Exemple.fr", "depot.exemple.fr", "https://depot.exemple.fr"),
        ("https://depot.exemple.fr:443/portail", "depot.exemple.fr", "https://depot.exemple.fr"),
        ("https://depot.exemple.fr:8443", "depot.exemple.fr:8443", "https://depot.exemple.fr:8443"),
        ("http://127.0.0.1:8080", "127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://[::1]:8080", "[::1]:8080", "http://[::1]:8080"),
    ]

    @Test(arguments: hosts)
    func `the host has its port where it isn't the scheme's`(url: String, host: String, origin: String) throws {
        let address = try #require(PortalAddress(url))
        #expect(address.host == host && address.origin == origin)
    }

    @Test(arguments: ["", "depot.exemple.fr", "ftp://depot.exemple.fr", "https://", "https:///portail"])
    func `what is no web address is none`(url: String) {
        #expect(PortalAddress(url) == nil)
    }

    @Test(arguments: [
        "https://depot.exemple.fr", "HTTPS://depot.exemple.fr/x", "http://127.0.0.1:8080", "http://localhost",
        "http://LOCALHOST:8080/", "http://[::1]:8080",
    ])
    func `a portal is at https, or on this machine`(url: String) {
        var settings = Settings()
        settings.portalURL = url
        #expect(settings.portalURLFault == nil)
    }

    @Test(arguments: [
        "", "http://depot.exemple.fr", "http://127.0.0.1.exemple.fr", "http://localhost.exemple.fr:8080",
        "http://depot.exemple.fr/127.0.0.1",
    ])
    func `plain HTTP from elsewhere, and no address, are said to be wrong`(url: String) {
        var settings = Settings()
        settings.portalURL = url
        #expect(settings.portalURLFault?.contains("portal_url") == true)
    }
}

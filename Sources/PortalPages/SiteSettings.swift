package import LinuxSystem
package import PortalAssets
package import PortalProtocol

/// What the pages and checks take from the daemon's welcome.
package struct SiteSettings: Sendable {
    package var welcome: PortalWelcome
    package var proxies: [AddressBlock]
    /// The program's assets, and the operator's stylesheet where there is one.
    package var assets: Assets

    package init(_ welcome: PortalWelcome, operatorStylesheet: [UInt8]? = nil) {
        self.welcome = welcome
        proxies = welcome.trustedProxies.compactMap { AddressBlock($0) }
        assets = Assets(operatorStylesheet: operatorStylesheet)
    }

    package var texts: PortalTexts { welcome.texts }
    /// The service's name.
    package var name: String { texts.name.isEmpty ? "COLLECTEUR" : texts.name }
}

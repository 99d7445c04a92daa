package import PortalHTML
import WebParsing

/// The stylesheet, the script and the icon, embedded in the program; and the operator's stylesheet. Each is named by its content, so that
/// browsers may keep it for ever.
package struct Assets: Sendable {
    package struct Asset: Sendable {
        package var name: String
        package var type: String
        package var bytes: [UInt8]

        package var route: Route { .asset(name: name) }
    }

    package static let stylesheet = Asset(Stylesheet.text, "css", "text/css; charset=utf-8")
    package static let script = Asset(Script.served, "js", "text/javascript; charset=utf-8")
    package static let icon = Asset(Icon.text, "svg", "image/svg+xml")

    package let operatorStylesheet: Asset?
    private let byName: [String: Asset]

    package init(operatorStylesheet bytes: [UInt8]?) {
        operatorStylesheet = bytes.map { Asset($0, "css", "text/css; charset=utf-8") }
        var byName: [String: Asset] = [:]
        for asset in [Assets.stylesheet, Assets.script, Assets.icon] + [operatorStylesheet].compactMap({ $0 }) {
            byName[asset.name] = asset
        }
        self.byName = byName
    }

    package subscript(name: String) -> Asset? { byName[name] }
}

extension Assets.Asset {
    fileprivate init(_ text: String, _ ending: String, _ type: String) {
        self.init(Array(text.utf8), ending, type)
    }

    fileprivate init(_ bytes: [UInt8], _ ending: String, _ type: String) {
        // FNV-1a: the name tells one content from another, it protects nothing.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        let hexadecimal = Hexadecimal.encode(withUnsafeBytes(of: hash.bigEndian) { Array($0) })
        self.init(name: "\(hexadecimal).\(ending)", type: type, bytes: bytes)
    }
}

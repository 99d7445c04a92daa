internal import Foundation

/// Where the portal's program is: `$COLLECTEUR_PORTAL`, else beside `collecteur`, else in `../libexec/collecteur`.
package enum PortalProgram {
    static let name = "collecteur-portal"

    /// The path of the first that can be run; nil if there is none.
    ///
    /// - `executable`: the running program's own path.
    package static func find(
        executable: String = "/proc/self/exe", environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> String? {
        if let named = environment["COLLECTEUR_PORTAL"], !named.isEmpty {
            return FileManager.default.isExecutableFile(atPath: named) ? named : nil
        }
        let own = URL(filePath: executable).resolvingSymlinksInPath().deletingLastPathComponent()
        let places = [
            own.appending(path: name),
            own.deletingLastPathComponent().appending(path: "libexec/collecteur/\(name)"),
        ]
        return places.map(\.path).first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}

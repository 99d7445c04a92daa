internal import Foundation

/// Where the session program is: `$COLLECTEUR_SESSION`, else beside `collecteur`, else in `../libexec/collecteur`.
package enum SessionProgram {
    static let name = "collecteur-session"

    /// The path of the first that can be run; nil if there is none.
    ///
    /// - `executable`: the running program's own path.
    package static func find(
        executable: String = "/proc/self/exe", environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> String? {
        if let named = environment["COLLECTEUR_SESSION"], !named.isEmpty {
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

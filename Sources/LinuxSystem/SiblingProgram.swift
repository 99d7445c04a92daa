import Glibc

/// A program that belongs to the daemon and is installed with it: where a variable of the environment says, else beside the running program,
/// else in `../libexec/collecteur`.
package struct SiblingProgram: Sendable {
    package let name: String
    package let variable: String

    package init(name: String, variable: String) {
        self.name = name
        self.variable = variable
    }

    /// Serves one SSH connection.
    package static let session = SiblingProgram(name: "collecteur-session", variable: "COLLECTEUR_SESSION")
    /// Serves the espace déposant.
    package static let portal = SiblingProgram(name: "collecteur-portal", variable: "COLLECTEUR_PORTAL")

    /// The path of the first that can be run; nil if there is none. What the variable names is taken or nothing is.
    ///
    /// - executable: the running program's own path.
    package func find(
        executable: String = "/proc/self/exe", environment: (String) -> String? = SiblingProgram.environment
    ) -> String? {
        if let named = environment(variable), !named.isEmpty {
            return SiblingProgram.canRun(named) ? named : nil
        }
        guard let own = realpath(executable, nil) else { return nil }
        defer { free(own) }
        let folder = String(cString: own).parent
        return ["\(folder)/\(name)", "\(folder.parent)/libexec/collecteur/\(name)"].first(where: SiblingProgram.canRun)
    }

    package static func environment(_ variable: String) -> String? { getenv(variable).map { String(cString: $0) } }

    package static func canRun(_ path: String) -> Bool {
        (try? fileStatus(at: path).isRegular) == true && access(path, X_OK) == 0
    }
}

extension String {
    /// Empty for what stands in the root.
    fileprivate var parent: String { lastIndex(of: "/").map { String(self[..<$0]) } ?? "." }
}

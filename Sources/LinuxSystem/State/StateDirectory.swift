import Glibc
import SystemPackage

/// The folder that holds everything the daemon keeps, and where each part of it is.
///
/// Folders are 0700 and files 0600 (the programs also set the umask to 077): deposits, hashes and host keys are nobody
/// else's business. Creating what is missing is idempotent; every command does it before it opens the database.
package struct StateDirectory: Sendable {
    package let path: String

    package init(path: String) {
        self.path = path
    }

    package var database: String { path + "/collecteur.sqlite" }
    package var hostKeys: String { path + "/host_keys" }
    package var depots: String { path + "/depots" }
    package var staging: String { path + "/staging" }
    package var processing: String { path + "/processing" }
    package var archive: String { path + "/archive" }
    /// The spool of `mail.transport: spool`.
    package var mailSpool: String { path + "/mail" }
    /// The daemon's socket for the commands.
    package var controlSocket: String { path + "/control" }

    /// The file's name that has the instant at which expired things were last looked for.
    package static let lastRetention = "last_retention"
    /// The file's name that has how long nothing was deleted for the clock's sake.
    package static let retentionWait = "retention_wait"

    /// `<state>/depots/<code>/QUALIOPI/FICHIER_QUALIOPI`.
    package func dropFolder(of code: String) -> String { "\(depots)/\(code)/QUALIOPI/FICHIER_QUALIOPI" }

    /// `<state>/staging/<code>`, where uploads are until they are complete.
    package func stagingFolder(of code: String) -> String { "\(staging)/\(code)" }

    /// Creates the folders that are missing.
    ///
    /// - Throws: ``StateDirectoryError`` with the path at fault.
    package func prepare() throws(StateDirectoryError) {
        try StateDirectory.create(path)
        for folder in [hostKeys, depots, staging, processing, archive, mailSpool] { try StateDirectory.create(folder) }
    }

    /// Creates a depositor's folders. The code is `E` and 14 digits: never something that reaches elsewhere.
    package func prepareDepositor(_ code: String) throws(StateDirectoryError) {
        for folder in [
            "\(depots)/\(code)", "\(depots)/\(code)/QUALIOPI", dropFolder(of: code), stagingFolder(of: code),
        ] {
            try StateDirectory.create(folder)
        }
    }

    /// Removes a depositor's folders with the files that are in them.
    ///
    /// Another one may do the same at the same time.
    /// - Returns: Whether anything of them was there.
    /// - Throws: ``StateDirectoryError`` with the path at fault; what is there still can be removed by another call.
    @discardableResult
    package func removeDepositor(_ code: String) throws(StateDirectoryError) -> Bool {
        var wasThere = false
        for path in [dropFolder(of: code), "\(depots)/\(code)/QUALIOPI", "\(depots)/\(code)", stagingFolder(of: code)] {
            do throws(Errno) {
                let folder = try Folder(path: path)
                wasThere = true
                for name in try folder.list() {
                    do throws(Errno) {
                        try folder.remove(name)
                    } catch {
                        guard error == .noSuchFileOrDirectory else { throw error }
                    }
                }
                guard rmdir(path) == 0 else { throw Errno(rawValue: errno) }
            } catch {
                guard error != .noSuchFileOrDirectory else { continue }
                throw StateDirectoryError(path: path, code: error.rawValue)
            }
        }
        return wasThere
    }

    private static func create(_ folder: String) throws(StateDirectoryError) {
        if let status = try? fileStatus(at: folder) {
            guard status.isFolder else { throw StateDirectoryError(path: folder, code: ENOTDIR) }
            return
        }
        let parent = parent(of: folder)
        try create(parent)
        // Another process may have been faster.
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else {
            throw StateDirectoryError(path: folder, code: errno)
        }
        // The umask may have taken bits away; nothing may add any.
        guard chmod(folder, 0o700) == 0 else { throw StateDirectoryError(path: folder, code: errno) }
        // Or a power cut could take the folder away with the first deposit in it.
        do {
            try Folder(path: parent).sync()
        } catch {
            throw StateDirectoryError(path: folder, code: error.rawValue)
        }
    }

    /// Ends at `/` or `.`, which are always there.
    private static func parent(of folder: String) -> String {
        let parent = FilePath(folder).removingLastComponent().string
        return parent.isEmpty ? "." : parent
    }
}

/// A part of the state directory that can't be created or used.
package struct StateDirectoryError: Error, CustomStringConvertible {
    package let path: String
    /// `errno`.
    package let code: CInt

    package var description: String { "\(path): \(String(cString: strerror(code)))" }
}

import Console
import Credentials
import Glibc
import LinuxSystem
import ServiceConfiguration
import SystemPackage

/// What good settings name and the daemon could not use: files that are missing, that its user may not read, or that hold
/// something else.
///
/// Called by `config check` as the daemon's user. Nothing is made, changed or kept open.
enum SettingsProbe {
    /// One line a fault, with the place of its setting.
    static func faults(in reading: SettingsReader.Reading) -> [String] {
        let settings = reading.settings
        let origins = Dictionary(uniqueKeysWithValues: reading.values.map { ($0.key, $0.origin) })
        var faults: [String] = []
        func say(_ key: String, _ what: String) {
            let place = origins[key].flatMap { $0 == "default" ? nil : $0 + ": " } ?? ""
            faults.append("\(place)\(key): \(what)")
        }
        if !settings.sftp.hostKeys.isEmpty {
            do throws(HostKeyError) {
                _ = try HostKeys.load(paths: settings.sftp.hostKeys)
            } catch {
                say("sftp.host_keys", "\(error)")
            }
        }
        if settings.mail.transport == .smtp {
            // systemd's folder of credentials is the daemon's alone.
            let isCredential = settings.mail.passwordFile.hasPrefix("$")
            for (key, file) in [
                ("mail.password_file", settings.mail.passwordFile), ("mail.ca_file", settings.mail.caFile),
            ]
            where !file.isEmpty && !(isCredential && key == "mail.password_file") && access(file, R_OK) != 0 {
                say(key, "\(file): \(Errno(rawValue: errno))")
            }
        }
        if !settings.metrics.file.isEmpty {
            let folder = FilePath(settings.metrics.file).removingLastComponent().string
            if access(folder, W_OK | X_OK) != 0 { say("metrics.file", "\(folder): \(Errno(rawValue: errno))") }
        }
        let stylesheet = settings.portal.stylesheet
        if !stylesheet.isEmpty, access(stylesheet, R_OK) != 0 {
            say("portal.stylesheet", "\(stylesheet): \(Errno(rawValue: errno))")
        }
        if let status = try? fileStatus(at: settings.stateDirectory) {
            if !status.isFolder {
                say("state_directory", "\(settings.stateDirectory) is not a folder")
            } else if access(settings.stateDirectory, R_OK | W_OK | X_OK) != 0 {
                say(
                    "state_directory",
                    "\(settings.stateDirectory): \(Privileges.remedy(for: StateDirectory(path: settings.stateDirectory)))"
                )
            } else {
                do throws(StateVolumeError) {
                    try StateVolumes.check(StateDirectory(path: settings.stateDirectory))
                } catch {
                    say("state_directory", "\(error)")
                }
            }
        }
        return faults
    }
}

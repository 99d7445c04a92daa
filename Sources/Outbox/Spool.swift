internal import Glibc
internal import LinuxSystem
package import OutboxStore
internal import SystemPackage

/// Messages as files, for a site whose own tools send them: one `.eml` each in `<state>/mail`.
///
/// Crash safety: a file appears whole (temporary file, fsync, rename, fsync of the folder) under the mail's identifier; a
/// repeat after a crash replaces it by the same bytes.
/// Failures: a folder that can't be written is temporary, for every message alike.
package final class Spool: MailCarrier {
    package let delivered = OutboxMail.State.spooled
    private let path: String
    private var folder: Folder?

    /// - Parameter path: `<state>/mail`; opened at the first message.
    package init(path: String) {
        self.path = path
    }

    package func deliver(_ message: Message, name: String) throws(DeliveryFailure) {
        do {
            let folder = try self.folder ?? Folder(path: path)
            self.folder = folder
            try FileIO.writeAtomically(folder, Array("\(name).eml".utf8), message.bytes) {
                FaultPoint.reached(.mailWritten)
            }
        } catch {
            throw .unavailable("\(path): \(error)")
        }
    }

    package func rest() { folder = nil }
}

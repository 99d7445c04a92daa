internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// A secret that the operator keeps in a file of its own.
enum SecretFile {
    /// Longer than any password.
    private static let limit = 4096

    /// The first line of the file, read anew each time so that a new password is used at once.
    static func read(_ path: String) throws(DeliveryFailure) -> String {
        guard !path.isEmpty else { throw .unavailable("mail.username is set, but not mail.password_file") }
        let raw = open(path, O_RDONLY | O_CLOEXEC)
        guard raw >= 0 else { throw .unavailable("\(path): \(Errno(rawValue: errno))") }
        let file = Descriptor(adopting: raw)
        do {
            let bytes = try FileIO.readAll(file.raw, limit: limit)
            return String(decoding: bytes.prefix { $0 != 0x0A && $0 != 0x0D }, as: UTF8.self)
        } catch {
            throw .unavailable("\(path): \(error)")
        }
    }
}

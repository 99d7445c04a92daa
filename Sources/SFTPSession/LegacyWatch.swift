import CLibSSH
import Glibc
import SessionProtocol

/// Learns which algorithms were agreed, where `ssh-rsa` is offered at all.
///
/// libssh tells some of them in its log alone: the host key's, and a group exchange has no name. So its log is listened
/// to, from the start of a connection to its login.
final class LegacyWatch {
    private(set) var keyExchange: [UInt8]?
    private(set) var hostKey: [UInt8] = []

    /// - Returns: nil if there is nothing to watch for.
    init?(_ offered: Algorithms) {
        guard
            offered.publicKeys.utf8.split(separator: UInt8(ascii: ",")).contains(where: {
                $0.elementsEqual("ssh-rsa".utf8)
            })
        else { return nil }
        // Unretained: ``stop()`` takes it back before this object goes.
        ssh_set_log_userdata(Unmanaged.passUnretained(self).toOpaque())
        ssh_set_log_callback { _, function, text, userdata in
            guard let function, let text, let userdata else { return }
            // The text begins with the function's name, a colon and a space.
            let start = min(strlen(text), strlen(function) + 2)
            let bytes = UnsafeRawBufferPointer(start: text + start, count: strlen(text) - start)
            Unmanaged<LegacyWatch>.fromOpaque(userdata).takeUnretainedValue().note([UInt8](bytes))
        }
        ssh_set_log_level(SSH_LOG_TRACE)
    }

    func stop() {
        ssh_set_log_level(0)
        ssh_set_log_userdata(nil)
    }

    private func note(_ text: [UInt8]) {
        // "Negotiated <key exchange>,<host key>,…".
        let words = "Negotiated ".utf8
        guard text.starts(with: words) else { return }
        let names = text.dropFirst(words.count)
            .split(separator: UInt8(ascii: ","), maxSplits: 2, omittingEmptySubsequences: false)
        guard names.count > 1 else { return }
        keyExchange = Array(names[0].prefix(Bounds.algorithm))
        hostKey = Array(names[1].prefix(Bounds.algorithm))
    }
}

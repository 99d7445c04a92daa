import CLinux
import Glibc

/// Threads of the C library, for loops that block all their life.
package enum Thread {
    /// Virtual; only what is used becomes memory.
    private static let stackBytes = 4 << 20

    private final class Start {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }

    /// Names the calling thread, and with the first one its process, in `ps` and `pgrep`: 15 bytes, the rest is cut.
    package static func name(_ name: String) {
        clinux_name_thread(String(decoding: name.utf8.prefix(15), as: UTF8.self))
    }

    /// Starts a detached thread that runs `body`. False if the system has none to give.
    ///
    /// Every signal is blocked in it, so that the process's signals reach the thread that expects them.
    package static func start(name: String, _ body: @escaping @Sendable () -> Void) -> Bool {
        var attributes = pthread_attr_t()
        guard pthread_attr_init(&attributes) == 0 else { return false }
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
        pthread_attr_setstacksize(&attributes, stackBytes)
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        // A new thread inherits the mask of the one that makes it.
        pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        // Owned by the new thread from the moment it runs; taken back if there is none.
        let start = Unmanaged.passRetained(Start(name: name, body: body))
        var thread = pthread_t()
        let code = pthread_create(
            &thread, &attributes,
            { argument in
                guard let argument else { return nil }
                let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                Thread.name(start.name)
                start.body()
                return nil
            }, start.toOpaque())
        if code != 0 {
            start.release()
        }
        return code == 0
    }
}

import Glibc
package import SystemPackage

/// An open descriptor with one owner, closed when the value dies.
package struct Descriptor: ~Copyable, Sendable {
    /// The number, for calls that use it while this value lives. Never to be kept or closed.
    package let raw: CInt

    /// Takes over a descriptor that nobody else closes.
    package init(adopting raw: CInt) {
        self.raw = raw
    }

    deinit {
        // Not retried on EINTR: Linux has freed the number by then (man 2 close).
        _ = Glibc.close(raw)
    }

    /// Gives up ownership: whoever takes the number closes it.
    package consuming func release() -> CInt {
        let raw = raw
        discard self
        return raw
    }

    /// A second descriptor of the same open file, close-on-exec. The C function is `fcntl` with `F_DUPFD_CLOEXEC`.
    package borrowing func duplicate() throws(Errno) -> Descriptor {
        Descriptor(adopting: try systemCall { fcntl(raw, F_DUPFD_CLOEXEC, 3) })
    }
}

/// An open descriptor with several owners, for dictionaries and tuples: closed when the last reference goes.
package final class SharedDescriptor: Sendable {
    /// The number, for calls that use it while this object is referenced. Never to be closed.
    package let raw: CInt

    package init(_ descriptor: consuming Descriptor) {
        raw = descriptor.release()
    }

    deinit {
        _ = Glibc.close(raw)
    }

    /// As ``Descriptor/duplicate()``.
    package func duplicate() throws(Errno) -> Descriptor {
        Descriptor(adopting: try systemCall { fcntl(raw, F_DUPFD_CLOEXEC, 3) })
    }
}

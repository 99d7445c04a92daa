import CLinux

/// The memory of this process.
package enum Memory {
    /// All threads take memory from the same place from here on: what one has given back, another takes. To be called before there are any.
    /// The C function is `mallopt` (`M_ARENA_MAX`).
    package static func share() { clinux_share_memory() }

    /// Gives what is free back to the kernel. The C function is `malloc_trim`.
    package static func trim() { clinux_trim_memory() }
}

import CLinux

/// The memory of this process.
package enum Memory {
    /// Gives what is free back to the kernel. The C function is `malloc_trim`.
    package static func trim() { clinux_trim_memory() }
}

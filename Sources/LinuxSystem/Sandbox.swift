import CLinux
import Glibc
package import SystemPackage

/// A step of confinement that failed. The process must end: it is not to see a client's byte.
package struct SandboxError: Error, CustomStringConvertible {
    package var step: String
    package var code: Errno

    package var description: String { "\(step): \(code)" }
}

/// Confines a session's or the portal's process for good: from here on it works on the descriptors it has or receives, and on nothing
/// else. What needs files (OpenSSL, libssh, the time zone) must have been initialised before.
///
/// The template that sessions are copied from is confined first, all but for what makes a copy; a copy then gives up the
/// rest, before its client's first byte.
///
/// No single layer is relied upon. The system call filter refuses new files, sockets, processes and signals on any
/// kernel; Landlock refuses them again where the kernel has it (Debian 12's 6.1: files; 6.7: TCP; 6.12: abstract
/// sockets and signals); the limits bound what is left: memory, and the size of the file it writes.
///
/// There is no `PR_SET_PDEATHSIG`: it fires when the *thread* that started the process ends, which is no news. A
/// session ends when the control socket does.
package enum Sandbox {
    /// What the kernel gave.
    package struct Report: Sendable, Equatable {
        /// 0 where the kernel has no Landlock or it is switched off.
        package var landlockABI: Int
    }

    /// Two sockets, three ends of the pipe for last words, 64 handles and some to spare for descriptors that arrive before others go.
    private static let descriptorLimit: UInt64 = 80
    /// Writable private memory, in bytes. The most that an honest session was seen to use is half of it.
    private static let dataLimit: UInt64 = 64 << 20
    /// The portal's: pages, event loops, files on their way.
    private static let portalDataLimit: UInt64 = 512 << 20
    /// Besides the connections: sockets, event loops, a file for each upload and download.
    private static let portalDescriptors: UInt64 = 300

    /// Lets no other process of the same user look into this one: no trace, no core, no `/proc/PID/mem`.
    package static func hide() throws(SandboxError) {
        try step("not dumpable") { clinux_set_not_dumpable() }
    }

    /// Confines the calling process, which must have one thread: Landlock and capabilities are a thread's own. What is
    /// left to it beyond ``confineCopy(uploadCap:)`` is to copy itself, and to confine itself further.
    ///
    /// `newestLandlock` is the Landlock ABI to use at most, to show what an older kernel gives.
    @discardableResult
    package static func confineTemplate(newestLandlock: Int = .max) throws(SandboxError) -> Report {
        try limitProcess(descriptors: descriptorLimit, data: dataLimit)
        let abi = min(clinux_landlock_abi(), CInt(clamping: newestLandlock))
        if abi > 0 {
            try step("Landlock") { clinux_landlock_refuse_all(abi) }
        }
        try step("the template's system call filter") { clinux_seccomp_confine_template() }
        return Report(landlockABI: Int(abi))
    }

    /// Takes from a copy of a confined template what was left: other processes, and files larger than an upload.
    ///
    /// `uploadCap` is the size of the largest file it may write, in bytes; a write beyond it gives EFBIG.
    package static func confineCopy(uploadCap: UInt64) throws(SandboxError) {
        try limit("RLIMIT_FSIZE", CInt(RLIMIT_FSIZE.rawValue), uploadCap)
        try limit("RLIMIT_NPROC", CLINUX_RLIMIT_NPROC, 0)
        try step("system call filter") { clinux_seccomp_confine_session() }
    }

    /// Ends this process by SIGPROF once it has worked for so many seconds more: processor time, in which waiting for the
    /// daemon or a disk doesn't count. Each call begins anew.
    package static func limitWork(seconds: Int) { clinux_limit_work(CUnsignedInt(clamping: seconds)) }

    /// Confines the portal's process as far as it can be while it has one thread; ``confinePortalCalls()`` does the rest once the others run.
    ///
    /// What remains to be read is `/proc`, which the pool of threads under Swift's tasks needs; the daemon, not being dumpable, shows nothing
    /// there. Without Landlock the portal could read whatever its user can: that is an error.
    package static func confinePortalFiles(
        uploadCap: UInt64, maximumConnections: UInt64, newestLandlock: Int = .max
    ) throws(SandboxError) {
        try limitProcess(descriptors: maximumConnections &+ portalDescriptors, data: portalDataLimit)
        try limit("RLIMIT_FSIZE", CInt(RLIMIT_FSIZE.rawValue), uploadCap)
        let abi = min(clinux_landlock_abi(), CInt(clamping: newestLandlock))
        try step("Landlock") { clinux_landlock_allow_reading(abi, "/proc") }
    }

    /// The system call filter of the portal, on all its threads. Before it listens.
    package static func confinePortalCalls() throws(SandboxError) {
        try step("system call filter") { clinux_seccomp_confine_portal() }
    }

    private static func limitProcess(descriptors: UInt64, data: UInt64) throws(SandboxError) {
        // SIGXFSZ would end the process at the cap; ignored, the write fails with EFBIG and the client can be told.
        try step("ignoring SIGXFSZ") { clinux_ignore_file_size_signal() }
        try step("no_new_privs") { clinux_set_no_new_privileges() }
        try hide()
        try limit("RLIMIT_NOFILE", CInt(RLIMIT_NOFILE.rawValue), descriptors)
        try limit("RLIMIT_CORE", CInt(RLIMIT_CORE.rawValue), 0)
        try limit("RLIMIT_DATA", CInt(RLIMIT_DATA.rawValue), data)
        try step("capabilities") { clinux_drop_capabilities() }
    }

    private static func step(_ name: String, _ body: () -> CInt) throws(SandboxError) {
        do {
            try systemCall(body)
        } catch {
            throw SandboxError(step: name, code: error)
        }
    }

    private static func limit(
        _ name: String, _ resource: CInt, _ value: UInt64
    ) throws(SandboxError) {
        var present = rlimit()
        guard getrlimit(__rlimit_resource_t(CUnsignedInt(bitPattern: resource)), &present) == 0 else {
            return try step(name) { clinux_set_limit(resource, value) }
        }
        let tooLow =
            "\(name): \(value) is wanted and the hard limit is \(present.rlim_max): raise it (Limit\(name.dropFirst(7))= in the unit, or ulimit -H)"
        try step(value > present.rlim_max ? tooLow : name) { clinux_set_limit(resource, value) }
    }
}

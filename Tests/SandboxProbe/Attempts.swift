import CLinux
import Glibc
import LinuxSystem

/// Every attempt by the name that the tests use.
let attempts: [String: @Sendable () -> CInt] = files.merging(sockets) { first, _ in first }
    .merging(processes) { first, _ in first }
    .merging(kernel) { first, _ in first }
    .merging(sessionWork) { first, _ in first }

private let here = -100  // AT_FDCWD

private var secret: Int { address(CommandLine.arguments[4]) }
private var target: Int { Int(CommandLine.arguments[3]) ?? 0 }

private let files: [String: @Sendable () -> CInt] = [
    "open a file": { systemCall(SYS_openat, here, secret, Int(O_RDONLY)) },
    "create a file": { systemCall(SYS_openat, here, address("/tmp/sandbox-probe"), Int(O_CREAT | O_WRONLY), 0o600) },
    "openat2": {
        systemCall(SYS_openat2, here, secret, memory(24), 24)
    },
    "stat a path": { systemCall(SYS_newfstatat, here, secret, memory(256), 0) },
    "stat a path as if it were a descriptor": { systemCall(SYS_newfstatat, here, secret, memory(256), 0x1000) },
    "statx a path": { systemCall(SYS_statx, here, secret, 0, 0x7FF, memory(512)) },
    "read a link": { systemCall(SYS_readlinkat, here, address("/proc/self/exe"), memory(256), 256) },
    "remove a file": { systemCall(SYS_unlinkat, here, secret, 0) },
    "rename a file": { systemCall(SYS_renameat2, here, secret, here, address("/tmp/sandbox-probe-2"), 0) },
    "link a file": { systemCall(SYS_linkat, here, secret, here, address("/tmp/sandbox-probe-3"), 0) },
    "make a folder": { systemCall(SYS_mkdirat, here, address("/tmp/sandbox-probe-4"), 0o700) },
    "change a mode": { systemCall(SYS_fchmodat, here, secret, 0o644) },
    "change a descriptor's mode": { systemCall(SYS_fchmod, 3, 0o644) },
    "truncate a path": { systemCall(SYS_truncate, secret, 0) },
    "list a folder": { systemCall(SYS_getdents64, 3, memory(1024), 1024) },
    "take a lease": { systemCall(SYS_fcntl, 3, 1024 /* F_SETLEASE */, Int(F_WRLCK)) },
    "lock a file": { systemCall(SYS_flock, 3, 2) },
    "map code from memory": {
        systemCall(
            SYS_mmap, 0, 4096, Int(PROT_READ | PROT_EXEC), Int(MAP_PRIVATE | MAP_ANONYMOUS), -1, 0)
    },
    "make memory code": {
        let page = mmap(nil, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        return systemCall(SYS_mprotect, Int(bitPattern: page), 4096, Int(PROT_READ | PROT_EXEC))
    },
    "share memory": { map(MAP_SHARED | MAP_ANONYMOUS) },
    "share memory by its other name": { map(3 /* MAP_SHARED_VALIDATE */ | MAP_ANONYMOUS) },
    "share the upload's memory": { systemCall(SYS_mmap, 0, 4096, Int(PROT_READ), Int(MAP_SHARED), 3, 0) },
    "map the upload": { systemCall(SYS_mmap, 0, 4096, Int(PROT_READ), Int(MAP_PRIVATE), 3, 0) },
    "take a stack": { map(MAP_PRIVATE | MAP_ANONYMOUS | 0x100 /* MAP_GROWSDOWN */) },
    "lock memory": { map(MAP_PRIVATE | MAP_ANONYMOUS | 0x2000 /* MAP_LOCKED */) },
    "make a memory file": { systemCall(SYS_memfd_create, address("x"), 0) },
    "open by handle": { systemCall(SYS_open_by_handle_at, 3, memory(64), 0) },
]

private let sockets: [String: @Sendable () -> CInt] = [
    "make a TCP socket": { systemCall(SYS_socket, Int(AF_INET), 1, 0) },
    "make a Unix socket": { systemCall(SYS_socket, Int(AF_UNIX), 1, 0) },
    "make a socket pair": { systemCall(SYS_socketpair, Int(AF_UNIX), 1, 0, memory(8)) },
    "connect": { systemCall(SYS_connect, 5, memory(16), 16) },
    "bind": { systemCall(SYS_bind, 5, memory(16), 16) },
    "listen": { systemCall(SYS_listen, 5, 1) },
    "accept": { systemCall(SYS_accept4, 5, 0, 0, 0) },
    "send to an address": { systemCall(SYS_sendto, 5, address("x"), 1, 0, memory(16), 16) },
    "set an option": { systemCall(SYS_setsockopt, 5, Int(IPPROTO_TCP), Int(TCP_NODELAY), memory(4), 4) },
    "ask who the peer is": {
        systemCall(SYS_getsockopt, 4, Int(SOL_SOCKET), 17 /* SO_PEERCRED */, memory(12), size(12))
    },
    "ask for the peer's label": {
        systemCall(SYS_getsockopt, 5, Int(SOL_SOCKET), 31 /* SO_PEERSEC */, memory(256), size(256))
    },
    "ask TCP's state": { systemCall(SYS_getsockopt, 5, Int(IPPROTO_TCP), 11 /* TCP_INFO */, memory(256), size(256)) },
    "ask for the peer's address": { systemCall(SYS_getpeername, 5, memory(128), size(128)) },
    "send with fast open": { systemCall(SYS_sendto, 5, address("x"), 1, 0x2000_0000, 0, 0) },
    "send a message with fast open": { systemCall(SYS_sendmsg, 5, memory(56), 0x2000_0000) },
    "attach a filter": { systemCall(SYS_setsockopt, 5, 1, 26, memory(16), 16) },
    "broadcast": { systemCall(SYS_setsockopt, 5, 1, 6, memory(4), 4) },
    "own a socket's signals": { systemCall(SYS_fcntl, 5, 8 /* F_SETOWN */, target) },
    "own a socket's signals by ioctl": { systemCall(SYS_ioctl, 5, 0x8901 /* FIOSETOWN */, memory(4)) },
]

private let processes: [String: @Sendable () -> CInt] = [
    "signal the daemon": { systemCall(SYS_kill, target, 0) },
    "signal everybody": { systemCall(SYS_kill, -1, 0) },
    "signal the group": { systemCall(SYS_kill, 0, 0) },
    "signal a thread of the daemon": { systemCall(SYS_tgkill, target, target, 0) },
    "signal by tkill": { systemCall(SYS_tkill, target, 0) },
    "queue a signal": { systemCall(SYS_rt_sigqueueinfo, target, 0, memory(128)) },
    "open the daemon's pidfd": { systemCall(SYS_pidfd_open, target, 0) },
    "limit the daemon": { systemCall(SYS_prlimit64, target, 7, 0, memory(16)) },
    "raise its own limit": { systemCall(SYS_prlimit64, 0, Int(RLIMIT_FSIZE.rawValue), memory(16), 0) },
    "copy itself as its template did": {
        systemCall(SYS_clone, CLONE_PARENT_SIGCHLD, 0, 0, 0, 0)
    },
    "set an alarm": { systemCall(SYS_setitimer, 0 /* ITIMER_REAL */, memory(32), 0) },
    "become dumpable": { systemCall(SYS_prctl, 4, 1, 0, 0, 0) },
    "clone": {
        let code = systemCall(SYS_clone, 17 /* SIGCHLD */, 0, 0, 0, 0)
        // A child that was made after all must not go on as the probe.
        if code == 0, getppid() != CInt(target) { _exit(0) }
        return code
    },
    "clone3": { systemCall(SYS_clone3, memory(88), 88) },
    "change user": { systemCall(SYS_setuid, 65_534) },
    "run a program": { systemCall(SYS_execve, address("/bin/true"), memory(8), memory(8)) },
    "run a program by descriptor": { systemCall(SYS_execveat, 3, address(""), memory(8), memory(8), 0x1000) },
    "trace the daemon": { systemCall(SYS_ptrace, 16 /* PTRACE_ATTACH */, target, 0, 0) },
    "read the daemon's memory": { systemCall(SYS_process_vm_readv, target, memory(16), 1, memory(16), 1, 0) },
    "write the daemon's memory": { systemCall(SYS_process_vm_writev, target, memory(16), 1, memory(16), 1, 0) },
    "take the daemon's descriptor": { systemCall(SYS_pidfd_getfd, 3, 0, 0) },
]

private let kernel: [String: @Sendable () -> CInt] = [
    "load a BPF program": { systemCall(SYS_bpf, 0, memory(64), 64) },
    "watch performance": { systemCall(SYS_perf_event_open, memory(128), 0, -1, -1, 0) },
    "set up io_uring": { systemCall(SYS_io_uring_setup, 1, memory(128)) },
    "handle page faults": { systemCall(SYS_userfaultfd, 0) },
    "leave the namespaces": { systemCall(SYS_unshare, 0x1000_0000) },
    "mount": { systemCall(SYS_mount, address("none"), address("/mnt"), address("tmpfs"), 0, 0) },
    "change root": { systemCall(SYS_chroot, address("/")) },
    "add a key": { systemCall(SYS_add_key, address("user"), address("x"), address("x"), 1, -3) },
    "change the personality": { systemCall(SYS_personality, 0x0400000) },
    "call as x32": { systemCall(0x4000_0000 + 39) },
    "call as a 32-bit program": {
        guard let code = UnsafeRawPointer(bitPattern: machineCode) else { return 96 }
        let number = unsafeBitCast(code, to: (@convention(c) () -> CInt).self)()
        return number == getpid() ? 0 : 95
    },
]

/// The number of bytes as an address that a call reads and writes it at.
private func size(_ bytes: UInt32) -> Int {
    let place = memory(4)
    UnsafeMutablePointer<UInt32>(bitPattern: place)?.pointee = bytes
    return place
}

private func map(_ flags: CInt) -> CInt {
    systemCall(SYS_mmap, 0, 1 << 20, Int(PROT_READ | PROT_WRITE), Int(flags), -1, 0)
}

/// CLONE_PARENT | SIGCHLD: a copy that is no child of this process.
private let CLONE_PARENT_SIGCHLD = 0x8000 | 17

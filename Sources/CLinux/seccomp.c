// The system calls a session and the portal may make: seccomp(2), filter mode.
//
// A session works on descriptors that it was given; nothing here makes a new one from a name, starts a process or a
// thread, or reaches another process. Three answers:
//   allowed  what reading, writing, waiting and the C library's memory and clocks need;
//   EPERM    the rest, logged by the kernel: a library that merely probes for a file goes on without it;
//   killed   what only an intruder would call: another program, another process's memory, the kernel's machinery.
// The order of tests is the order of frequency. The kernel caches the answer for calls that are allowed whatever
// their arguments (Linux 5.11), so the length of the list costs little.
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define THIS_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define THIS_ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "The system call filter knows x86_64 and aarch64 only."
#endif

// Not in Debian 12's headers (linux/prctl.h, Linux 5.17): names a mapping.
#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41
#endif

// The low word of an argument on a little-endian machine; the kernel itself reads no more of an int argument.
#define ARGUMENT(n) ((uint32_t)(offsetof(struct seccomp_data, args) + (n) * sizeof(uint64_t)))
#define ARGUMENT_HIGH(n) (ARGUMENT(n) + (uint32_t)sizeof(uint32_t))

enum { room = 600 };

struct program {
    struct sock_filter code[room];
    unsigned short length;
    bool overflowed;
};

static const uint32_t allow = SECCOMP_RET_ALLOW;
static const uint32_t refuse = SECCOMP_RET_ERRNO | EPERM;
static const uint32_t end_process = SECCOMP_RET_KILL_PROCESS;

static void emit(struct program *program, uint16_t code, uint32_t value, uint8_t if_true, uint8_t if_false) {
    if (program->length >= room) {
        program->overflowed = true;
        return;
    }
    program->code[program->length++] = (struct sock_filter){code, if_true, if_false, value};
}

static void load(struct program *program, uint32_t offset) {
    emit(program, BPF_LD | BPF_W | BPF_ABS, offset, 0, 0);
}

static void answer(struct program *program, uint32_t value) {
    emit(program, BPF_RET | BPF_K, value, 0, 0);
}

// Skips `count` instructions unless the word that was loaded equals `value`.
static void unless_equal_skip(struct program *program, uint32_t value, uint8_t count) {
    emit(program, BPF_JMP | BPF_JEQ | BPF_K, value, 0, count);
}

static void rule(struct program *program, long call, uint32_t action) {
    unless_equal_skip(program, (uint32_t)call, 1);
    answer(program, action);
}

static void rules(struct program *program, const long *calls, size_t count, uint32_t action) {
    for (size_t index = 0; index < count; index++) {
        rule(program, calls[index], action);
    }
}

// Allows `call` if its argument `n` is one of `values`.
static void allow_if_one_of(
    struct program *program, long call, unsigned int n, const uint32_t *values, size_t count
) {
    unless_equal_skip(program, (uint32_t)call, (uint8_t)(2 + 2 * count));
    load(program, ARGUMENT(n));
    for (size_t index = 0; index < count; index++) {
        unless_equal_skip(program, values[index], 1);
        answer(program, allow);
    }
    answer(program, refuse);
}

// Allows `call` if none of `bits` is set in its argument `n`.
static void allow_without_bits(struct program *program, long call, unsigned int n, uint32_t bits) {
    unless_equal_skip(program, (uint32_t)call, 4);
    load(program, ARGUMENT(n));
    emit(program, BPF_JMP | BPF_JSET | BPF_K, bits, 0, 1);
    answer(program, refuse);
    answer(program, allow);
}

// sendto: no address and no MSG_FASTOPEN, which would be a connect.
static void allow_send_on_connection(struct program *program) {
    unless_equal_skip(program, SYS_sendto, 8);
    load(program, ARGUMENT(4));
    unless_equal_skip(program, 0, 5);
    load(program, ARGUMENT_HIGH(4));
    unless_equal_skip(program, 0, 3);
    load(program, ARGUMENT(3));
    emit(program, BPF_JMP | BPF_JSET | BPF_K, MSG_FASTOPEN, 1, 0);
    answer(program, allow);
    answer(program, refuse);
}

// setsockopt: buffer sizes, keepalive and TCP's timing, nothing that rewires a socket.
static void allow_socket_options(struct program *program) {
    static const uint32_t socket_level[] = {SO_SNDBUF, SO_RCVBUF, SO_KEEPALIVE, SO_LINGER};
    static const uint32_t tcp_level[] = {TCP_NODELAY, TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT};
    enum { options = 4 };
    unless_equal_skip(program, SYS_setsockopt, 2 * (2 + 2 * options) + 3);
    load(program, ARGUMENT(1));
    unless_equal_skip(program, SOL_SOCKET, 2 + 2 * options);
    load(program, ARGUMENT(2));
    for (int index = 0; index < options; index++) {
        unless_equal_skip(program, socket_level[index], 1);
        answer(program, allow);
    }
    answer(program, refuse);
    unless_equal_skip(program, IPPROTO_TCP, 1 + 2 * options);
    load(program, ARGUMENT(2));
    for (int index = 0; index < options; index++) {
        unless_equal_skip(program, tcp_level[index], 1);
        answer(program, allow);
    }
    answer(program, refuse);
}

static void refuse_other_architectures(struct program *program) {
    load(program, offsetof(struct seccomp_data, arch));
    emit(program, BPF_JMP | BPF_JEQ | BPF_K, THIS_ARCHITECTURE, 1, 0);
    answer(program, end_process);
    load(program, offsetof(struct seccomp_data, nr));
#if defined(__x86_64__)
    // x32 has the same architecture number and marks its calls with this bit.
    emit(program, BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1);
    answer(program, end_process);
#endif
}

static void allow_what_a_session_needs(struct program *program) {
    static const long calls[] = {
        SYS_read, SYS_write, SYS_pread64, SYS_pwrite64, SYS_readv, SYS_writev, SYS_preadv, SYS_pwritev,
#ifdef SYS_poll
        SYS_poll,
#endif
        SYS_ppoll, SYS_recvfrom, SYS_recvmsg, SYS_futex, SYS_clock_gettime, SYS_getrandom,
#ifdef SYS_epoll_wait
        SYS_epoll_wait, SYS_epoll_create,
#endif
        SYS_epoll_pwait, SYS_epoll_pwait2, SYS_epoll_ctl, SYS_epoll_create1,
        SYS_close, SYS_fstat, SYS_lseek, SYS_fsync, SYS_fdatasync, SYS_ftruncate,
        SYS_brk, SYS_munmap, SYS_mremap, SYS_madvise,
        SYS_getsockopt, SYS_getsockname, SYS_getpeername, SYS_shutdown,
        SYS_getpid, SYS_gettid, SYS_getuid, SYS_geteuid, SYS_getgid, SYS_getegid,
        SYS_clock_getres, SYS_gettimeofday,
#ifdef SYS_time
        SYS_time,
#endif
        SYS_nanosleep, SYS_clock_nanosleep, SYS_sched_yield, SYS_sysinfo,
        SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_sigaltstack, SYS_restart_syscall,
        SYS_exit, SYS_exit_group,
    };
    rules(program, calls, sizeof calls / sizeof *calls, allow);
}

static void allow_by_argument(struct program *program) {
    allow_without_bits(program, SYS_sendmsg, 2, MSG_FASTOPEN);
    allow_send_on_connection(program);
    allow_without_bits(program, SYS_mmap, 2, PROT_EXEC);
    allow_without_bits(program, SYS_mprotect, 2, PROT_EXEC);
    // F_SETOWN and F_SETSIG would have the kernel signal others; leases and locks could hold up the daemon.
    static const uint32_t controls[] = {F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD, F_DUPFD_CLOEXEC};
    allow_if_one_of(program, SYS_fcntl, 1, controls, sizeof controls / sizeof *controls);
    static const uint32_t requests[] = {FIONREAD, FIONBIO};
    allow_if_one_of(program, SYS_ioctl, 1, requests, sizeof requests / sizeof *requests);
    allow_socket_options(program);
    // abort() and raise(); the number stays this process's for as long as the filter lives.
    const uint32_t self[] = {(uint32_t)getpid()};
    allow_if_one_of(program, SYS_kill, 0, self, 1);
    allow_if_one_of(program, SYS_tgkill, 0, self, 1);
}

static void end_on_attack(struct program *program) {
    static const long calls[] = {
        SYS_execve, SYS_execveat, SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_process_madvise,
        SYS_pidfd_getfd, SYS_kcmp, SYS_bpf, SYS_perf_event_open, SYS_userfaultfd, SYS_io_uring_setup,
        SYS_io_uring_enter, SYS_io_uring_register, SYS_open_by_handle_at, SYS_name_to_handle_at, SYS_init_module,
        SYS_finit_module, SYS_delete_module, SYS_kexec_load, SYS_kexec_file_load, SYS_mount, SYS_umount2,
        SYS_move_mount, SYS_open_tree, SYS_fsopen, SYS_fsmount, SYS_mount_setattr, SYS_pivot_root, SYS_chroot,
        SYS_setns, SYS_unshare, SYS_personality, SYS_add_key, SYS_request_key, SYS_keyctl, SYS_acct, SYS_swapon,
        SYS_reboot, SYS_quotactl, SYS_fanotify_init,
    };
    rules(program, calls, sizeof calls / sizeof *calls, end_process);
}

static int install(struct program *program) {
    if (program->overflowed) {
        errno = E2BIG;
        return -1;
    }
    struct sock_fprog filter = {.len = program->length, .filter = program->code};
    long result = syscall(
        SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_LOG, &filter);
    if (result > 0) {
        // The number of a thread that could not be brought under the filter.
        errno = EBUSY;
        return -1;
    }
    return result == 0 ? 0 : -1;
}

int clinux_seccomp_confine_session(void) {
    struct program program = {.length = 0, .overflowed = false};
    refuse_other_architectures(&program);
    allow_what_a_session_needs(&program);
    allow_by_argument(&program);
    end_on_attack(&program);
    answer(&program, refuse);
    return install(&program);
}

// The portal: many connections on listening sockets that it was given, and the threads of the Swift runtime.

static void allow_what_the_portal_needs(struct program *program) {
    static const long calls[] = {
        SYS_read, SYS_write, SYS_readv, SYS_writev, SYS_pread64, SYS_pwrite64, SYS_recvmsg, SYS_recvfrom, SYS_futex,
#ifdef SYS_epoll_wait
        SYS_epoll_wait, SYS_epoll_create,
#endif
        SYS_epoll_pwait, SYS_epoll_pwait2, SYS_epoll_ctl, SYS_epoll_create1, SYS_eventfd2,
        SYS_timerfd_create, SYS_timerfd_settime, SYS_clock_gettime, SYS_clock_getres, SYS_gettimeofday,
#ifdef SYS_poll
        SYS_poll,
#endif
#ifdef SYS_time
        SYS_time,
#endif
        SYS_ppoll, SYS_nanosleep, SYS_clock_nanosleep, SYS_getrandom,
        // accept makes connections of the sockets that are listened on already: none can be bound, none connected.
        SYS_accept4, SYS_accept, SYS_listen, SYS_getsockopt, SYS_getsockname, SYS_getpeername, SYS_shutdown,
        SYS_close, SYS_fstat, SYS_lseek, SYS_fsync, SYS_ftruncate,
        SYS_brk, SYS_munmap, SYS_mremap, SYS_madvise,
        SYS_getpid, SYS_gettid, SYS_getuid, SYS_geteuid, SYS_getgid, SYS_getegid,
        SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_rt_sigtimedwait, SYS_sigaltstack,
        SYS_restart_syscall, SYS_sched_yield, SYS_sched_getaffinity, SYS_sysinfo, SYS_setpriority,
        SYS_set_robust_list, SYS_rseq, SYS_exit, SYS_exit_group,
    };
    rules(program, calls, sizeof calls / sizeof *calls, allow);
}

static void allow_threads_and_proc(struct program *program) {
    // glibc falls back to clone, whose flags a filter can see.
    rule(program, SYS_clone3, SECCOMP_RET_ERRNO | ENOSYS);
    unless_equal_skip(program, SYS_clone, 4);
    load(program, ARGUMENT(0));
    emit(program, BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 0, 1);
    answer(program, allow);
    answer(program, refuse);
    // libdispatch looks at its own threads in /proc, and takes a refusal for a fault of its own. Landlock leaves nothing else to be read.
    allow_without_bits(
        program, SYS_openat, 2, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_APPEND | (O_TMPFILE & ~O_DIRECTORY));
    static const uint32_t options[] = {PR_SET_NAME, PR_GET_NAME, PR_SET_VMA};
    allow_if_one_of(program, SYS_prctl, 0, options, sizeof options / sizeof *options);
}

int clinux_seccomp_confine_portal(void) {
    struct program program = {.length = 0, .overflowed = false};
    refuse_other_architectures(&program);
    allow_what_the_portal_needs(&program);
    allow_threads_and_proc(&program);
    allow_by_argument(&program);
    end_on_attack(&program);
    answer(&program, refuse);
    return install(&program);
}

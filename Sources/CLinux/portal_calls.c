// The system calls that the portal may make: many connections on listening sockets that it was given, and the threads of the
// Swift runtime.
#define _GNU_SOURCE
#include "CLinux.h"
#include "filter.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

// Not in Debian 12's headers (linux/prctl.h, Linux 5.17): names a mapping.
#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41
#endif

// setsockopt: buffer sizes, keepalive and TCP's timing, nothing that rewires a socket.
static void allow_socket_options(struct filter *filter) {
    static const uint32_t socket_level[] = {SO_SNDBUF, SO_RCVBUF, SO_KEEPALIVE, SO_LINGER};
    static const uint32_t tcp_level[] = {TCP_NODELAY, TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT};
    enum { options = 4 };
    filter_unless_equal_skip(filter, SYS_setsockopt, 2 * (2 + 2 * options) + 3);
    filter_load(filter, ARGUMENT(1));
    filter_unless_equal_skip(filter, SOL_SOCKET, 2 + 2 * options);
    filter_load(filter, ARGUMENT(2));
    for (int index = 0; index < options; index++) {
        filter_unless_equal_skip(filter, socket_level[index], 1);
        filter_answer(filter, filter_allow);
    }
    filter_answer(filter, filter_refuse);
    filter_unless_equal_skip(filter, IPPROTO_TCP, 1 + 2 * options);
    filter_load(filter, ARGUMENT(2));
    for (int index = 0; index < options; index++) {
        filter_unless_equal_skip(filter, tcp_level[index], 1);
        filter_answer(filter, filter_allow);
    }
    filter_answer(filter, filter_refuse);
}

static void allow_what_the_portal_needs(struct filter *filter) {
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
    filter_allow_calls(filter, calls, sizeof calls / sizeof *calls);
}

static void allow_threads_and_proc(struct filter *filter) {
    // glibc falls back to clone, whose flags a filter can see.
    filter_rule(filter, SYS_clone3, SECCOMP_RET_ERRNO | ENOSYS);
    filter_unless_equal_skip(filter, SYS_clone, 4);
    filter_load(filter, ARGUMENT(0));
    filter_emit(filter, BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 0, 1);
    filter_answer(filter, filter_allow);
    filter_answer(filter, filter_refuse);
    // libdispatch looks at its own threads in /proc, and takes a refusal for a fault of its own. Landlock leaves nothing else to be read.
    filter_allow_without_bits(
        filter, SYS_openat, 2, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_APPEND | (O_TMPFILE & ~O_DIRECTORY));
    static const uint32_t options[] = {PR_SET_NAME, PR_GET_NAME, PR_SET_VMA};
    filter_allow_if_one_of(filter, SYS_prctl, 0, options, sizeof options / sizeof *options);
}

static void allow_by_argument(struct filter *filter) {
    filter_allow_sending(filter);
    filter_allow_private_memory(filter);
    // F_SETOWN and F_SETSIG would have the kernel signal others; leases and locks could hold up the daemon.
    static const uint32_t controls[] = {F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD, F_DUPFD_CLOEXEC};
    filter_allow_if_one_of(filter, SYS_fcntl, 1, controls, sizeof controls / sizeof *controls);
    static const uint32_t requests[] = {FIONREAD, FIONBIO};
    filter_allow_if_one_of(filter, SYS_ioctl, 1, requests, sizeof requests / sizeof *requests);
    allow_socket_options(filter);
    filter_allow_own_signals(filter);
}

int clinux_seccomp_confine_portal(void) {
    struct filter filter;
    filter_begin(&filter);
    allow_what_the_portal_needs(&filter);
    allow_threads_and_proc(&filter);
    allow_by_argument(&filter);
    return filter_install(&filter);
}

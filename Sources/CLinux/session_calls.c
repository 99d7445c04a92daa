// The system calls that a session may make, and the template that it is a copy of.
#define _GNU_SOURCE
#include "CLinux.h"
#include "filter.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>

// getsockopt: what kind of socket it is, and what is wrong with it.
static void allow_socket_questions(struct filter *filter) {
    filter_unless_equal_skip(filter, SYS_getsockopt, 8);
    filter_load(filter, ARGUMENT(1));
    filter_unless_equal_skip(filter, SOL_SOCKET, 5);
    filter_load(filter, ARGUMENT(2));
    filter_unless_equal_skip(filter, SO_ERROR, 1);
    filter_answer(filter, filter_allow);
    filter_unless_equal_skip(filter, SO_TYPE, 1);
    filter_answer(filter, filter_allow);
    filter_answer(filter, filter_refuse);
}

// Most frequent first. What an honest session calls was seen with strace, with OpenSSH's sftp as its client; every other client
// of the test suite works under this filter, which refuses or ends whatever calls more.
static void allow_what_a_session_needs(struct filter *filter) {
    static const long calls[] = {
        // The client's socket, read and written by libssh; the daemon's messages, with their descriptors. There are two
        // ways to wait: which one is taken depends on what the name « poll » is linked to.
        SYS_recvfrom, SYS_ppoll, SYS_recvmsg,
#ifdef SYS_poll
        SYS_poll,
#endif
        // The upload, and the file that is downloaded.
        SYS_pwrite64, SYS_pread64, SYS_fstat, SYS_fsync, SYS_ftruncate, SYS_close,
        // malloc's, with what it gives back.
        SYS_brk, SYS_munmap, SYS_mremap, SYS_madvise,
        // OpenSSL's random numbers, and the number by which they notice that they are a copy's.
        SYS_getrandom, SYS_getpid,
        // A clock that the vDSO doesn't read by itself, as on some virtual machines, and glibc's and libssh's ways to it.
        SYS_clock_gettime, SYS_gettimeofday,
#ifdef SYS_time
        SYS_time,
#endif
        // A once-block of the Swift runtime wakes those who wait for it, though nobody does.
        SYS_futex,
        // What the kernel calls in the place of a wait that SIGSTOP and SIGCONT interrupted.
        SYS_restart_syscall,
        // abort() blocks and unblocks its signal, asks which thread it is, and gives the signal its default again, after
        // a handler that the Swift runtime may have.
        SYS_rt_sigprocmask, SYS_gettid, SYS_rt_sigaction, SYS_rt_sigreturn,
        // Last words on standard error: a trap's, glibc's about its heap.
        SYS_write, SYS_writev,
        SYS_exit_group,
    };
    filter_allow_calls(filter, calls, sizeof calls / sizeof *calls);
}

static void allow_by_argument(struct filter *filter) {
    filter_allow_sending(filter);
    // malloc's: what it takes, and a heap that grows into what it has reserved.
    filter_allow_private_memory(filter);
    // Copies of the client's socket that stay this process's, and libssh's way not to wait for it. F_SETOWN and F_SETSIG
    // would have the kernel signal others; leases and locks could hold up the daemon.
    static const uint32_t controls[] = {F_GETFL, F_SETFL, F_DUPFD_CLOEXEC};
    filter_allow_if_one_of(filter, SYS_fcntl, 1, controls, sizeof controls / sizeof *controls);
    // libssh asks before it believes that a descriptor is a socket, and after an error.
    allow_socket_questions(filter);
    // The end of a turn that takes too long.
    static const uint32_t timers[] = {ITIMER_PROF};
    filter_allow_if_one_of(filter, SYS_setitimer, 0, timers, 1);
}

// What a template needs besides: to make copies, in one way alone, and what a copy confines itself further by.
// Filters add up: a copy can't do what its template's refuses, and its own refuses the following again.
static void allow_what_a_template_needs(struct filter *filter) {
    static const uint32_t copies[] = {CLONE_PARENT | SIGCHLD};
    filter_allow_if_one_of(filter, SYS_clone, 0, copies, 1);
    // Its own limits: another process's number would be another argument.
    static const uint32_t self[] = {0};
    filter_allow_if_one_of(filter, SYS_prlimit64, 0, self, 1);
    static const uint32_t names[] = {PR_SET_NAME};
    filter_allow_if_one_of(filter, SYS_prctl, 0, names, 1);
    static const uint32_t filters[] = {SECCOMP_SET_MODE_FILTER};
    filter_allow_if_one_of(filter, SYS_seccomp, 0, filters, 1);
    // The numbers of its copies aren't known yet: what they may send to themselves is abort's signal and no other.
    static const uint32_t own_end[] = {SIGABRT};
    filter_allow_if_one_of(filter, SYS_tgkill, 2, own_end, 1);
}

int clinux_seccomp_confine_template(void) {
    struct filter filter;
    filter_begin(&filter);
    allow_what_a_session_needs(&filter);
    allow_by_argument(&filter);
    allow_what_a_template_needs(&filter);
    return filter_install(&filter);
}

int clinux_seccomp_confine_session(void) {
    struct filter filter;
    filter_begin(&filter);
    allow_what_a_session_needs(&filter);
    allow_by_argument(&filter);
    filter_allow_own_signals(&filter);
    return filter_install(&filter);
}

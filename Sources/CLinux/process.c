// Starting, copying, signalling and reaping a process: posix_spawn(3), clone(2), pidfd_open(2), waitid(2).
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// Not in glibc's headers before 2.36's <sys/pidfd.h>; fixed by the kernel's ABI (linux/wait.h).
#ifndef P_PIDFD
#define P_PIDFD 3
#endif

static int spawn_with(
    pid_t *pid, const char *path, char *const arguments[], char *const environment[], const int *moved,
    const int *targets, size_t count, int first_closed
) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int error = posix_spawn_file_actions_init(&actions);
    if (error != 0) {
        return error;
    }
    error = posix_spawnattr_init(&attributes);
    if (error != 0) {
        posix_spawn_file_actions_destroy(&actions);
        return error;
    }
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    error = posix_spawnattr_setsigmask(&attributes, &none);
    if (error == 0) {
        error = posix_spawnattr_setsigdefault(&attributes, &all);
    }
    if (error == 0) {
        error = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    }
    for (size_t index = 0; error == 0 && index < count; index++) {
        error = posix_spawn_file_actions_adddup2(&actions, moved[index], targets[index]);
    }
    if (error == 0) {
        error = posix_spawn_file_actions_addclosefrom_np(&actions, first_closed);
    }
    if (error == 0) {
        error = posix_spawn(pid, path, &actions, &attributes, arguments, environment);
    }
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

int clinux_spawn(
    pid_t *pid, const char *path, char *const arguments[], char *const environment[], const int *sources,
    const int *targets, size_t count
) {
    int highest = STDERR_FILENO;
    for (size_t index = 0; index < count; index++) {
        if (sources[index] < 0 || targets[index] < 0) {
            return EBADF;
        }
        if (targets[index] > highest) {
            highest = targets[index];
        }
    }
    // Each source is first copied above every target: a source that happens to carry a target's number would
    // otherwise be overwritten before its turn, or, being equal to its own target, keep its close-on-exec flag.
    int *moved = calloc(count == 0 ? 1 : count, sizeof(int));
    if (moved == NULL) {
        return ENOMEM;
    }
    size_t made = 0;
    int error = 0;
    while (made < count) {
        moved[made] = fcntl(sources[made], F_DUPFD_CLOEXEC, highest + 1);
        if (moved[made] == -1) {
            error = errno;
            break;
        }
        made++;
    }
    if (error == 0) {
        error = spawn_with(pid, path, arguments, environment, moved, targets, count, highest + 1);
    }
    while (made > 0) {
        close(moved[--made]);
    }
    free(moved);
    return error;
}

void clinux_name_thread(const char *name) {
    (void)pthread_setname_np(pthread_self(), name);
}

pid_t clinux_copy_process(void) {
    // By number: fork(3) has no place for the flag. What it does besides is for other threads, and there are none; the
    // thread's number that the C library remembers is only compared with itself. Arguments that differ between
    // architectures in their order are all 0.
    return (pid_t)syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);
}

int clinux_pidfd_open(pid_t pid) {
    // Close-on-exec is set by the kernel.
    return (int)syscall(SYS_pidfd_open, pid, 0);
}

int clinux_pidfd_send_signal(int pidfd, int signal) {
    return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0);
}

int clinux_pidfd_reap(int pidfd, int *code, int *status) {
    siginfo_t info;
    info.si_pid = 0;
    if (waitid((idtype_t)P_PIDFD, (id_t)pidfd, &info, WEXITED | WNOHANG) == -1) {
        return -1;
    }
    if (info.si_pid == 0) {
        return 0;
    }
    *code = info.si_code;
    *status = info.si_status;
    return 1;
}

pid_t clinux_dead_child(void) {
    siginfo_t info;
    info.si_pid = 0;
    if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == -1) {
        return 0;
    }
    return info.si_pid;
}

void clinux_bury_child(pid_t pid) {
    int status;
    waitpid(pid, &status, WNOHANG);
}

void clinux_share_memory(void) {
    mallopt(M_ARENA_MAX, 1);
}

void clinux_trim_memory(void) {
    malloc_trim(0);
}

// The Linux calls that glibc 2.36 has no wrapper for, or that Swift can't call: variadic functions, function-like
// macros (CMSG_*, S_ISREG), system calls by number, and headers that Swift's Glibc module leaves out.
//
// Every function returns -1 and sets errno as a system call does, unless it says otherwise. None retries on EINTR,
// allocates memory that it doesn't free, or keeps a pointer. Swift reaches them through the LinuxSystem module only.
#ifndef COLLECTEUR_CLINUX_H
#define COLLECTEUR_CLINUX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/types.h>

// MARK: Files beneath a folder (folder.c)

/// openat2(2) with RESOLVE_BENEATH, RESOLVE_NO_SYMLINKS and RESOLVE_NO_MAGICLINKS: the kernel itself refuses a path
/// that leaves the folder, by "..", an absolute path or a link. O_CLOEXEC and O_NOFOLLOW are added to `flags`.
int clinux_open_beneath(int folder, const char *path, int flags, mode_t mode);

/// O_PATH of <fcntl.h>, which Swift doesn't see without _GNU_SOURCE; the same on x86_64 and aarch64.
#define CLINUX_O_PATH 010000000

/// renameat2(2), with RENAME_NOREPLACE or without.
int clinux_rename(int from_folder, const char *from, int to_folder, const char *to, bool no_replace);

/// fstat(2) by its own system call: glibc 2.36 asks for it with newfstatat and an empty path, which the sandbox
/// must refuse, because a filter can't see whether the path is empty.
int clinux_fstat(int fd, struct stat *status);

/// copy_file_range(2): Swift sees no glibc function that wants _GNU_SOURCE.
ssize_t clinux_copy_file_range(int source, int64_t from, int target, int64_t to, size_t count);

/// memfd_create(2), close-on-exec: a file without a name, in memory.
int clinux_memory_file(const char *name);

/// openat(2) with O_TMPFILE, close-on-exec: a file without a name, on the folder's disk. EOPNOTSUPP: its file system has none.
int clinux_unnamed_file(int folder);

/// A read lease (fcntl F_SETLEASE, F_RDLCK). EAGAIN: somebody has the file open for writing.
int clinux_take_read_lease(int fd);

// MARK: Packets (packet.c)

/// One SOCK_SEQPACKET message, with `descriptor` in SCM_RIGHTS unless it is -1. Never waits, never raises SIGPIPE.
ssize_t clinux_send_packet(int socket, const void *bytes, size_t count, int descriptor);

/// Receives one message without waiting. At most one descriptor comes with it, close-on-exec, or -1.
///
/// A message that was cut (MSG_TRUNC), whose control data was cut (MSG_CTRUNC), or that carried more than one
/// descriptor or anything but SCM_RIGHTS gives EBADMSG; every descriptor it carried has been closed.
ssize_t clinux_receive_packet(int socket, void *buffer, size_t capacity, int *descriptor);

/// A connected SOCK_SEQPACKET pair, close-on-exec, with buffers of `buffer_bytes` as far as the system allows.
int clinux_packet_pair(int pair[2], int buffer_bytes);

// MARK: Processes (process.c)

/// posix_spawn(3) of `path` with its descriptors `targets[i]` made from `sources[i]`; what is above the highest
/// target is closed. The signal mask is empty and every disposition the default. Returns 0 or an errno value.
int clinux_spawn(
    pid_t *pid, const char *path, char *const arguments[], char *const environment[], const int *sources,
    const int *targets, size_t count);

/// clone(2) as fork(2) does it, but the copy is a child of the caller's parent (CLONE_PARENT). The caller must have one
/// thread. 0 in the copy.
pid_t clinux_copy_process(void);

int clinux_pidfd_open(pid_t pid);
int clinux_pidfd_send_signal(int pidfd, int signal);

/// waitid(2) on a pidfd without waiting: 1 if the process had ended and is now reaped, 0 if it runs, -1 on error.
/// `code` is CLD_EXITED, CLD_KILLED or CLD_DUMPED; `status` the exit status or the signal.
int clinux_pidfd_reap(int pidfd, int *code, int *status);

/// A child that has ended and that nobody has reaped yet; 0 if there is none. It stays unreaped.
pid_t clinux_dead_child(void);

/// Reaps a child that has ended.
void clinux_bury_child(pid_t pid);

// MARK: The sandbox (landlock.c, filter.c, session_calls.c, portal_calls.c, confine.c)

/// The kernel's Landlock ABI, or 0 where Landlock is missing or switched off.
int clinux_landlock_abi(void);

/// Refuses every file access, TCP bind and connect, abstract socket and outward signal that `abi` can refuse.
/// Needs no_new_privs.
int clinux_landlock_refuse_all(int abi);

/// As ``clinux_landlock_refuse_all``, but that what lies beneath `folder` may be read.
int clinux_landlock_allow_reading(int abi, const char *folder);

/// Installs the system call filter of a template, or of the session that is a copy of one, on all threads. Needs
/// no_new_privs. The second adds to the first.
int clinux_seccomp_confine_template(void);
int clinux_seccomp_confine_session(void);

/// Installs the system call filter of the portal on all threads, those to come among them. Needs no_new_privs.
int clinux_seccomp_confine_portal(void);

int clinux_set_no_new_privileges(void);
int clinux_set_not_dumpable(void);

/// Gives up every capability, so that a session started by root is no more than any other user.
int clinux_drop_capabilities(void);

/// All threads take memory from the same place from here on: what one gives back, another takes. Before there are any.
void clinux_share_memory(void);

/// Gives the C library's free memory back to the kernel.
void clinux_trim_memory(void);

/// Soft and hard limit of a resource together (RLIMIT_*).
int clinux_set_limit(int resource, uint64_t value);
#define CLINUX_RLIMIT_NPROC 6

/// Ends this process by SIGPROF once it has worked for so many seconds (setitimer(2), ITIMER_PROF); each call begins anew.
int clinux_limit_work(unsigned int seconds);

/// Ignores SIGXFSZ, so that a write beyond RLIMIT_FSIZE fails with EFBIG instead of ending the process.
int clinux_ignore_file_size_signal(void);

// MARK: Other

/// Names the calling thread, 15 bytes at most.
void clinux_name_thread(const char *name);

/// A random value from getrandom(2), for names of temporary files.
int clinux_random(uint64_t *value);

#endif

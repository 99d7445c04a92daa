// Files beneath a folder descriptor: openat2, renameat2, fstat and leases.
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

int clinux_open_beneath(int folder, const char *path, int flags, mode_t mode) {
    struct open_how how;
    memset(&how, 0, sizeof how);
    how.flags = (uint64_t)(unsigned int)(flags | O_CLOEXEC | O_NOFOLLOW);
    // openat2 refuses a mode without O_CREAT or O_TMPFILE, which open(2) ignores.
    bool creates = (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
    how.mode = creates ? mode : 0;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    long fd = -1;
    // > EAGAIN: how.resolve contains RESOLVE_BENEATH, and the kernel could not ensure that a ".." component didn't
    // > escape (due to a race condition or potential attack). The caller may choose to retry.
    // The same number stands for a lease that somebody holds, hence the bound.
    for (int attempt = 0; attempt < 8; attempt++) {
        fd = syscall(SYS_openat2, folder, path, &how, sizeof how);
        if (fd >= 0 || errno != EAGAIN) {
            break;
        }
    }
    return (int)fd;
}

int clinux_rename(int from_folder, const char *from, int to_folder, const char *to, bool no_replace) {
    return renameat2(from_folder, from, to_folder, to, no_replace ? RENAME_NOREPLACE : 0);
}

int clinux_fstat(int fd, struct stat *status) {
    return (int)syscall(SYS_fstat, fd, status);
}

ssize_t clinux_copy_file_range(int source, int64_t from, int target, int64_t to, size_t count) {
    off64_t from_offset = from;
    off64_t to_offset = to;
    return copy_file_range(source, &from_offset, target, &to_offset, count, 0);
}

int clinux_memory_file(const char *name) {
    return memfd_create(name, MFD_CLOEXEC);
}

int clinux_unnamed_file(int folder) {
    return openat(folder, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
}

int clinux_take_read_lease(int fd) {
    // When the lease is broken the kernel signals the holder, by default with SIGIO, whose default action ends the
    // process. SIGURG is ignored by default: no disposition of the process has to change.
    if (fcntl(fd, F_SETSIG, SIGURG) == -1) {
        return -1;
    }
    return fcntl(fd, F_SETLEASE, F_RDLCK);
}

int clinux_random(uint64_t *value) {
    return getrandom(value, sizeof *value, 0) == (ssize_t)sizeof *value ? 0 : -1;
}

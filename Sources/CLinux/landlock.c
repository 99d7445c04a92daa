// Landlock: a ruleset that handles every right the kernel knows and has no rule, so that nothing is allowed; or one rule, to read beneath one
// folder.
//
// Written against the kernel's documentation (userspace-api/landlock.rst) and not the installed header: Debian 12's
// describes ABI 2, and the kernel that runs may know more.
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

struct ruleset {
    uint64_t handled_access_fs;
    uint64_t handled_access_net; // ABI 4
    uint64_t scoped;             // ABI 6
};

// Access rights to files: execute to make_sym are the 13 rights of ABI 1.
static uint64_t file_rights(int abi) {
    uint64_t rights = (UINT64_C(1) << 13) - 1;
    if (abi >= 2) {
        rights |= UINT64_C(1) << 13; // refer
    }
    if (abi >= 3) {
        rights |= UINT64_C(1) << 14; // truncate
    }
    if (abi >= 5) {
        rights |= UINT64_C(1) << 15; // ioctl_dev
    }
    return rights;
}

int clinux_landlock_abi(void) {
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    return abi > 0 ? (int)abi : 0;
}

// A ruleset that handles everything that `abi` knows, or -1.
static long everything(int abi) {
    if (abi < 1) {
        errno = EOPNOTSUPP;
        return -1;
    }
    struct ruleset ruleset;
    memset(&ruleset, 0, sizeof ruleset);
    ruleset.handled_access_fs = file_rights(abi);
    size_t size = sizeof ruleset.handled_access_fs;
    if (abi >= 4) {
        ruleset.handled_access_net = 0x3; // bind_tcp, connect_tcp
        size = offsetof(struct ruleset, scoped);
    }
    if (abi >= 6) {
        ruleset.scoped = 0x3; // abstract_unix_socket, signal
        size = sizeof ruleset;
    }
    return syscall(SYS_landlock_create_ruleset, &ruleset, size, 0);
}

// Puts the calling thread under the ruleset and closes it.
static int restrict_self(long fd) {
    long result = syscall(SYS_landlock_restrict_self, (int)fd, 0);
    int error = errno;
    close((int)fd);
    errno = error;
    return result == 0 ? 0 : -1;
}

int clinux_landlock_refuse_all(int abi) {
    long fd = everything(abi);
    return fd < 0 ? -1 : restrict_self(fd);
}

int clinux_landlock_allow_reading(int abi, const char *folder) {
    long fd = everything(abi);
    if (fd < 0) {
        return -1;
    }
    struct landlock_path_beneath_attr rule = {
        .allowed_access = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR,
        .parent_fd = open(folder, O_PATH | O_CLOEXEC),
    };
    long result = rule.parent_fd < 0
        ? -1 : syscall(SYS_landlock_add_rule, (int)fd, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    int error = errno;
    if (rule.parent_fd >= 0) {
        close(rule.parent_fd);
    }
    if (result != 0) {
        close((int)fd);
        errno = error;
        return -1;
    }
    return restrict_self(fd);
}

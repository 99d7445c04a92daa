// The small steps of confining a process: prctl(2), capset(2), setrlimit(2).
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <linux/capability.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

int clinux_set_no_new_privileges(void) {
    return prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L);
}

int clinux_set_not_dumpable(void) {
    return prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L);
}

int clinux_drop_capabilities(void) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3];
    struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3];
    memset(none, 0, sizeof none);
    // Where there is nothing to give up, a service manager's filter may refuse capset itself, and rightly.
    if (syscall(SYS_capget, &header, sets) != 0)
        return -1;
    if (memcmp(sets, none, sizeof none) == 0)
        return 0;
    return (int)syscall(SYS_capset, &header, none);
}

int clinux_ignore_file_size_signal(void) {
    return signal(SIGXFSZ, SIG_IGN) == SIG_ERR ? -1 : 0;
}

int clinux_limit_work(unsigned int seconds) {
    struct itimerval limit = {.it_value = {.tv_sec = (time_t)seconds}};
    return setitimer(ITIMER_PROF, &limit, NULL);
}

int clinux_set_limit(int resource, uint64_t value) {
    struct rlimit limit = {.rlim_cur = (rlim_t)value, .rlim_max = (rlim_t)value};
    return setrlimit((__rlimit_resource_t)resource, &limit);
}

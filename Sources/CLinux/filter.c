// What filter.h says.
#define _GNU_SOURCE
#include "filter.h"

#include "CLinux.h"

#include <errno.h>
#include <sys/mman.h>
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

const uint32_t filter_allow = SECCOMP_RET_ALLOW;
const uint32_t filter_refuse = SECCOMP_RET_ERRNO | EPERM;
static const uint32_t end_process = SECCOMP_RET_KILL_PROCESS;

void filter_emit(struct filter *filter, uint16_t code, uint32_t value, uint8_t if_true, uint8_t if_false) {
    if (filter->length >= filter_room) {
        filter->overflowed = true;
        return;
    }
    filter->code[filter->length++] = (struct sock_filter){code, if_true, if_false, value};
}

void filter_load(struct filter *filter, uint32_t offset) {
    filter_emit(filter, BPF_LD | BPF_W | BPF_ABS, offset, 0, 0);
}

void filter_answer(struct filter *filter, uint32_t value) {
    filter_emit(filter, BPF_RET | BPF_K, value, 0, 0);
}

void filter_unless_equal_skip(struct filter *filter, uint32_t value, uint8_t count) {
    filter_emit(filter, BPF_JMP | BPF_JEQ | BPF_K, value, 0, count);
}

void filter_rule(struct filter *filter, long call, uint32_t action) {
    filter_unless_equal_skip(filter, (uint32_t)call, 1);
    filter_answer(filter, action);
}

static void rules(struct filter *filter, const long *calls, size_t count, uint32_t action) {
    for (size_t index = 0; index < count; index++) {
        filter_rule(filter, calls[index], action);
    }
}

void filter_allow_calls(struct filter *filter, const long *calls, size_t count) {
    rules(filter, calls, count, filter_allow);
}

void filter_allow_if_one_of(struct filter *filter, long call, unsigned int n, const uint32_t *values, size_t count) {
    filter_unless_equal_skip(filter, (uint32_t)call, (uint8_t)(2 + 2 * count));
    filter_load(filter, ARGUMENT(n));
    for (size_t index = 0; index < count; index++) {
        filter_unless_equal_skip(filter, values[index], 1);
        filter_answer(filter, filter_allow);
    }
    filter_answer(filter, filter_refuse);
}

void filter_allow_without_bits(struct filter *filter, long call, unsigned int n, uint32_t bits) {
    filter_unless_equal_skip(filter, (uint32_t)call, 4);
    filter_load(filter, ARGUMENT(n));
    filter_emit(filter, BPF_JMP | BPF_JSET | BPF_K, bits, 0, 1);
    filter_answer(filter, filter_refuse);
    filter_answer(filter, filter_allow);
}

void filter_allow_sending(struct filter *filter) {
    filter_allow_without_bits(filter, SYS_sendmsg, 2, MSG_FASTOPEN);
    filter_unless_equal_skip(filter, SYS_sendto, 8);
    filter_load(filter, ARGUMENT(4));
    filter_unless_equal_skip(filter, 0, 5);
    filter_load(filter, ARGUMENT_HIGH(4));
    filter_unless_equal_skip(filter, 0, 3);
    filter_load(filter, ARGUMENT(3));
    filter_emit(filter, BPF_JMP | BPF_JSET | BPF_K, MSG_FASTOPEN, 1, 0);
    filter_answer(filter, filter_allow);
    filter_answer(filter, filter_refuse);
}

void filter_allow_private_memory(struct filter *filter) {
    // What is asked for besides matters to nobody else: a reserve, a thread's stack, a place.
    const uint32_t harmless = MAP_NORESERVE | MAP_STACK | MAP_FIXED;
    filter_unless_equal_skip(filter, SYS_mmap, 7);
    filter_load(filter, ARGUMENT(2));
    filter_emit(filter, BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 4, 0);
    filter_load(filter, ARGUMENT(3));
    filter_emit(filter, BPF_ALU | BPF_AND | BPF_K, ~harmless, 0, 0);
    filter_unless_equal_skip(filter, MAP_PRIVATE | MAP_ANONYMOUS, 1);
    filter_answer(filter, filter_allow);
    filter_answer(filter, filter_refuse);
    filter_allow_without_bits(filter, SYS_mprotect, 2, PROT_EXEC);
}

void filter_allow_own_signals(struct filter *filter) {
    const uint32_t self[] = {(uint32_t)getpid()};
    filter_allow_if_one_of(filter, SYS_kill, 0, self, 1);
    filter_allow_if_one_of(filter, SYS_tgkill, 0, self, 1);
}

void filter_begin(struct filter *filter) {
    filter->length = 0;
    filter->overflowed = false;
    filter_load(filter, offsetof(struct seccomp_data, arch));
    filter_emit(filter, BPF_JMP | BPF_JEQ | BPF_K, THIS_ARCHITECTURE, 1, 0);
    filter_answer(filter, end_process);
    filter_load(filter, offsetof(struct seccomp_data, nr));
#if defined(__x86_64__)
    // x32 has the same architecture number and marks its calls with this bit.
    filter_emit(filter, BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1);
    filter_answer(filter, end_process);
#endif
}

static void end_on_attack(struct filter *filter) {
    static const long calls[] = {
        SYS_execve, SYS_execveat, SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_process_madvise,
        SYS_pidfd_getfd, SYS_kcmp, SYS_bpf, SYS_perf_event_open, SYS_userfaultfd, SYS_io_uring_setup,
        SYS_io_uring_enter, SYS_io_uring_register, SYS_open_by_handle_at, SYS_name_to_handle_at, SYS_init_module,
        SYS_finit_module, SYS_delete_module, SYS_kexec_load, SYS_kexec_file_load, SYS_mount, SYS_umount2,
        SYS_move_mount, SYS_open_tree, SYS_fsopen, SYS_fsmount, SYS_mount_setattr, SYS_pivot_root, SYS_chroot,
        SYS_setns, SYS_unshare, SYS_personality, SYS_add_key, SYS_request_key, SYS_keyctl, SYS_acct, SYS_swapon,
        SYS_reboot, SYS_quotactl, SYS_fanotify_init,
    };
    rules(filter, calls, sizeof calls / sizeof *calls, end_process);
}

int filter_install(struct filter *filter) {
    end_on_attack(filter);
    filter_answer(filter, filter_refuse);
    if (filter->overflowed) {
        errno = E2BIG;
        return -1;
    }
    struct sock_fprog program = {.len = filter->length, .filter = filter->code};
    long result = syscall(
        SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_LOG, &program);
    if (result > 0) {
        // The number of a thread that could not be brought under the filter.
        errno = EBUSY;
        return -1;
    }
    return result == 0 ? 0 : -1;
}

#pragma once
// The machinery of the system call filters: seccomp(2), filter mode. Which calls a session and the portal may make is said in
// session_calls.c and portal_calls.c.
//
// Both work on descriptors that they were given; nothing here makes a new one from a name, starts a process, or reaches
// another process. Three answers:
//   allowed  what reading, writing, waiting and the C library's memory and clocks need;
//   EPERM    the rest, logged by the kernel: a library that merely probes for a file goes on without it;
//   killed   what only an intruder would call: another program, another process's memory, the kernel's machinery.
// The order of tests is the order of frequency. The kernel caches the answer for calls that are allowed whatever
// their arguments (Linux 5.11), so the length of the list costs little.
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The low word of an argument on a little-endian machine; the kernel itself reads no more of an int argument.
#define ARGUMENT(n) ((uint32_t)(offsetof(struct seccomp_data, args) + (n) * sizeof(uint64_t)))
#define ARGUMENT_HIGH(n) (ARGUMENT(n) + (uint32_t)sizeof(uint32_t))

enum { filter_room = 600 };

struct filter {
    struct sock_filter code[filter_room];
    unsigned short length;
    bool overflowed;
};

extern const uint32_t filter_allow, filter_refuse;

void filter_emit(struct filter *filter, uint16_t code, uint32_t value, uint8_t if_true, uint8_t if_false);
void filter_load(struct filter *filter, uint32_t offset);
void filter_answer(struct filter *filter, uint32_t value);

// Skips `count` instructions unless the word that was loaded equals `value`.
void filter_unless_equal_skip(struct filter *filter, uint32_t value, uint8_t count);

void filter_rule(struct filter *filter, long call, uint32_t action);
void filter_allow_calls(struct filter *filter, const long *calls, size_t count);

// Allows `call` if its argument `n` is one of `values`.
void filter_allow_if_one_of(struct filter *filter, long call, unsigned int n, const uint32_t *values, size_t count);

// Allows `call` if none of `bits` is set in its argument `n`.
void filter_allow_without_bits(struct filter *filter, long call, unsigned int n, uint32_t bits);

// sendto and sendmsg on what is connected: no address and no MSG_FASTOPEN, which would be a connect.
void filter_allow_sending(struct filter *filter);

// mmap and mprotect: memory of one's own that holds no code. Shared memory escapes RLIMIT_DATA, and so does what grows
// downwards as a stack does.
void filter_allow_private_memory(struct filter *filter);

// abort() and raise(). The number stays this process's for as long as the filter lives.
void filter_allow_own_signals(struct filter *filter);

// First: another calling convention ends the process.
void filter_begin(struct filter *filter);

// Last: what only an intruder calls ends the process, the rest is refused; installs the filter on all threads.
int filter_install(struct filter *filter);

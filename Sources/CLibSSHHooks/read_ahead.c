// recv(2) and poll(2) of one socket, with a buffer in between.
#define _GNU_SOURCE
#include "CLibSSHHooks.h"

#include <poll.h>
#include <sys/socket.h>
#include <time.h>

static struct {
    int socket;
    size_t start, end;
    char bytes[65536];
} ahead = {.socket = -1};

void clibssh_read_ahead(int socket) {
    ahead.socket = socket;
    ahead.start = ahead.end = 0;
}

__attribute__((visibility("default"))) ssize_t recv(int socket, void *buffer, size_t count, int flags) {
    if (socket != ahead.socket || flags != 0) {
        return recvfrom(socket, buffer, count, flags, NULL, NULL);
    }
    if (ahead.start == ahead.end) {
        // The end of the stream and errors come when all before them has been taken, as without a buffer.
        ssize_t received = recvfrom(socket, ahead.bytes, sizeof ahead.bytes, 0, NULL, NULL);
        if (received <= 0) {
            return received;
        }
        ahead.start = 0;
        ahead.end = (size_t)received;
    }
    size_t held = ahead.end - ahead.start;
    size_t taken = count < held ? count : held;
    __builtin_memcpy(buffer, ahead.bytes + ahead.start, taken);
    ahead.start += taken;
    return (ssize_t)taken;
}

__attribute__((visibility("default"))) int poll(struct pollfd *entries, nfds_t count, int milliseconds) {
    struct pollfd *held = NULL;
    for (nfds_t index = 0; index < count && ahead.start != ahead.end; index++) {
        if (entries[index].fd == ahead.socket && (entries[index].events & POLLIN) != 0) {
            held = &entries[index];
        }
    }
    // While bytes are held nobody waits; the others are looked at all the same.
    if (held != NULL) {
        milliseconds = 0;
    }
    struct timespec limit = {.tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1000000L};
    int ready = ppoll(entries, count, milliseconds < 0 ? NULL : &limit, NULL);
    if (held != NULL && ready >= 0) {
        ready += held->revents == 0 ? 1 : 0;
        held->revents |= POLLIN;
    }
    return ready;
}

// Messages with a descriptor over SOCK_SEQPACKET: unix(7), cmsg(3). After OpenSSH's monitor_fdpass.c.
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

// unix(7): no message carries more than SCM_MAX_FD descriptors. Room for all of them, so that a peer that sends too
// many is told from one whose control data is cut, and none stays open.
enum { most_descriptors = 253 };

ssize_t clinux_send_packet(int socket, const void *bytes, size_t count, int descriptor) {
    struct iovec part = {.iov_base = (void *)(uintptr_t)bytes, .iov_len = count};
    struct msghdr message;
    memset(&message, 0, sizeof message);
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    union {
        struct cmsghdr alignment;
        char room[CMSG_SPACE(sizeof(int))];
    } control;
    if (descriptor >= 0) {
        memset(&control, 0, sizeof control);
        message.msg_control = control.room;
        message.msg_controllen = sizeof control.room;
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(header), &descriptor, sizeof(int));
    }
    return sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

ssize_t clinux_receive_packet(int socket, void *buffer, size_t capacity, int *descriptor) {
    *descriptor = -1;
    struct iovec part = {.iov_base = buffer, .iov_len = capacity};
    union {
        struct cmsghdr alignment;
        char room[CMSG_SPACE(most_descriptors * sizeof(int))];
    } control;
    struct msghdr message;
    memset(&message, 0, sizeof message);
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.room;
    message.msg_controllen = sizeof control.room;
    ssize_t received = recvmsg(socket, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    if (received < 0) {
        return -1;
    }
    bool odd = (message.msg_flags & (MSG_CTRUNC | MSG_TRUNC)) != 0;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header != NULL; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) {
            odd = true;
            continue;
        }
        size_t carried = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t index = 0; index < carried; index++) {
            int one;
            memcpy(&one, CMSG_DATA(header) + index * sizeof(int), sizeof(int));
            if (*descriptor == -1 && !odd) {
                *descriptor = one;
            } else {
                close(one);
                odd = true;
            }
        }
    }
    if (odd) {
        if (*descriptor != -1) {
            close(*descriptor);
            *descriptor = -1;
        }
        errno = EBADMSG;
        return -1;
    }
    return received;
}

int clinux_packet_pair(int pair[2], int buffer_bytes) {
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == -1) {
        return -1;
    }
    // A message must fit into the send buffer whole (EMSGSIZE otherwise). Above net.core.wmem_max the kernel takes
    // the maximum instead, which is not an error.
    for (int end = 0; end < 2; end++) {
        (void)setsockopt(pair[end], SOL_SOCKET, SO_SNDBUF, &buffer_bytes, sizeof buffer_bytes);
        (void)setsockopt(pair[end], SOL_SOCKET, SO_RCVBUF, &buffer_bytes, sizeof buffer_bytes);
    }
    return 0;
}

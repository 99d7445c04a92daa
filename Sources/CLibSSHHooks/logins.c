// ssh_message_free and ssh_buffer_get_data, which libssh 0.10 calls for each login: the first to let go of it, the second
// for each field that it reads of it.
#define _GNU_SOURCE
#include "CLibSSHHooks.h"

#include <dlfcn.h>
#include <libssh/server.h>
#include <string.h>

static const struct clibssh_logins *logins;
// The program has been shown the login that is being handled.
static bool is_shown;

// A login's packet: RFC 4253 section 6 (the padding's length, then the message), RFC 4252 section 5 (the number 50, login,
// service, method) and section 7 or 8 (a boolean; with a key its algorithm, then the key itself).
enum { USERAUTH_REQUEST = 50, FIRST_FIELDS = 3 };
enum place { OUTSIDE, LENGTH, CONTENT, FLAG };

static struct {
    ssh_buffer packet;
    // The last that was read from the packet was one byte.
    bool after_byte;
    enum place place;
    unsigned int strings;
    struct clibssh_login login;
} reading;

void clibssh_watch_logins(const struct clibssh_logins *new_logins) {
    logins = new_logins;
    is_shown = false;
    memset(&reading, 0, sizeof reading);
}

void clibssh_login_shown(void) {
    is_shown = true;
}

const struct clibssh_login *clibssh_login(void) {
    return &reading.login;
}

static void follow_string(const uint8_t *bytes, uint32_t count) {
    static const char key_method[] = "publickey";
    reading.strings++;
    switch (reading.strings) {
    case FIRST_FIELDS:
        reading.login.is_key = count == sizeof key_method - 1 && memcmp(bytes, key_method, count) == 0;
        reading.place = FLAG;
        return;
    case FIRST_FIELDS + 1:
        // Of a password nothing is kept.
        if (reading.login.is_key && count <= sizeof reading.login.algorithm) {
            memcpy(reading.login.algorithm, bytes, count);
            reading.login.algorithm_count = count;
        }
        break;
    case FIRST_FIELDS + 2:
        reading.login.key_count = count;
        reading.place = OUTSIDE;
        return;
    }
    reading.place = LENGTH;
}

static void follow(ssh_buffer buffer, const uint8_t *bytes, uint32_t count) {
    // The key that is in a login is read from a buffer of its own, before its login is done with.
    if (buffer != reading.packet && reading.place != OUTSIDE) {
        return;
    }
    bool after_byte = buffer == reading.packet && reading.after_byte;
    reading.packet = buffer;
    reading.after_byte = count == 1;
    if (after_byte && count == 1 && bytes[0] == USERAUTH_REQUEST) {
        reading.place = LENGTH;
        reading.strings = 0;
        memset(&reading.login, 0, sizeof reading.login);
        return;
    }
    switch (reading.place) {
    case OUTSIDE:
        return;
    case LENGTH:
        reading.place = count == 4 ? CONTENT : OUTSIDE;
        return;
    case CONTENT:
        follow_string(bytes, count);
        return;
    case FLAG:
        reading.login.flag = count == 1 && bytes[0] != 0;
        reading.place = count == 1 ? LENGTH : OUTSIDE;
        return;
    }
}

__attribute__((visibility("default"))) uint32_t ssh_buffer_get_data(ssh_buffer buffer, void *data, uint32_t count) {
    static uint32_t (*next)(ssh_buffer, void *, uint32_t);
    if (next == NULL) {
        *(void **)&next = dlsym(RTLD_NEXT, "ssh_buffer_get_data");
    }
    // Nothing can be read without it: 0 is « too short ».
    uint32_t got = next == NULL ? 0 : next(buffer, data, count);
    if (logins != NULL && got == count) {
        follow(buffer, data, count);
    }
    return got;
}

__attribute__((visibility("default"))) void ssh_message_free(ssh_message message) {
    static void (*next)(ssh_message);
    if (next == NULL) {
        *(void **)&next = dlsym(RTLD_NEXT, "ssh_message_free");
    }
    if (logins != NULL && message != NULL) {
        if (!is_shown && ssh_message_type(message) == SSH_REQUEST_AUTH) {
            logins->dropped(logins->context, message);
        }
        is_shown = false;
        reading.place = OUTSIDE;
        memset(&reading.login, 0, sizeof reading.login);
    }
    if (next != NULL) {
        next(message);
    }
}

// Depositors for the benchmark: each logs in on a connection of its own, puts a file by SFTP and leaves.
//
// usage: load -P PORT -a ACCOUNTS -f FILE (-k KEY | -p PASSWORD) [options]
//   -a FILE    lines "login path": one connection each, the file goes to that path
//   -s SECONDS the connections begin evenly over that time; default: one after the other
//   -n TIMES   each puts the file so often, on its one connection
//   -w FOLDER  after each CLOSE waits for the deposit's last report, in FOLDER + the folder of the path
//   -i         each stays, idle, once it could begin to put: prints "ready" and waits for the end of standard input
//   -b         each comes from an address of its own, 127.x.y.z
// Prints a line a deposit: "ok|failed SESSION CLOSE REPORT", in seconds: from the connection to here, from CLOSE to its
// reply, and from that reply to the report.
//
// In C, because a thousand clients in Python would need more processor than the server that is measured.
#include <fcntl.h>
#include <libssh/libssh.h>
#include <libssh/sftp.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <time.h>
#include <unistd.h>

struct measure {
    int ok;
    double session, closing, report;
};

struct depositor {
    char login[128], path[512], address[32];
    double start;
    struct measure *measures;
    pthread_t thread;
};

static int port, times = 1, idle;
static const char *watched;
static char *content;
static size_t content_size;
static ssh_key key;
static const char *password;
static double origin;
static pthread_barrier_t all_ready, may_leave;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

// Waits until a name with that ending has been moved into the watched folder. A report's last file is the .json.
static int report_comes(int inotify) {
    char buffer[64 * 1024] __attribute__((aligned(__alignof__(struct inotify_event))));
    struct pollfd poller = {inotify, POLLIN, 0};
    while (poll(&poller, 1, 120000) == 1) {
        ssize_t size = read(inotify, buffer, sizeof buffer);
        for (char *place = buffer; place < buffer + size;) {
            struct inotify_event *event = (struct inotify_event *)place;
            size_t length = event->len ? strlen(event->name) : 0;
            if (length > 13 && strcmp(event->name + length - 13, ".rapport.json") == 0) return 1;
            place += sizeof *event + event->len;
        }
    }
    return 0;
}

static int put(sftp_session sftp, struct depositor *self, struct measure *measure, int inotify) {
    sftp_file file = sftp_open(sftp, self->path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (!file) return 0;
    size_t sent = 0;
    while (sent < content_size) {
        size_t piece = content_size - sent < 32000 ? content_size - sent : 32000;
        ssize_t written = sftp_write(file, content + sent, piece);
        if (written <= 0) break;
        sent += (size_t)written;
    }
    double closing = now();
    int ok = sftp_close(file) == SSH_OK && sent == content_size;
    double closed = now();
    measure->closing = closed - closing;
    if (ok && inotify >= 0) {
        ok = report_comes(inotify);
        measure->report = now() - closed;
    }
    return ok;
}

static void deposit(ssh_session session, struct depositor *self) {
    int no = 0, yes = 1;
    long timeout = 300;
    ssh_options_set(session, SSH_OPTIONS_HOST, "127.0.0.1");
    ssh_options_set(session, SSH_OPTIONS_PORT, &port);
    ssh_options_set(session, SSH_OPTIONS_USER, self->login);
    if (self->address[0]) ssh_options_set(session, SSH_OPTIONS_BINDADDR, self->address);
    ssh_options_set(session, SSH_OPTIONS_STRICTHOSTKEYCHECK, &no);
    ssh_options_set(session, SSH_OPTIONS_KNOWNHOSTS, "/dev/null");
    ssh_options_set(session, SSH_OPTIONS_GLOBAL_KNOWNHOSTS, "/dev/null");
    ssh_options_set(session, SSH_OPTIONS_PROCESS_CONFIG, &no);
    ssh_options_set(session, SSH_OPTIONS_TIMEOUT, &timeout);
    ssh_options_set(session, SSH_OPTIONS_NODELAY, &yes);
    ssh_options_set(session, SSH_OPTIONS_CIPHERS_C_S, "aes128-gcm@openssh.com,aes256-gcm@openssh.com,aes256-ctr");
    ssh_options_set(session, SSH_OPTIONS_CIPHERS_S_C, "aes128-gcm@openssh.com,aes256-gcm@openssh.com,aes256-ctr");
    if (ssh_connect(session) != SSH_OK) return;
    int answer = key ? ssh_userauth_publickey(session, NULL, key) : ssh_userauth_password(session, NULL, password);
    if (answer != SSH_AUTH_SUCCESS) return;
    sftp_session sftp = sftp_new(session);
    if (!sftp) return;
    int inotify = -1;
    if (watched) {
        char folder[1024];
        snprintf(folder, sizeof folder, "%s%.*s", watched, (int)(strrchr(self->path, '/') - self->path), self->path);
        inotify = inotify_init1(IN_CLOEXEC);
        inotify_add_watch(inotify, folder, IN_MOVED_TO);
    }
    if (sftp_init(sftp) == SSH_OK) {
        if (idle) {
            self->measures[0].ok = 1;
            pthread_barrier_wait(&all_ready);
            pthread_barrier_wait(&may_leave);
        } else {
            for (int i = 0; i < times; i++) self->measures[i].ok = put(sftp, self, &self->measures[i], inotify);
        }
    }
    if (inotify >= 0) close(inotify);
    sftp_free(sftp);
}

static void *run(void *argument) {
    struct depositor *self = argument;
    double wait = origin + self->start - now();
    if (wait > 0) {
        struct timespec pause = {(time_t)wait, (long)((wait - (double)(time_t)wait) * 1e9)};
        nanosleep(&pause, NULL);
    }
    double start = now();
    ssh_session session = ssh_new();
    if (session) {
        deposit(session, self);
        if (!self->measures[0].ok) {
            fprintf(stderr, "%s: %s\n", self->login, ssh_get_error(session));
            // Those that are in must not wait for this one.
            if (idle) exit(1);
        }
        ssh_disconnect(session);
        ssh_free(session);
    }
    for (int i = 0; i < times; i++) self->measures[i].session = now() - start;
    return NULL;
}

static struct depositor *read_accounts(const char *path, size_t *size, int own_addresses) {
    FILE *file = fopen(path, "r");
    size_t capacity = 16;
    struct depositor *all = calloc(capacity, sizeof *all);
    while (file && all && fscanf(file, "%127s %511s", all[*size].login, all[*size].path) == 2) {
        struct depositor *one = &all[*size];
        unsigned address = (unsigned)*size + 2;
        if (own_addresses)
            snprintf(one->address, sizeof one->address, "127.1.%u.%u", address / 250, address % 250 + 1);
        one->measures = calloc((size_t)times, sizeof *one->measures);
        if (!one->measures || !strchr(one->path, '/')) exit(71);
        if (++*size == capacity) {
            all = realloc(all, 2 * capacity * sizeof *all);
            if (!all) exit(71);
            memset(all + capacity, 0, capacity * sizeof *all);
            capacity *= 2;
        }
    }
    if (!file || !all) exit(66);
    fclose(file);
    return all;
}

static void read_content(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file) exit(66);
    fseek(file, 0, SEEK_END);
    content_size = (size_t)ftell(file);
    rewind(file);
    content = malloc(content_size + 1);
    if (!content || fread(content, 1, content_size, file) != content_size) exit(66);
    fclose(file);
}

int main(int count, char **arguments) {
    const char *accounts = NULL, *file = NULL, *key_file = NULL;
    double spread = -1;
    int own_addresses = 0, option;
    while ((option = getopt(count, arguments, "P:a:f:k:p:s:n:w:ib")) != -1) {
        switch (option) {
        case 'P': port = atoi(optarg); break;
        case 'a': accounts = optarg; break;
        case 'f': file = optarg; break;
        case 'k': key_file = optarg; break;
        case 'p': password = optarg; break;
        case 's': spread = atof(optarg); break;
        case 'n': times = atoi(optarg); break;
        case 'w': watched = optarg; break;
        case 'i': idle = 1; break;
        case 'b': own_addresses = 1; break;
        default: return 64;
        }
    }
    if (!port || !accounts || times < 1 || !(key_file || password) || !(file || idle)) return 64;
    if (idle) times = 1;
    if (file) read_content(file);
    ssh_init();
    if (key_file && ssh_pki_import_privkey_file(key_file, NULL, NULL, NULL, &key) != SSH_OK) return 66;
    size_t size = 0;
    struct depositor *all = read_accounts(accounts, &size, own_addresses);
    if (idle && spread < 0) spread = 0;
    pthread_barrier_init(&all_ready, NULL, (unsigned)size + 1);
    pthread_barrier_init(&may_leave, NULL, (unsigned)size + 1);
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 512 * 1024);
    origin = now();
    for (size_t i = 0; i < size; i++) {
        all[i].start = spread > 0 ? spread * (double)i / (double)size : 0;
        if (spread < 0) {
            run(&all[i]);
        } else if (pthread_create(&all[i].thread, &small, run, &all[i]) != 0) {
            return 71;
        }
    }
    if (idle) {
        pthread_barrier_wait(&all_ready);
        puts("ready");
        fflush(stdout);
        while (getchar() != EOF) {}
        pthread_barrier_wait(&may_leave);
    }
    int failures = 0;
    for (size_t i = 0; i < size; i++) {
        if (spread >= 0) pthread_join(all[i].thread, NULL);
        for (int j = 0; j < times; j++) {
            struct measure *m = &all[i].measures[j];
            if (!idle) printf("%s %.6f %.6f %.6f\n", m->ok ? "ok" : "failed", m->session, m->closing, m->report);
            failures += !m->ok;
        }
    }
    return failures ? 1 : 0;
}

"""What hostile, broken or unusual SSH clients send below SFTP, on paramiko's transport."""
import os
import queue
import random
import socket
import statistics
import struct
import threading
import time

import paramiko
from paramiko.auth_handler import AuthHandler

from sftp_packets import *

CHANNEL_DATA, CHANNEL_EXTENDED_DATA, NEWKEYS, SERVICE_REQUEST, USERAUTH_REQUEST = 94, 95, 21, 5, 50


def message(kind, *parts):
    """An SSH message; parts are bytes as they are, strings (with their length), booleans and 32-bit numbers."""
    m = paramiko.Message()
    m.add_byte(bytes([kind]))
    for part in parts:
        if isinstance(part, bytes):
            m.add_bytes(part)
        elif isinstance(part, bool):
            m.add_boolean(part)
        elif isinstance(part, int):
            m.add_int(part)
        else:
            m.add_string(part)
    return m


def password_request(login, password):
    return message(USERAUTH_REQUEST, login, 'ssh-connection', 'password', False, password)


class SentAlready(AuthHandler):
    """Takes the answers to a login whose messages were sent without it."""

    def __init__(self, transport, login):
        super().__init__(transport)
        self.auth_method, self.username, self.auth_event = 'password', login, threading.Event()

    def _parse_service_accept(self, m):
        pass


class PipeliningTransport(paramiko.Transport):
    """Sends its NEWKEYS, the service request and the password in one go, before anything is answered."""

    def __init__(self, address, login, password):
        super().__init__(address)
        self.login_sent, self.login, self.password = False, login, password

    def _activate_outbound(self):
        if self.login_sent:
            return super()._activate_outbound()
        self.login_sent = True
        held, write = [], self.packetizer.write_all
        self.packetizer.write_all = held.append
        super()._activate_outbound()
        self._send_message(message(SERVICE_REQUEST, 'ssh-userauth'))
        self._send_message(password_request(self.login, self.password))
        self.packetizer.write_all = write
        self.auth_handler = SentAlready(self, self.login)
        self.accepted = self.auth_handler.auth_event
        write(b''.join(held))


def flood(sftp, kind, count, size=32768):
    """Channel data that ignores the server's window. Returns once the server has ended the connection, or all is sent."""
    data = bytes(size)
    head = (CHANNEL_EXTENDED_DATA, sftp.channel.remote_chanid, 1) if kind == 'stderr' else \
        (CHANNEL_DATA, sftp.channel.remote_chanid)
    try:
        for _ in range(count):
            sftp.transport._send_user_message(message(*head, struct.pack('>I', size) + data))
    except (EOFError, OSError, paramiko.SSHException):
        pass


def ends(sftp, seconds=200):
    """Whether the server ends the connection."""
    deadline = time.monotonic() + seconds
    while sftp.transport.is_active():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


class FlippingProxy:
    """Passes a connection on, and flips one bit of the ciphertext of the client's first large packet.

    The client must use AES-GCM: the length before each packet is in clear, 16 bytes of tag follow it.
    """

    def __init__(self, port, larger_than=4096, flip=True):
        self.larger_than, self.flip, self.flipped = larger_than, flip, threading.Event()
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.port = self.listener.getsockname()[1]
        self.target = port
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        client, _ = self.listener.accept()
        server = socket.create_connection(('127.0.0.1', self.target))
        threading.Thread(target=self._copy, args=(server, client), daemon=True).start()
        try:
            self._forward(client.makefile('rb'), server)
        except OSError:
            pass
        server.close()

    def _copy(self, source, sink):
        try:
            while data := source.recv(65536):
                sink.sendall(data)
        except OSError:
            pass
        sink.close()

    def _forward(self, client, server):
        server.sendall(client.readline())
        kind = None
        while kind != NEWKEYS:
            head = client.read(4)
            body = client.read(struct.unpack('>I', head)[0])
            kind = body[1]
            server.sendall(head + body)
        while head := client.read(4):
            length = struct.unpack('>I', head)[0]
            body = bytearray(client.read(length + 16))
            if self.flip and length > self.larger_than and not self.flipped.is_set():
                body[length // 2] ^= 1
                self.flipped.set()
            server.sendall(head + body)


def mutated(rng, folder, handles):
    """One SFTP packet, without its length: random, or a good one that was damaged."""
    name = lambda: string(rng.choice([folder + '/a.tmp', folder + '/b.tmp', folder, '/', '', '..', 'x' * rng.randrange(5000),
                                      bytes(rng.randrange(256) for _ in range(rng.randrange(40)))]))
    handle = lambda: string(rng.choice(handles + [b'', b'\0' * 4, bytes(rng.randrange(256) for _ in range(4))]))
    number = lambda: rng.choice([0, 1, 5, 255, 1 << 31, (1 << 32) - 1, rng.randrange(1 << 32)])
    attrs = lambda: rng.choice([NO_ATTRS, attributes(size=number()), attributes(permissions=number(), times=(number(), number())),
                                struct.pack('>II', 1 << 31, number())])
    offset = lambda: struct.pack('>Q', rng.choice([0, 10, 1 << 20, (1 << 63) - 1, (1 << 64) - 1, number()]))
    bodies = {
        OPEN: lambda: name() + struct.pack('>I', rng.choice([R, W | CREAT, W | CREAT | TRUNC, R | W | APPEND, number()])) + attrs(),
        CLOSE: handle, FSTAT: handle, READDIR: handle,
        READ: lambda: handle() + offset() + struct.pack('>I', number()),
        WRITE: lambda: handle() + offset() + string(bytes(rng.randrange(300))),
        SETSTAT: lambda: name() + attrs(), FSETSTAT: lambda: handle() + attrs(), MKDIR: lambda: name() + attrs(),
        RENAME: lambda: name() + name(), SYMLINK: lambda: name() + name(),
        EXTENDED: lambda: string(rng.choice(['posix-rename@openssh.com', 'statvfs@openssh.com', 'fsync@openssh.com',
                                             'limits@openssh.com', 'x'])) + name() + name(),
    }
    for kind in [LSTAT, STAT, OPENDIR, REMOVE, RMDIR, REALPATH, READLINK]:
        bodies[kind] = name
    kind = rng.choice(list(bodies))
    packet = bytearray(bytes([kind]) + struct.pack('>I', number()) + bodies[kind]())
    choice = rng.random()
    if choice < 0.15:
        packet = bytearray(rng.randrange(256) for _ in range(rng.randrange(1, 200)))
    elif choice < 0.45:
        for _ in range(rng.randrange(1, 4)):
            packet[rng.randrange(len(packet))] = rng.randrange(256)
    elif choice < 0.6:
        packet = packet[:rng.randrange(1, len(packet) + 1)]
    elif choice < 0.65:
        packet += bytes(rng.randrange(50))
    return bytes(packet)


def fuzz(connect, folder, packets, seed):
    """Sends so many random and damaged packets, on a new connection whenever one ends.

    Returns how many connections it needed, how many packets were sent on those that were not ended by a length that can't be, and how
    many of these were answered.
    """
    rng = random.Random(seed)
    connections = sent = whole = whole_answered = 0
    while sent < packets:
        sftp = connect()
        connections += 1
        handles, answered, first, is_whole = [], [], sent, True
        for _ in range(4):
            opened = sftp.open(folder + '/%d.tmp' % rng.randrange(8), W | CREAT)
            if opened.type == HANDLE:
                handles.append(opened.handle)
        answers = threading.Thread(target=_drain, args=(sftp, answered), daemon=True)
        answers.start()
        try:
            batch = b''
            for _ in range(min(5000, packets - sent)):
                packet = mutated(rng, folder, handles)
                batch += struct.pack('>I', len(packet)) + packet
                sent += 1
                if len(batch) > 30000:
                    sftp.channel.sendall(batch)
                    batch = b''
            if rng.random() < 0.3:  # a length that can't be
                is_whole = False
                batch += struct.pack('>I', rng.choice([0, 1 << 20, (1 << 32) - 1]))
            sftp.channel.sendall(batch)
            sftp.channel.shutdown_write()
        except (EOFError, OSError):
            pass
        answers.join(400)
        assert not answers.is_alive(), 'the server stopped answering'
        sftp.transport.close()
        if is_whole:
            whole, whole_answered = whole + sent - first, whole_answered + sum(answered)
    return connections, whole, whole_answered


def _drain(sftp, answered):
    """Reads answers to the end, and notes how many there were."""
    count, rest, skip = 0, b'', 0
    try:
        while data := sftp.channel.recv(1 << 20):
            data = rest + data
            while len(data) - skip >= 4:
                count += 1
                skip += 4 + struct.unpack_from('>I', data, skip)[0]
                if skip > len(data):
                    break
            rest, skip = (data[skip:], 0) if skip <= len(data) else (b'', skip - len(data))
    except (EOFError, OSError):
        pass
    answered.append(count)


USERAUTH_FAILURE, USERAUTH_SUCCESS, USERAUTH_60, INFO_RESPONSE = 51, 52, 60, 61


class RawLogins:
    """A connection on which logins are sent as they are, each answered by a message whose number is given back."""

    # Seconds that each answer took, of all connections.
    took = []

    def __init__(self, port):
        self.transport = paramiko.Transport(('127.0.0.1', port))
        self.transport.start_client(timeout=200)
        self.answers = queue.Queue()
        take = lambda kind: lambda m: self.answers.put((kind, m))
        kinds = (6, USERAUTH_FAILURE, USERAUTH_SUCCESS, 53, USERAUTH_60)
        self._handler_table = {kind: take(kind) for kind in kinds}
        self.transport.auth_handler = self
        self.ask(message(SERVICE_REQUEST, 'ssh-userauth'))

    def is_authenticated(self):
        return False

    def abort(self):
        pass

    def ask(self, request):
        return self._answer(request)[0]

    def _answer(self, request):
        begun = time.monotonic()
        self.transport._send_message(request)
        answer = self.answers.get(timeout=200)
        self.took.append(time.monotonic() - begun)
        return answer

    @classmethod
    def were_prompt(cls):
        """Whether answers come by themselves. One alone may take as long as the machine stands still."""
        return not cls.took or statistics.median(cls.took) < 3

    def password(self, login, password):
        return self.ask(password_request(login, password))

    def key(self, login, algorithm, blob, signature=None):
        """A login by key: without a signature the question whether the key would do."""
        parts = (algorithm, blob) if signature is None else (algorithm, blob, signature)
        return self.ask(message(USERAUTH_REQUEST, login, 'ssh-connection', 'publickey', signature is not None,
                                *map(string, parts)))

    def signed(self, login, algorithm, key, name, digest):
        """A login by an RSA key of `cryptography`, signed by that digest under that name."""
        from cryptography.hazmat.primitives.asymmetric import padding
        public = key.public_key().public_numbers()
        number = lambda n: string(n.to_bytes(n.bit_length() // 8 + 1, 'big'))
        blob = string('ssh-rsa') + number(public.e) + number(public.n)
        request = (bytes([USERAUTH_REQUEST]) + string(login) + string('ssh-connection') + string('publickey') + b'\1'
                   + string(algorithm) + string(blob))
        signature = key.sign(string(self.transport.session_id) + request, padding.PKCS1v15(), digest)
        return self.key(login, algorithm, blob, string(name) + string(signature))

    def answered(self, login):
        """That nothing has been answered twice: after the answer to this there is no other."""
        assert self.ask(message(USERAUTH_REQUEST, login, 'ssh-connection', 'none')) == USERAUTH_FAILURE
        return self.answers.empty()

    def methods(self, login):
        kind, m = self._answer(message(USERAUTH_REQUEST, login, 'ssh-connection', 'none'))
        return m.get_text().split(',')

    def close(self):
        self.transport.close()

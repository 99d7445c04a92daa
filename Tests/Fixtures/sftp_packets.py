"""SFTP version 3 packets over a real SSH channel, for the tests that replay what a client sends, packet by packet.

Each function sends one request and returns its answer; `send_*` forms of them are made by `Packets.send`, whose
answers `Packets.answer` collects later, so that requests can be in flight together.
draft-ietf-secsh-filexfer-02.
"""
import struct

import paramiko

import patient_paramiko  # noqa: F401

INIT, VERSION, OPEN, CLOSE, READ, WRITE, LSTAT, FSTAT, SETSTAT, FSETSTAT = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
OPENDIR, READDIR, REMOVE, MKDIR, RMDIR, REALPATH, STAT, RENAME, READLINK, SYMLINK = 11, 12, 13, 14, 15, 16, 17, 18, 19, 20
STATUS, HANDLE, DATA, NAME, ATTRS, EXTENDED, EXTENDED_REPLY = 101, 102, 103, 104, 105, 200, 201
OK, EOF, NO_SUCH_FILE, PERMISSION_DENIED, FAILURE, BAD_MESSAGE, OP_UNSUPPORTED = 0, 1, 2, 3, 4, 5, 8
R, W, APPEND, CREAT, TRUNC, EXCL = 1, 2, 4, 8, 16, 32
NO_ATTRS = struct.pack('>I', 0)


def string(value):
    value = value.encode() if isinstance(value, str) else value
    return struct.pack('>I', len(value)) + value


def attributes(size=None, permissions=None, times=None):
    flags, body = 0, b''
    if size is not None:
        flags, body = flags | 1, body + struct.pack('>Q', size)
    if permissions is not None:
        flags, body = flags | 4, body + struct.pack('>I', permissions)
    if times is not None:
        flags, body = flags | 8, body + struct.pack('>II', *times)
    return struct.pack('>I', flags) + body


class Answer:
    """One decoded answer: `type`, then what that type carries."""

    def __init__(self, packet):
        self.type, self.raw = packet[0], packet[1:]
        self.id = struct.unpack('>I', packet[1:5])[0] if self.type != VERSION else None
        body = packet[5:]
        self.code = self.text = self.handle = self.data = None
        self.names = []
        if self.type == STATUS:
            self.code = struct.unpack('>I', body[:4])[0]
            length = struct.unpack('>I', body[4:8])[0]
            self.text = body[8:8 + length].decode()
        elif self.type in (HANDLE, DATA):
            length = struct.unpack('>I', body[:4])[0]
            value = body[4:4 + length]
            self.handle, self.data = value, value
        elif self.type == ATTRS:
            self._attributes(body)
        elif self.type == NAME:
            count, offset = struct.unpack('>I', body[:4])[0], 4
            for _ in range(count):
                name, offset = self._string(body, offset)
                long_name, offset = self._string(body, offset)
                offset = self._attributes(body, offset)
                self.names.append((name, long_name))

    @staticmethod
    def _string(body, offset):
        length = struct.unpack('>I', body[offset:offset + 4])[0]
        return body[offset + 4:offset + 4 + length], offset + 4 + length

    def _attributes(self, body, offset=0):
        self.size = self.permissions = self.mtime = None
        flags, offset = struct.unpack('>I', body[offset:offset + 4])[0], offset + 4
        if flags & 1:
            self.size, offset = struct.unpack('>Q', body[offset:offset + 8])[0], offset + 8
        if flags & 2:
            offset += 8
        if flags & 4:
            self.permissions, offset = struct.unpack('>I', body[offset:offset + 4])[0], offset + 4
        if flags & 8:
            self.mtime, offset = struct.unpack('>II', body[offset:offset + 8])[1], offset + 8
        return offset

    def __repr__(self):
        return f'<{self.type} id={self.id} code={self.code} text={self.text!r} names={self.names}>'


class Packets:
    def __init__(self, port, login, password, version=3, transport=None):
        self.transport = transport or paramiko.Transport(('127.0.0.1', port))
        if transport is None:
            self.transport.connect(username=login, password=password)
        self.channel = self.transport.open_session()
        self.channel.settimeout(300)
        self.channel.invoke_subsystem('sftp')
        self.next_id, self.pending, self.extensions = 1, {}, {}
        if version is not None:
            self.raw(bytes([INIT]) + struct.pack('>I', version))
            packet = self.read()
            assert packet[0] == VERSION, packet
            self.version = struct.unpack('>I', packet[1:5])[0]
            offset = 5
            while offset < len(packet):
                name, offset = Answer._string(packet, offset)
                data, offset = Answer._string(packet, offset)
                self.extensions[name.decode()] = data.decode()

    def raw(self, packet):
        self.channel.sendall(struct.pack('>I', len(packet)) + packet)

    def read(self):
        """The next packet, or None when the server has closed the channel."""
        head = self._exactly(4)
        return head and self._exactly(struct.unpack('>I', head)[0])

    def _exactly(self, count):
        data = b''
        while len(data) < count:
            piece = self.channel.recv(count - len(data))
            if not piece:
                return None
            data += piece
        return data

    def send(self, kind, body=b'', id=None):
        if id is None:
            id, self.next_id = self.next_id, self.next_id + 1
        self.raw(bytes([kind]) + struct.pack('>I', id) + body)
        return id

    def answer(self, id=None):
        while True:
            if id is None and self.pending:
                return self.pending.pop(next(iter(self.pending)))
            if id in self.pending:
                return self.pending.pop(id)
            packet = self.read()
            assert packet is not None, 'the server closed the channel'
            answer = Answer(packet)
            if id is None or answer.id == id:
                return answer
            self.pending[answer.id] = answer

    def ask(self, kind, body=b'', id=None):
        return self.answer(self.send(kind, body, id))

    def realpath(self, path): return self.ask(REALPATH, string(path)).names[0][0].decode()
    def stat(self, path): return self.ask(STAT, string(path))
    def lstat(self, path): return self.ask(LSTAT, string(path))
    def setstat(self, path, attrs): return self.ask(SETSTAT, string(path) + attrs).code
    def fsetstat(self, handle, attrs): return self.ask(FSETSTAT, string(handle) + attrs).code
    def open(self, path, flags, attrs=NO_ATTRS): return self.ask(OPEN, string(path) + struct.pack('>I', flags) + attrs)
    def close(self, handle): return self.ask(CLOSE, string(handle))
    def remove(self, path): return self.ask(REMOVE, string(path)).code
    def rename(self, old, new): return self.ask(RENAME, string(old) + string(new))
    def mkdir(self, path): return self.ask(MKDIR, string(path) + NO_ATTRS)
    def extended(self, name, body=b''): return self.ask(EXTENDED, string(name) + body)
    def posix_rename(self, old, new): return self.extended('posix-rename@openssh.com', string(old) + string(new))

    def write_body(self, handle, offset, data): return string(handle) + struct.pack('>Q', offset) + string(data)
    def write(self, handle, offset, data): return self.ask(WRITE, self.write_body(handle, offset, data))
    def read_at(self, handle, offset, length): return self.ask(READ, string(handle) + struct.pack('>QI', offset, length))

    def list(self, path):
        handle = self.ask(OPENDIR, string(path)).handle
        names = []
        while True:
            answer = self.ask(READDIR, string(handle))
            if answer.type == STATUS:
                assert answer.code == EOF, answer
                break
            names += [name.decode() for name, _ in answer.names]
        assert self.close(handle).code == OK
        return sorted(name for name in names if name not in ('.', '..'))

    def upload(self, path, data, flags=W | CREAT | TRUNC, attrs=NO_ATTRS, chunk=32768):
        """OPEN, WRITEs in flight together, CLOSE; the CLOSE's status."""
        opened = self.open(path, flags, attrs)
        assert opened.type == HANDLE, opened
        ids = [self.send(WRITE, self.write_body(opened.handle, at, data[at:at + chunk])) for at in range(0, len(data), chunk)]
        for id in ids:
            assert self.answer(id).code == OK
        return self.close(opened.handle).code

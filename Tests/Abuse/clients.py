"""What attacks, and those who must get through: connections from addresses of the loopback network."""

import os
import socket
import struct
import threading
import time

import paramiko

from instance import PASSWORD


def connection(port, source, timeout=30):
    """A TCP connection to the daemon that comes from 127.0.0.`source`."""
    s = socket.socket()
    s.settimeout(timeout)
    s.bind((f'127.0.0.{source}', 0))
    s.connect(('127.0.0.1', port))
    return s


def transport(port, source, host_key=None):
    """A connection whose keys are exchanged."""
    t = paramiko.Transport(connection(port, source))
    if host_key:
        t.get_security_options().key_types = (host_key,)
    t.banner_timeout = t.auth_timeout = t.handshake_timeout = 30
    t.start_client(timeout=30)
    return t


def kexinit():
    """A whole KEXINIT, after which nothing comes."""
    names = [
        'curve25519-sha256', 'ssh-ed25519', 'aes128-ctr', 'aes128-ctr', 'hmac-sha2-256', 'hmac-sha2-256', 'none', 'none',
        '', '']
    payload = b'\x14' + os.urandom(16) + b''.join(struct.pack('>I', len(n)) + n.encode() for n in names) + bytes(5)
    padding = 8 - (5 + len(payload)) % 8 + 8
    return struct.pack('>IB', 1 + len(payload) + padding, padding) + payload + bytes(padding)


# What a connection sends before it falls silent.
STEPS = {
    'nothing sent': lambda: b'',
    'half a version': lambda: b'SSH-2.0-x',
    'version': lambda: b'SSH-2.0-x\r\n',
    'key exchange begun': lambda: b'SSH-2.0-x\r\n' + kexinit(),
}


class Silent(threading.Thread):
    """An address that holds as many silent connections as it is let, and comes again for each that it loses."""

    def __init__(self, port, source, beginning, count=50):
        super().__init__(daemon=True)
        self.port, self.source, self.beginning, self.count = port, source, beginning, count
        self.over = threading.Event()
        self.made = 0

    def run(self):
        held = []
        while not self.over.is_set():
            if len(held) >= self.count:
                held.pop(0).close()
            try:
                s = connection(self.port, self.source, 5)
                self.made += 1
                s.sendall(self.beginning)
                held.append(s)
            except OSError:
                pass
            # Faster than anybody needs to, slow enough that twenty of these don't take the processor of the one they attack.
            self.over.wait(0.1)
        for s in held:
            s.close()


class Exchanges(threading.Thread):
    """An address that has keys exchanged with one kind of host key, as fast as it is let."""

    def __init__(self, port, source, kind):
        super().__init__(daemon=True)
        self.port, self.source, self.kind = port, source, kind
        self.over = threading.Event()
        self.made = 0

    def run(self):
        while not self.over.is_set():
            try:
                transport(self.port, self.source, self.kind).close()
                self.made += 1
            except Exception:
                self.over.wait(0.05)


def sessions(port, login, count=60, source=1):
    """So many logins one after another, each with a look into its folder: seconds of those that succeeded."""
    taken = []
    for _ in range(count):
        begun = time.monotonic()
        try:
            t = transport(port, source)
            t.auth_password(login, PASSWORD)
            sftp = paramiko.SFTPClient.from_transport(t)
            sftp.listdir('/')
            taken.append(time.monotonic() - begun)
            t.close()
        except Exception:
            pass
    return taken


def share(values, part):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * part))] if values else float('nan')


def auc(left, right):
    """The chance that one of `right` is above one of `left`, less what is below 0.5: 0.5 tells nothing (Mann and Whitney)."""
    ranked = sorted([(value, 0) for value in left] + [(value, 1) for value in right])
    total, index = 0.0, 0
    while index < len(ranked):
        end = index
        while end < len(ranked) and ranked[end][0] == ranked[index][0]:
            end += 1
        rank = (index + 1 + end) / 2
        total += rank * sum(1 for _, which in ranked[index:end] if which)
        index = end
    area = (total - len(right) * (len(right) + 1) / 2) / (len(left) * len(right))
    return max(area, 1 - area)

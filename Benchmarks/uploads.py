"""Figure 2: throughput of large uploads by the system's sftp, all servers on the same tmpfs.

The same upload of one byte is taken off: what is left is the stream.
"""
import subprocess
import time

import peers
from harness import Instance, cpu, median

SIZE = 200_000_000
ROUNDS = 3
CIPHERS = {'AES-128-GCM': 'aes128-gcm@openssh.com', 'AES-256-GCM': 'aes256-gcm@openssh.com',
           'AES-256-CTR': 'aes256-ctr'}


def run(bench):
    large, small = bench.memory / 'large', bench.memory / 'small'
    large.write_bytes(b'\0' * SIZE)
    small.write_bytes(b'\0')
    ours = Ours(bench)
    servers = [ours, *peers.start(bench, bench.memory)]
    for cipher, algorithm in CIPHERS.items():
        for streams, what in ((1, 'one 200 MB stream'), (4, 'four at once')):
            speeds = {server.name: speed(bench, server, algorithm, large, small, streams) for server in servers}
            mine = speeds[ours.name]
            for peer in servers[1:]:
                theirs = speeds[peer.name]
                if theirs is None:
                    if streams == 1:
                        bench.note(f'{peer.name} has no {cipher}.')
                    continue
                aim = theirs[0] * 2 if peer.name == 'OpenSSH' else None
                bench.add(2, f'upload, {cipher}, {what}', mine[0], 'MB/s', peer.name, theirs[0], aim,
                          more_is_better=True)
                if streams == 1:
                    bench.add(2, f'upload, {cipher}, server CPU for 200 MB', mine[1] * 1000, 'ms', peer.name,
                              theirs[1] * 1000)
    ours.instance.stop()


class Ours:
    name = 'collecteur'

    def __init__(self, bench):
        # Under a temporary name: such a file isn't a deposit, and nobody treats it.
        self.instance = Instance(bench, bench.memory, 'uploads', sftp=[
            'max_upload_bytes: 1000000000', 'max_folder_bytes: 100000000000'])
        [(self.login, path)] = self.instance.prepare(10)
        self.folder = path.rsplit('/', 1)[0]
        self.port = self.instance.start()

    @property
    def pid(self):
        return self.instance.pid

    def path(self, name):
        return f'{self.folder}/{name}.part'


class Failed(Exception):
    """An upload did not end well."""


def speed(bench, server, cipher, large, small, streams):
    """Megabytes a second of all streams together and server CPU seconds; None if they have no such cipher."""
    try:
        least = several(bench, server, cipher, small, streams)
    except Failed:
        return None
    whole = several(bench, server, cipher, large, streams)
    return streams * SIZE / 1e6 / (whole[0] - least[0]), whole[1] - least[1]


def several(bench, server, cipher, file, streams):
    """Median wall seconds and mean server CPU seconds of an upload."""
    before = cpu(server.pid)
    wall = median([seconds(bench, server, cipher, file, streams) for _ in range(ROUNDS)])
    # The last session's process has to end before it counts.
    time.sleep(0.2)
    return wall, (cpu(server.pid) - before) / ROUNDS


def seconds(bench, server, cipher, file, streams):
    start = time.monotonic()
    running = [sftp(bench, server, cipher, f'put {file} {server.path(f"stream{i}")}') for i in range(streams)]
    for process in running:
        if process.wait():
            raise Failed(f'{server.name}: {process.stderr.read().decode()}')
    wall = time.monotonic() - start
    for i in range(streams):
        sftp(bench, server, cipher, f'rm {server.path(f"stream{i}")}').wait()
    return wall


def sftp(bench, server, cipher, command):
    options = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'IdentitiesOnly=yes', 'LogLevel=ERROR',
               f'Ciphers={cipher}', 'MACs=hmac-sha2-256-etm@openssh.com,hmac-sha2-256', 'BatchMode=yes']
    process = subprocess.Popen(
        ['sftp', '-q', '-F', 'none', '-P', str(server.port), '-i', str(bench.key),
         *(part for option in options for part in ('-o', option)), '-b', '-', f'{server.login}@127.0.0.1'],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    process.stdin.write(command.encode())
    process.stdin.close()
    return process

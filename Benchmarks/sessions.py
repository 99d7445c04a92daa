"""Figure 3: what one whole session costs the server: connection, login, 120 kB, end."""
import ctypes
import subprocess
import time

import peers
import samples
from harness import PASSWORD, Instance, cpu, eventually, median

SESSIONS = 100


def run(bench):
    file = bench.write('liste.csv', samples.deposit(1900))
    # Settling for an hour, the deposits are not treated within the measure.
    alone = Instance(bench, bench.disk, 'sessions', deposits=['settle_seconds: 3600'])
    accounts = alone.prepare(2000)
    with alone.database() as db:
        password_hash = db.execute('SELECT hash FROM accounts').fetchone()[0]
    alone.start()
    by_key = session(bench, alone, accounts, file)
    by_password = session(bench, alone, accounts, file, password=PASSWORD)
    exchanges = {kind: exchange(alone, kind) for kind in ['ed25519', 'ecdsa', 'rsa']}
    alone.stop()

    treated = Instance(bench, bench.disk, 'treated', sftp=['max_folder_files: 100000'])
    accounts = treated.prepare(2000)
    treated.start()
    treatment = session(bench, treated, accounts, file, settled=True)
    treated.stop()

    servers = peers.start(bench, bench.disk, password_hash)
    for peer in servers:
        theirs = session(bench, peer, [(peer.login, peer.path('liste.csv'))], file)
        bench.add(3, 'session by key, server CPU', by_key[0], 'ms', peer.name, theirs[0],
                  7 if peer.name == 'OpenSSH' else None)
        bench.add(3, 'session by key, wall time', by_key[1], 'ms', peer.name, theirs[1])
    bench.add(3, 'the same with its treatment: reports, mail, archive, server CPU', treatment[0], 'ms')
    hashing = yescrypt(password_hash)
    theirs = None
    for peer in servers:
        if peer.name == 'ProFTPD':
            theirs = session(bench, peer, [(peer.login, peer.path('liste.csv'))], file, password=PASSWORD)
    bench.add(3, 'session by password, server CPU', by_password[0], 'ms', 'ProFTPD' if theirs else '',
              theirs and theirs[0])
    bench.add(3, 'session by password, wall time', by_password[1], 'ms', 'ProFTPD' if theirs else '',
              theirs and theirs[1])
    bench.add(3, 'of which yescrypt, once', hashing, 'ms')
    for kind, name in [('ed25519', 'Ed25519'), ('ecdsa', 'ECDSA P-256'), ('rsa', 'RSA-3072')]:
        bench.add(3, f'connection and key exchange by {name}, no login, server CPU', exchanges[kind], 'ms')


def exchange(server, kind):
    """Milliseconds of server CPU of one connection that goes no further than its keys, by a kind of host key."""
    def several(count):
        for _ in range(count):
            subprocess.run(
                ['ssh-keyscan', '-T', '30', '-t', kind, '-p', str(server.port), '127.0.0.1'], check=True,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    several(5)
    before = cpu(server.pid)
    several(SESSIONS)
    return (cpu(server.pid) - before) / SESSIONS * 1000


def session(bench, server, accounts, file, password=None, settled=False):
    """Milliseconds of server CPU and of wall time of one session: CPU the mean, wall the median."""
    def several(count):
        return bench.load(server.port, accounts * count, file, password=password)
    several(5)
    if settled:
        server.settle(1)
        eventually_treated(server)
    before = cpu(server.pid)
    measures = several(SESSIONS)
    if settled:
        eventually_treated(server)
    # The last session's process has to end before it counts.
    time.sleep(0.5)
    used = cpu(server.pid) - before
    return used / SESSIONS * 1000, median([m[1] for m in measures]) * 1000


def eventually_treated(server):
    eventually(lambda: server.unfinished() == 0, 60)


def yescrypt(password_hash):
    """Milliseconds that libxcrypt takes for one verification."""
    crypt = ctypes.CDLL('libcrypt.so.1').crypt
    crypt.restype = ctypes.c_char_p
    times = []
    for _ in range(20):
        start = time.process_time()
        assert crypt(PASSWORD.encode(), password_hash.encode()).decode() == password_hash
        times.append(time.process_time() - start)
    return median(times) * 1000

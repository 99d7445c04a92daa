"""Figure 5: memory of the daemon, of its idle sessions, and at its worst."""
import subprocess
import time

import peers
import samples
from harness import Instance, children, eventually, forget_peak, peak, pss

ORGANISATIONS = 200_000
SIZES = (100, 1_000)


def run(bench):
    instance = Instance(bench, bench.disk, 'memory', sftp=[
        'max_sessions: 2000', 'max_unauthenticated: 2000', 'max_sessions_per_account: 2000'])
    accounts = instance.prepare(ORGANISATIONS, 10)
    instance.start()
    bench.add(5, 'daemon, just started', pss(instance.pid), 'MiB PSS')
    small = bench.write('liste.csv', samples.deposit(2000))
    bench.load(instance.port, accounts[:1], small, '-w', instance.state / 'depots')
    eventually(lambda: instance.unfinished() == 0, 60)
    bench.add(5, 'daemon, after a deposit, with a list of 200 000 OF', pss(instance.pid), 'MiB PSS', aim=60)

    openssh = peers.OpenSSH(bench, bench.memory)
    for size in SIZES:
        ours = idle(bench, instance, accounts[:1] * size)
        # OpenSSH has two processes a session; a thousand of them say no more than a hundred.
        theirs = idle(bench, openssh, [(openssh.login, openssh.path('liste.csv'))] * 100) if size == SIZES[0] else None
        bench.add(5, f'an idle session, of {size:_}'.replace('_', ' '), ours, 'MiB PSS', 'OpenSSH' if theirs else '',
                  theirs, 2)

    large = bench.write('grande.csv', samples.deposit(165_000))
    forget_peak(instance.pid)
    bench.load(instance.port, accounts, large, '-s', '0.01', '-w', instance.state / 'depots')
    eventually(lambda: instance.unfinished() == 0, 60)
    bench.add(5, 'daemon, at most, while ten files of 10 MB are treated', peak(instance.pid), 'MiB RSS')
    # Giving memory back comes after the last deposit is done.
    time.sleep(1)
    bench.add(5, 'daemon, a second later', pss(instance.pid), 'MiB PSS')
    instance.stop()


def idle(bench, server, accounts):
    """MiB that each of so many idle sessions adds to the server, all its processes counted."""
    resting = max(len(children(server.pid)), 1)
    before = total(server.pid)
    listing = bench.write('accounts', ''.join(f'{login} {path}\n' for login, path in accounts).encode())
    client = bench.start(
        [bench.load_program, '-P', server.port, '-a', listing, '-k', bench.key, '-i', '-b', '-s', len(accounts) / 100],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    if client.stdout.readline() != b'ready\n':
        raise RuntimeError('the sessions did not open')
    open_ = total(server.pid)
    client.stdin.close()
    client.wait()
    # collecteur may keep the process that sessions are copied from.
    eventually(lambda: len(children(server.pid)) <= resting, 60)
    return (open_ - before) / len(accounts)


def total(pid):
    return pss(pid) + sum(total(child) for child in children(pid))

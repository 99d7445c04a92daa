"""Figure 6: robots that all come in the same ten seconds, each from its own address with 2 000 lines."""
import time

import samples
from harness import PASSWORD, Instance, cpu

SECONDS = 10
LINES = 2_000


def run(bench, large=False):
    file = bench.write('liste.csv', samples.deposit(LINES))
    for depositors in (250, 1_000, 4_000) if large else (250, 1_000):
        burst(bench, file, depositors)
    burst(bench, file, 1_000, password=PASSWORD)


def burst(bench, file, depositors, password=None):
    # The defaults, but for more robots at once, logged in or not yet, than they allow for.
    instance = Instance(bench, bench.disk, f'burst-{depositors}-{"password" if password else "key"}',
                        sftp=[f'max_sessions: {depositors}', f'max_unauthenticated: {depositors}'] if depositors > 1_000 else [])
    accounts = instance.prepare(2 * LINES, depositors)
    instance.start()
    before, start = cpu(instance.pid), time.monotonic()
    measures = bench.load(instance.port, accounts, file, '-s', SECONDS, '-b', password=password, check=False)
    succeeded = sum(m[0] for m in measures)
    instance.settle(succeeded)
    last = time.monotonic() - start
    time.sleep(1)
    used = cpu(instance.pid) - before
    with instance.database() as db:
        good = db.execute("SELECT count(*) FROM deposits WHERE state = 'succes'").fetchone()[0]
    instance.stop()
    who = f'{depositors:_} robots by {"password" if password else "key"}'.replace('_', ' ')
    aims = depositors == 1_000 and not password
    bench.add(6, f'{who}: first connection to last deposit done', last, 's', aim=60 if aims else None)
    bench.add(6, f'{who}: server CPU', used, 's', aim=20 if aims else None)
    bench.add(6, f'{who}: failed', depositors - min(succeeded, good), '', aim=0)
    bench.add(6, f'{who}: longest session', max(m[1] for m in measures), 's')

"""Figure 7: what grows with the deposits that are already there, and what a change of the list costs."""
import datetime
import re
import time

import samples
from harness import Instance, copy, eventually, median, quantile

PAST = (10, 1_000, 100_000)
LINES = 2_000


def run(bench):
    for past in PAST:
        grown(bench, past)
    integration(bench)


def grown(bench, past):
    instance = Instance(bench, bench.disk, f'growth-{past}', sftp=['max_folder_files: 100000'])
    accounts = instance.prepare(LINES, 45)
    watch = ['-w', instance.state / 'depots']
    instance.start()
    # What an everyday deposit leaves behind: a few changes.
    for changed in (0, 10):
        file = bench.write('liste.csv', samples.deposit(LINES, changed=changed))
        bench.load(instance.port, accounts[:1], file, *watch)
    eventually(lambda: instance.unfinished() == 0, 60)
    instance.stop()
    fill(instance, past - 2)
    # Into the database itself, out of its log.
    with instance.database() as db:
        db.execute('PRAGMA wal_checkpoint(TRUNCATE)')
    size = (instance.state / 'collecteur.sqlite').stat().st_size
    instance.start()
    bench.load(instance.port, accounts[:1], file, *watch)
    measures = bench.load(instance.port, accounts[:1], file, *watch, '-n', 50)
    who = f'{past:_} past deposits'.replace('_', ' ')
    bench.add(7, f'{who}: CLOSE to report, {LINES} lines, p50'.replace('2000', '2 000'),
              quantile([m[3] * 1000 for m in measures], 0.5), 'ms')
    today = datetime.date.today().isoformat()
    commands = [('`deposit list --since` today', ['deposit', 'list', '--since', today]),
                ('`deposit list`, all of them', ['deposit', 'list']), ('`status`', ['status'])]
    for name, command in commands:
        bench.add(7, f'{who}: {name}', median([seconds(instance, command) for _ in range(5)]) * 1000, 'ms')
    bench.add(7, f'{who}: database', size / 1e6, 'MB')
    instance.stop()


def seconds(instance, command):
    start = time.monotonic()
    instance.command(*command)
    return time.monotonic() - start


def fill(instance, count):
    """Copies the last deposit, with what belongs to it, so many times into the past: 45 a day."""
    with instance.database() as db:
        last = db.execute('SELECT max(id) FROM deposits').fetchone()[0]
        first = db.execute('SELECT min(id) FROM depositors').fetchone()[0]
        number, days = f'{last} + i', '(1 + i / 45)'

        def earlier(column):
            return f'{column} - {days} * 86400000'
        copy(db, 'deposits', f'deposits.id = {last}', count, id=number, depositor=f'{first} + i % 45',
             received_at=earlier('received_at'), claimed_at=earlier('claimed_at'), processed_at=earlier('processed_at'),
             civil_date=f"date(civil_date, '-' || {days} || ' days')", report_name=f"'liste.csv.' || ({number})")
        copy(db, 'deposit_events', f'deposit = {last}', count, deposit=number, at=earlier('at'))
        copy(db, 'registry_changes', f'deposit = {last}', count, deposit=number)
        copy(db, 'outbox', f'deposit = {last}', count, id='NULL', deposit=number, message_id="'past' || i",
             created_at=earlier('created_at'), sent_at=earlier('sent_at'))


def integration(bench):
    instance = Instance(bench, bench.disk, 'integration', sftp=['max_folder_bytes: 10000000000'])
    accounts = instance.prepare(165_000)
    instance.start()
    end_years = 2

    def deposit(changed):
        file = bench.write('liste.csv', samples.deposit(165_000, end_years, changed))
        return bench.load(instance.port, accounts, file, '-w', instance.state / 'depots')[0][3]
    deposit(0)
    for what, changes in (('none', [0, 0, 0]), ('100', [100, 0, 100]), ('all', [165_000, 0, 165_000])):
        times = [deposit(changed) for changed in changes]
        bench.add(7, f'CLOSE to report, 165 000 lines of which {what} changed', median(times) * 1000, 'ms')
        spans = committed(instance)[-len(changes):]
        bench.add(7, f'of which from verdict to commit, {what} changed', median(spans), 'ms')
        deposit(0)
    instance.stop()


def committed(instance):
    """Milliseconds between each deposit's verdict and its commit, by the log."""
    moments = {}
    for at, event, number in re.findall(
            r'^(\S+) .*?event=deposit\.(validated|integrated) .*?deposit=(\d+)', instance.log.read_text(), re.M):
        moments.setdefault(number, {})[event] = datetime.datetime.fromisoformat(at.replace('Z', '+00:00'))
    return [(m['integrated'] - m['validated']).total_seconds() * 1000 for m in moments.values() if len(m) == 2]

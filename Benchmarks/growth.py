"""Figure 7: what grows with the deposits that are already there, and what a change of the list costs."""
import datetime
import re
import sqlite3
import threading
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
    # `status` ends with 1 where something wants looking at, such as the OF list's age.
    instance.command(*command, accept=(0, 1) if command == ['status'] else (0,))
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
        copy(db, 'list_editions', f'deposit = {last}', count, depositor=f'{first} + i % 45', edition='edition + i',
             deposit=number, at=earlier('at'))
        changes = f'(depositor, edition) = (SELECT depositor, edition FROM list_editions WHERE deposit = {last})'
        copy(db, 'list_changes', changes, count,
             depositor=f'{first} + i % 45', edition='edition + i')
        newest = db.execute('SELECT max(edition) FROM list_editions').fetchone()[0]
        db.execute('UPDATE depositors SET edition = ?1, staged_edition = ?1, swept_edition = ?1', (newest,))
        copy(db, 'outbox', f'deposit = {last}', count, id='NULL', deposit=number, message_id="'past' || i",
             created_at=earlier('created_at'), sent_at=earlier('sent_at'))


def integration(bench):
    """What a change costs, from the CLOSE to the report and from the verdict to the commit, and who waits for it."""
    instance = Instance(bench, bench.disk, 'integration', sftp=['max_folder_bytes: 10000000000'])
    accounts = instance.prepare(165_000, 2)
    instance.start()
    for lines, cases in ((6_000, (('100', 100, 9, None, 20),)),
                         (165_000, (('none', 0, 3, 500, None), ('100', 100, 3, 500, None), ('all', 165_000, 3, 2_000, None)))):
        def deposit(changed):
            file = bench.write('liste.csv', samples.deposit(lines, changed=changed))
            return bench.load(instance.port, accounts[:1], file, '-w', instance.state / 'depots')[0][3]
        deposit(0)
        for what, changed, times, aim, commit_aim in cases:
            who = f'{lines:_} lines of which {what} changed'.replace('_', ' ')
            with Bystander(instance) as process, Neighbour(bench, instance, accounts[1]) as neighbour:
                # To and fro, so that each time so many change.
                reports = [deposit(changed if i % 2 == 0 else 0) for i in range(times)]
            bench.add(7, f'CLOSE to report, {who}', median(reports) * 1000, 'ms', aim=aim)
            bench.add(7, f'of which from verdict to commit, {who}', median(committed(instance, lines)[-times:]), 'ms',
                      aim=commit_aim)
            if lines == 165_000:
                bench.add(7, f'longest that another process waits to write, {who}', process.longest * 1000, 'ms', aim=100)
                bench.add(7, f'longest that another depositor waits for a CLOSE, {who}', neighbour.longest * 1000, 'ms',
                          aim=100)
            deposit(0)
    instance.stop()


class Bystander:
    """Another process that commits a small row again and again, as a command does; knows its longest wait."""

    def __init__(self, instance):
        self.instance, self.longest, self.over = instance, 0, threading.Event()
        self.thread = threading.Thread(target=self.run)

    def run(self):
        db = sqlite3.connect(self.instance.state / 'collecteur.sqlite', timeout=0, isolation_level=None)
        while not self.over.is_set():
            start = time.monotonic()
            # As often as LockWait.swift looks.
            while not self.begins(db):
                time.sleep(0.002)
            self.longest = max(self.longest, time.monotonic() - start)
            db.execute('UPDATE depositors SET name = name WHERE id = (SELECT min(id) FROM depositors)')
            db.execute('COMMIT')
            time.sleep(0.005)
        db.close()

    @staticmethod
    def begins(db):
        try:
            db.execute('BEGIN IMMEDIATE')
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            return False
        return True

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()


class Neighbour(Bystander):
    """Another depositor, who deposits small files meanwhile; knows the longest that one of its CLOSEs takes."""

    def __init__(self, bench, instance, account):
        super().__init__(instance)
        self.bench, self.account, self.file = bench, account, bench.write('petite.csv', samples.deposit(1))

    def run(self):
        while not self.over.is_set():
            measures = self.bench.load(self.instance.port, [self.account], self.file, '-n', 20)
            self.longest = max(self.longest, *(m[2] for m in measures))


def committed(instance, lines):
    """Milliseconds between each such deposit's verdict and its commit, by the log."""
    moments = {}
    for at, event, number, rest in re.findall(
            r'^(\S+) .*?event=deposit\.(validated|integrated) .*?deposit=(\d+)(.*)', instance.log.read_text(), re.M):
        if event == 'integrated' or f'lines={lines}' in rest:
            moments.setdefault(number, {})[event] = datetime.datetime.fromisoformat(at.replace('Z', '+00:00'))
    return [(m['integrated'] - m['validated']).total_seconds() * 1000 for m in moments.values() if len(m) == 2]

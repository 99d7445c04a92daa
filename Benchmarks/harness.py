"""What every figure needs: an instance of its own, what processes cost, and the rows of the table."""
import ctypes
import dataclasses
import os
import pathlib
import re
import shutil
import signal
import socket
import sqlite3
import statistics
import subprocess
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).parent
PASSWORD = 'Qualiopi-2026!'
# Bound as long as the program runs, so that no connection gets these ports; whoever sets SO_REUSEADDR can listen there.
RESERVED = []


@dataclasses.dataclass
class Row:
    """One measured value, the peer's from the same run, and the aim."""
    figure: int
    what: str
    value: float
    unit: str
    peer: str = ''
    peer_value: float | None = None
    aim: float | None = None
    more_is_better: bool = False

    @property
    def ratio(self):
        """How many times better than the peer."""
        if not self.peer_value or not self.value:
            return None
        return self.value / self.peer_value if self.more_is_better else self.peer_value / self.value

    @property
    def met(self):
        if self.aim is None:
            return None
        return self.value >= self.aim if self.more_is_better else self.value <= self.aim


def reserved_port():
    probe = socket.socket()
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    probe.bind(('127.0.0.1', 0))
    RESERVED.append(probe)
    return probe.getsockname()[1]


class Bench:
    """One run: where the programs are, the folders, what was measured and what could not be."""

    def __init__(self, programs, disk, memory):
        self.programs = pathlib.Path(programs)
        self.disk = pathlib.Path(tempfile.mkdtemp(prefix='collecteur-bench-', dir=disk))
        self.memory = pathlib.Path(tempfile.mkdtemp(prefix='collecteur-bench-', dir=memory))
        self.rows = []
        self.notes = []
        self.processes = []
        self.load_program = self.disk / 'load'
        subprocess.run(['cc', '-O2', '-o', self.load_program, HERE / 'load.c', '-lssh', '-lpthread'], check=True)
        self.key = self.disk / 'key'
        subprocess.run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', self.key], check=True)

    def add(self, *arguments, **named):
        self.rows.append(Row(*arguments, **named))

    def note(self, text):
        self.notes.append(text)

    def write(self, name, content):
        file = self.disk / name
        file.write_bytes(content)
        return file

    def start(self, arguments, **named):
        process = subprocess.Popen([str(a) for a in arguments], preexec_fn=adopt_orphans, **named)
        self.processes.append(process)
        return process

    def load(self, port, accounts, file=None, *options, password=None, check=True):
        """Runs depositors and returns what each measured: (ok, session, close, report)."""
        listing = self.write(f'accounts-{threading.get_ident()}', ''.join(f'{login} {path}\n' for login, path in accounts).encode())
        who = ['-p', password] if password else ['-k', self.key]
        what = ['-f', file] if file else []
        result = subprocess.run(
            [str(a) for a in [self.load_program, '-P', port, '-a', listing, *what, *who, *options]],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        measures = [line.split() for line in result.stdout.splitlines()]
        measures = [(ok == 'ok', float(session), float(close), float(report))
                    for ok, session, close, report in measures]
        if check and result.returncode:
            raise RuntimeError(f'depositors failed: {result.stderr[:2000]}')
        return measures

    def close(self):
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(40)
            except subprocess.TimeoutExpired:
                process.kill()
        for folder in (self.disk, self.memory):
            shutil.rmtree(folder, ignore_errors=True)


# The limits that every benchmark raises.
SFTP_LIMITS = ['max_unauthenticated_per_address: 1000', 'max_connections_per_minute: 1000000']
DEPOSIT_LIMITS = [
    'max_per_minute: 1000000', 'max_per_day: 1000000', 'max_bytes_per_day: 1099511627776', 'max_changes_per_day: 1000000000']


def raised(limits, stated):
    """The raised limits that the benchmark itself doesn't state, then what it states."""
    keys = {line.split(':')[0] for line in stated}
    return [line for line in limits if line.split(':')[0] not in keys] + list(stated)


class Instance:
    """A collecteur with a state folder of its own, on a loopback port."""

    def __init__(self, bench, folder, name, sftp=(), deposits=('settle_seconds: 0',)):
        self.bench = bench
        self.folder = folder / name
        self.folder.mkdir(mode=0o700)
        self.state = self.folder / 'state'
        self.settings = self.folder / 'collecteur.yaml'
        self.log = self.folder / 'log'
        self.process = None
        # What is measured is the program: limits that a thousand robots of one address, or a day's work in a minute,
        # would reach first are raised. The others stay as they are.
        sftp = raised(SFTP_LIMITS, sftp)
        deposits = raised(DEPOSIT_LIMITS, deposits)
        lines = [f'state_directory: {self.state}', 'sftp:', '  listen: ["127.0.0.1:0"]']
        lines += [f'  {line}' for line in sftp] + ['deposits:'] + [f'  {line}' for line in deposits]
        # A recipient's mails are counted one by one.
        lines += ['mail:', '  max_per_hour: 1000000']
        self.settings.write_text('\n'.join(lines) + '\n')

    def command(self, *arguments, given=None, accept=(0,)):
        result = subprocess.run(
            [str(self.bench.programs / 'collecteur'), '--config', str(self.settings), *map(str, arguments)],
            input=given, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if result.returncode not in accept:
            raise RuntimeError(f'{arguments}: {result.returncode} {result.stderr}')
        return result.stdout.strip()

    def prepare(self, organisations, depositors=1):
        """An OF list and depositors, each with a person, an account, a password and a key. The daemon must not run."""
        self.command('reference', 'import', self.bench.reference(organisations))
        code = self.command('depositor', 'add', '--siret', '34350633300032', '--name', 'ARCHER')
        self.command('user', 'add', 'archer@example.org', '--depositor', code)
        login = self.command('account', 'create', 'archer@example.org', '--password-stdin', given=PASSWORD)
        self.command('account', 'add-key', login, f'{self.bench.key}.pub')
        # The others are copies of that one's rows: a thousand password hashes would take longer than the benchmark.
        others = depositors - 1
        with self.database() as db:
            first = db.execute('SELECT id FROM depositors').fetchone()[0]
            siret, email = 'CAST(20000000000000 + i AS TEXT)', "'robot' || i || '@example.org'"
            others_login, owner = "'robot' || i || '_example.org'", f'{first} + i'
            copy(db, 'depositors', f'id = {first}', others, id=owner, code=f"'E' || {siret}", siret=siret)
            copy(db, 'users', "email = 'archer@example.org'", others, email=email)
            copy(db, 'grants', "email = 'archer@example.org'", others, email=email, depositor=owner)
            copy(db, 'accounts', f"login = '{login}'", others, login=others_login, email=email)
            copy(db, 'account_keys', f"login = '{login}'", others, login=others_login)
        return [(login, self.path(code))] + [
            (f'robot{i}_example.org', self.path(f'E{20000000000000 + i}')) for i in range(1, depositors)]

    @staticmethod
    def path(code, name='liste.csv'):
        return f'/{code}/QUALIOPI/FICHIER_QUALIOPI/{name}'

    def database(self):
        db = sqlite3.connect(self.state / 'collecteur.sqlite', timeout=30)
        return db

    def start(self):
        """Starts the daemon and returns its port once it listens."""
        with open(self.log, 'wb') as log:
            self.process = self.bench.start(
                [self.bench.programs / 'collecteur', '--config', self.settings, 'serve'], stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=log)

        def port():
            if self.process.poll() is not None:
                raise RuntimeError(self.log.read_text()[-2000:])
            found = re.search(r'event=listening.*?address=\S*?:(\d+)', self.log.read_text())
            return found and int(found[1])
        self.port = eventually(port, 60)
        return self.port

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        self.bench.processes.remove(self.process)

    @property
    def pid(self):
        return self.process.pid

    def unfinished(self):
        with self.database() as db:
            return db.execute("SELECT count(*) FROM deposits WHERE step <> 'done'").fetchone()[0]

    def settle(self, deposits, seconds=600):
        """Waits until so many deposits are treated, reports, archive and all."""
        def done():
            db = self.database()
            try:
                return db.execute("SELECT count(*) FROM deposits WHERE step = 'done'").fetchone()[0] >= deposits
            finally:
                db.close()
        eventually(done, seconds)


def copy(db, table, condition, count=1, **changes):
    """Adds so many rows like an existing one; each change is an SQL expression in which `i` counts from 1."""
    columns = [row[1] for row in db.execute(f'PRAGMA table_info({table})')]
    values = ', '.join(changes.get(column, f'{table}.{column}') for column in columns)
    db.execute(
        f'INSERT INTO {table} ({", ".join(columns)}) '
        f'WITH RECURSIVE n(i) AS (SELECT 1 WHERE 0 < {count} UNION ALL SELECT i + 1 FROM n WHERE i < {count}) '
        f'SELECT {values} FROM {table}, n WHERE {condition}')


def eventually(condition, seconds, pause=0.02):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(pause)
    raise RuntimeError('waited in vain')


def adopt_orphans():
    """Makes this process, and what it executes, the parent of its orphaned descendants.

    OpenSSH's monitor ends without waiting for the process that did the work, which would be missing from ``cpu``.
    """
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER


def cpu(pid):
    """Processor seconds of a process and of its children that have ended.

    Its own by its clock, to the nanosecond; its children's in ticks of 10 ms of their sum: measure many at once.
    """
    own = time.clock_gettime((~pid << 3) | 2)
    fields = pathlib.Path(f'/proc/{pid}/stat').read_text().rsplit(')', 1)[1].split()
    return own + (int(fields[13]) + int(fields[14])) / os.sysconf('SC_CLK_TCK')


def children(pid):
    found = []
    for stat in pathlib.Path('/proc').glob('[0-9]*/stat'):
        try:
            fields = stat.read_text().rsplit(')', 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            found.append(int(stat.parent.name))
    return found


def pss(pid):
    """Proportional set size in MiB: what is shared counts by its share."""
    text = pathlib.Path(f'/proc/{pid}/smaps_rollup').read_text()
    return int(re.search(r'^Pss:\s+(\d+)', text, re.M)[1]) / 1024


def peak(pid):
    """Largest resident set since the last ``forget_peak``, in MiB."""
    text = pathlib.Path(f'/proc/{pid}/status').read_text()
    return int(re.search(r'^VmHWM:\s+(\d+)', text, re.M)[1]) / 1024


def forget_peak(pid):
    pathlib.Path(f'/proc/{pid}/clear_refs').write_text('5')


def process(arguments, accept=(0,)):
    """Wall and processor seconds of one process."""
    start = time.monotonic()
    child = subprocess.Popen([str(a) for a in arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    error = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.monotonic() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in accept:
        raise RuntimeError(f'{arguments[0]}: {child.returncode} {error[-1000:]}')
    return wall, usage.ru_utime + usage.ru_stime


def resident(arguments):
    """Largest resident set of one process, in MiB.

    Through GNU time: a process that Python starts is charged with what Python itself held at the start (exec keeps the mark).
    """
    done = subprocess.run(['/usr/bin/time', '-f', '%M', *(str(a) for a in arguments)], stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, text=True)
    return int(done.stderr.split()[-1]) / 1024


def quantile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(share * len(values)))]


median = statistics.median

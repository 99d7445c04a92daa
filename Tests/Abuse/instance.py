"""A collecteur of its own for the floods, with its settings as they come: what an operator has is what is attacked."""

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import time

PASSWORD = 'Azerty123!'
FOLDER = '/{code}/QUALIOPI/FICHIER_QUALIOPI'


def eventually(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while True:
        result = condition()
        if result or time.monotonic() > deadline:
            return result
        time.sleep(0.05)


def siret(number):
    """With its control digit (Luhn)."""
    body = f'{10_000_000 + number:08}00001'
    digits = [int(digit) for digit in reversed(body)]
    total = sum(sum(divmod(2 * digit, 10)) if index % 2 == 0 else digit for index, digit in enumerate(digits))
    return body + str(-total % 10)


class Instance:
    def __init__(self, folder, programs, sftp=(), deposits=(), portal=False):
        os.mkdir(folder, 0o700)
        self.folder, self.programs = folder, programs
        self.state, self.settings = os.path.join(folder, 'state'), os.path.join(folder, 'collecteur.yaml')
        self.log = os.path.join(folder, 'log')
        lines = [f'state_directory: {self.state}', 'sftp:', '  listen: ["127.0.0.1:0"]', *(f'  {line}' for line in sftp)]
        self.portal = None
        if portal:
            # Bound as long as this lives, so that no connection of the floods gets the port before the portal listens.
            self.reserved = socket.socket()
            self.reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self.reserved.bind(('127.0.0.1', 0))
            self.portal = self.reserved.getsockname()[1]
            base = f'127.0.0.1:{self.portal}'
            lines += [f'portal_url: http://{base}', 'portal:', f'  listen: ["{base}"]']
        if deposits:
            lines += ['deposits:', *(f'  {line}' for line in deposits)]
        with open(self.settings, 'w') as file:
            file.write('\n'.join(lines) + '\n')
        self.process = None

    def command(self, *arguments, text=None):
        done = subprocess.run(
            [os.path.join(self.programs, 'collecteur'), '--config', self.settings, *arguments], input=text,
            capture_output=True, text=True)
        if done.returncode not in (0, 1):
            raise RuntimeError(f'{arguments}: {done.stderr}')
        return done.stdout.strip()

    def json(self, *arguments):
        return json.loads(self.command(*arguments, '--json'))

    def depositor(self, number):
        """Its code and its account's login."""
        code = self.command('depositor', 'add', '--siret', siret(number), '--name', f'Robot {number}')
        self.command('user', 'add', f'robot{number}@example.com', '--depositor', code)
        login = self.command(
            'account', 'create', f'robot{number}@example.com', '--password-stdin', text=PASSWORD + '\n').split()[-1]
        return code, login

    @staticmethod
    def email(number):
        return f'personne{number}@depot.example.com'

    def people(self, count):
        """So many people of the first depositor, who have no password yet. Beyond the first two they are copies of the second: a command for
        each would take minutes."""
        first = self.command('depositor', 'add', '--siret', siret(1), '--name', 'Robot 1')
        for number in range(min(count, 2)):
            self.command('user', 'add', self.email(number), '--depositor', first)
        with sqlite3.connect(os.path.join(self.state, 'collecteur.sqlite')) as database:
            for number in range(2, count):
                one = (self.email(number), self.email(1))
                database.execute('INSERT INTO users (email, muted) SELECT ?, muted FROM users WHERE email = ?', one)
                database.execute('INSERT INTO grants (email, depositor) SELECT ?, depositor FROM grants WHERE email = ?', one)
        database.close()

    def give_accounts(self, email):
        """An account, with that person's password, to everybody who has none. The daemon is stopped."""
        with sqlite3.connect(os.path.join(self.state, 'collecteur.sqlite')) as database:
            database.execute(
                '''INSERT OR IGNORE INTO portal_people (email, name, hash, state, created_at)
                   SELECT users.email, '', one.hash, one.state, one.created_at FROM users, portal_people AS one
                   WHERE one.email = ?''', (email,))
        database.close()

    def organisations(self):
        """An OF list with one organisation, which every deposit here names."""
        path = os.path.join(self.folder, 'of.csv')
        with open(path, 'w') as file:
            file.write('NDA;SIREN\n11756206201;552100554\n')
        self.command('reference', 'import', path, '--force', '--yes')

    def start(self):
        with open(self.log, 'wb') as log:
            self.process = subprocess.Popen(
                [os.path.join(self.programs, 'collecteur'), '--config', self.settings, 'serve'], stderr=log,
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        found = eventually(lambda: re.search(r'event=listening.*?address=\S*?:(\d+)', self.text()))
        self.port = int(found[1])
        if self.portal:
            eventually(lambda: self.lines('event=portal.started'))

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(40)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def text(self):
        with open(self.log, errors='replace') as file:
            return file.read()

    def lines(self, *words):
        return [line for line in self.text().split('\n') if all(word in line for word in words)]

    def portal_sockets(self):
        """Open descriptors of the portal's process that are sockets."""
        for pid in filter(str.isdigit, os.listdir('/proc')):
            try:
                with open(f'/proc/{pid}/stat') as stat:
                    parent = int(stat.read().rsplit(')', 1)[1].split()[1])
                with open(f'/proc/{pid}/cmdline') as line:
                    if parent != self.process.pid or 'collecteur-portal' not in line.read():
                        continue
                folder = f'/proc/{pid}/fd'
                return sum(os.readlink(f'{folder}/{fd}').startswith('socket:') for fd in os.listdir(folder))
            except OSError:
                continue
        return 0

    def resident(self):
        """MiB of the daemon's own memory."""
        with open(f'/proc/{self.process.pid}/smaps_rollup') as file:
            return int(re.search(r'Private_Dirty:\s+(\d+)', file.read())[1]) / 1024

"""A collecteur of its own for the floods, with its settings as they come: what an operator has is what is attacked."""

import json
import os
import re
import signal
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
    def __init__(self, folder, programs, sftp=(), deposits=()):
        os.mkdir(folder, 0o700)
        self.folder, self.programs = folder, programs
        self.state, self.settings = os.path.join(folder, 'state'), os.path.join(folder, 'collecteur.yaml')
        self.log = os.path.join(folder, 'log')
        lines = [f'state_directory: {self.state}', 'sftp:', '  listen: ["127.0.0.1:0"]', *(f'  {line}' for line in sftp)]
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

    def resident(self):
        """MiB of the daemon's own memory."""
        with open(f'/proc/{self.process.pid}/smaps_rollup') as file:
            return int(re.search(r'Private_Dirty:\s+(\d+)', file.read())[1]) / 1024

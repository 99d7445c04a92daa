"""`make abuse`: floods a daemon on loopback, as anybody and as a depositor, some minutes in all, and prints the table that the
security documentation keeps.

Exits with 1 if an aim is missed. Everything runs on one machine: attackers and honest clients share its processor with the
daemon, so that times are worse than an operator's.
"""

import argparse
import itertools
import logging
import os
import random
import shutil
import socket
import sys
import tempfile
import threading
import time

import paramiko

from clients import STEPS, Exchanges, Silent, auc, connection, kexinit, sessions, share, transport
from instance import FOLDER, PASSWORD, Instance, eventually
from web import Floods

logging.getLogger('paramiko').setLevel(logging.CRITICAL + 1)

parser = argparse.ArgumentParser()
parser.add_argument('programs', help='the folder of collecteur, collecteur-session and collecteur-portal')
parser.add_argument('--samples', type=int, default=400, help='of each kind, for the times of refusals; 2000 for a release')
parser.add_argument('--only', default='', help='a word of the names of the floods to run')
options = parser.parse_args()

LIST = (
    'NDA;SIREN;actionsDeFormation;bilansDeCompetences;VAE;actionsDeFormationParApprentissage;dateDecisionCertif;'
    'dateFinValiditeCertif\r\n11756206201;552100554;OUI;NON;NON;NON;{decision};{end}\r\n')
rows, missed = [], []


def deposit():
    year = time.localtime().tm_year
    return LIST.format(decision=f'02/01/{year - 1}', end=f'31/12/{year + 2}').encode()


def row(flood, figure, aim, met):
    rows.append((flood, figure, aim))
    if not met:
        missed.append(flood)
    print(f'{"" if met else "MISSED "}{flood}: {figure} (aim: {aim})', flush=True)


def instance(name, **settings):
    fresh = Instance(os.path.join(folder, name), options.programs, **settings)
    fresh.organisations()
    return fresh


def flood(attackers):
    for attacker in attackers:
        attacker.start()
    time.sleep(2)


def finish(attackers):
    for attacker in attackers:
        attacker.over.set()
    for attacker in attackers:
        attacker.join()


def logins_row(name, taken, count, limit=1.0):
    slowest = share(taken, 0.99)
    row(name, f'{len(taken)} of {count}, p50 {share(taken, 0.5):.2f} s, p99 {slowest:.2f} s',
        f'{count} of {count}, p99 < {limit:g} s', len(taken) == count and slowest < limit)


# As anybody

def silent():
    for addresses in [2, 4, 20]:
        for step in STEPS if addresses == 20 else ['nothing sent']:
            daemon = instance(f'silent-{addresses}-{len(rows)}')
            code, login = daemon.depositor(1)
            daemon.start()
            attackers = [Silent(daemon.port, 10 + number, STEPS[step]()) for number in range(addresses)]
            flood(attackers)
            taken = sessions(daemon.port, login)
            finish(attackers)
            logins_row(f'{addresses} addresses × 50 connections, {step}: logins of others', taken, 60)
            daemon.stop()


def exchanges():
    for kind, name in [('rsa-sha2-512', 'RSA'), ('ssh-ed25519', 'Ed25519')]:
        daemon = instance(f'exchanges-{name}')
        code, login = daemon.depositor(1)
        daemon.start()
        attackers = [Exchanges(daemon.port, 10 + number, kind) for number in range(8)]
        flood(attackers)
        taken = sessions(daemon.port, login, 30)
        finish(attackers)
        logins_row(f'8 addresses, key exchanges with {name} without end: logins of others', taken, 30)
        daemon.stop()


def guesses():
    daemon = instance('guesses')
    code, login = daemon.depositor(1)
    daemon.start()
    held = []
    for _ in range(10):
        held.append(transport(daemon.port, 9))
    stop = threading.Event()

    def guess(t):
        for number in itertools.count():
            if stop.is_set():
                return
            try:
                t.auth_password(login, 'Faux-%d' % number)
            except paramiko.AuthenticationException:
                if not t.is_active():
                    return
            except Exception:
                return

    threads = [threading.Thread(target=guess, args=(t,)) for t in held]
    for thread in threads:
        thread.start()
    eventually(lambda: daemon.lines('event=address.banned'), 30)
    time.sleep(3)
    stop.set()
    for thread in threads:
        thread.join()
    count = len(daemon.lines('event=session.denied', 'method=password'))
    row('guesses of one address on 10 connections before its ban (threshold 15)', count, 'at most 17', count <= 17)
    daemon.stop()


def existence():
    daemon = instance(
        'existence', sftp=['max_connections_per_minute: 1000000', 'max_auth_tries: 1000000', 'ban: {threshold: 1000000}'])
    code, login = daemon.depositor(1)
    daemon.start()
    key = paramiko.ECDSAKey.generate()
    dice = random.Random(1)

    def key_time(t, name):
        begun = time.perf_counter()
        # Only asked about: nothing is signed.
        handler = Probe(t)
        answered = handler.ask(name, key)
        assert answered == 51, answered
        return time.perf_counter() - begun

    def password_time(t, name):
        begun = time.perf_counter()
        try:
            t.auth_password(name, 'Faux-2026', fallback=False)
        except paramiko.AuthenticationException:
            pass
        return time.perf_counter() - begun

    for what, timed, probes in [('keys', key_time, 15), ('passwords', password_time, 50)]:
        times = {login: [], 'personne_example.com': []}
        wanted = [name for name in times for _ in range(options.samples)]
        dice.shuffle(wanted)
        t, left = None, 0
        for name in wanted:
            # The first question of a connection is slower than the others.
            if left == 0:
                if t:
                    t.close()
                t, left = transport(daemon.port, 1), probes
                timed(t, 'premier_example.com')
            times[name].append(timed(t, name))
            left -= 1
        t.close()
        area = auc(*times.values())
        row(f'telling an existing login by the time of its refusal, {what}, {options.samples} + {options.samples} samples',
            f'AUC {area:.3f}', '≤ 0.55', area <= 0.55 + 1.5 / options.samples ** 0.5 * (options.samples < 2000))
    daemon.stop()


class Probe:
    """One question of a key at a time (RFC 4252 section 7), past paramiko's own state."""

    def __init__(self, t):
        self.t = t
        if not hasattr(t, 'probing'):
            t.probing = self
            self.answer = threading.Event()
            service = paramiko.Message()
            service.add_byte(bytes([5]))
            service.add_string('ssh-userauth')
            t.auth_handler = self
            t._send_message(service)
            assert self.answer.wait(30)

    @property
    def _client_handler_table(self):
        return {6: self.note, 51: self.note, 60: self.note, 53: lambda message: None}

    _handler_table = _client_handler_table

    def note(self, message):
        probe = self.t.probing
        probe.code = message.asbytes()[0] if message.asbytes() else 0
        probe.answer.set()

    def is_authenticated(self):
        return False

    def abort(self):
        self.answer.set()

    def ask(self, name, key):
        probe = self.t.probing
        probe.answer.clear()
        m = paramiko.Message()
        m.add_byte(bytes([50]))
        m.add_string(name)
        m.add_string('ssh-connection')
        m.add_string('publickey')
        m.add_boolean(False)
        m.add_string(key.get_name())
        m.add_string(key.asbytes())
        self.t._send_message(m)
        assert probe.answer.wait(30)
        return 51


def lines():
    daemon = instance('lines')
    daemon.start()
    begun, made = time.monotonic(), 0
    while time.monotonic() < begun + 10:
        try:
            connection(daemon.port, 9, 5).close()
            made += 1
        except OSError:
            pass
    time.sleep(1)
    written = len(daemon.lines('address=127.0.0.9'))
    rate = written / (time.monotonic() - begun)
    row(f'lines of the log while one address connects {made / 10:.0f} times a second, 10 s', f'{rate:.0f} a second',
        '≤ 30 a second', rate <= 30)
    daemon.stop()


# As a depositor

def deposits():
    daemon = instance('deposits')
    code, login = daemon.depositor(1)
    other, other_login = daemon.depositor(2)
    daemon.start()
    text, over, sent = deposit(), threading.Event(), [0]

    def attack():
        t = transport(daemon.port, 9)
        t.auth_password(login, PASSWORD)
        sftp = paramiko.SFTPClient.from_transport(t)
        while not over.is_set():
            try:
                with sftp.open(f'{FOLDER.format(code=code)}/liste-{sent[0]}.csv', 'w') as file:
                    file.write(text)
                sent[0] += 1
            except OSError:
                time.sleep(0.01)
        t.close()

    attacker = threading.Thread(target=attack)
    attacker.start()
    time.sleep(3)
    t = transport(daemon.port, 1)
    t.auth_password(other_login, PASSWORD)
    sftp = paramiko.SFTPClient.from_transport(t)
    accepted = 0
    begun = time.monotonic()
    for number in range(12):
        try:
            with sftp.open(f'{FOLDER.format(code=other)}/liste-{number}.csv', 'w') as file:
                file.write(text)
            accepted += 1
        except OSError:
            pass
        time.sleep(2)

    def treated(of):
        return [d for d in daemon.json('deposit', 'list', '--depositor', of) if d['state'] == 'succes']

    eventually(lambda: len(treated(other)) == 12, 60)
    time.sleep(max(0, begun + 57 - time.monotonic()))
    over.set()
    attacker.join()
    mine, theirs = treated(other), treated(code)
    row('one account deposits without a pause, 1 min: another\'s deposits treated', f'{len(mine)} of 12', '12 of 12',
        accepted == 12 and len(mine) == 12)
    row('… its own deposits treated, of those it sent', f'{len(theirs)} of {sent[0]}', '≤ 45', len(theirs) <= 45)
    delivered = [m for m in daemon.json('mail', 'list') if m['state'] in ('sent', 'spooled')]
    to_attacker = [m for m in delivered if m['to'].startswith('robot1@')]
    to_other = [m for m in delivered if m['to'].startswith('robot2@')]
    row('… mails delivered to it', len(to_attacker), '≤ 20 (mail.max_per_hour)', len(to_attacker) <= 20)
    row('… mails delivered to the other', len(to_other), '12', len(to_other) == 12)
    t.close()
    daemon.stop()


def refusals():
    daemon = instance('refusals')
    code, login = daemon.depositor(1)
    daemon.start()
    t = transport(daemon.port, 1)
    t.auth_password(login, PASSWORD)
    sftp = paramiko.SFTPClient.from_transport(t)
    before, begun, asked = len(daemon.text().split('\n')), time.monotonic(), 0
    while time.monotonic() < begun + 10:
        for request in [lambda: sftp.open(f'{FOLDER.format(code=code)}/x.rapport.txt', 'w'), lambda: sftp.mkdir('/x'),
                        lambda: sftp.rename('/x', '/y')]:
            try:
                request()
            except OSError:
                pass
            asked += 1
    time.sleep(1)
    written = len(daemon.text().split('\n')) - before
    row(f'lines of the log of a session that is refused {asked / 10:.0f} times a second, 10 s', written, '≤ 40', written <= 40)
    t.close()
    daemon.stop()


def listings():
    daemon = instance('listings')
    code, login = daemon.depositor(1)
    path = os.path.join(daemon.state, 'depots', code, 'QUALIOPI', 'FICHIER_QUALIOPI')
    for number in range(1800):
        for ending in ['txt', 'json']:
            with open(os.path.join(path, f'liste-{number:05}.csv.2026-01-01T000000.rapport.{ending}'), 'w'):
                pass
    daemon.start()
    sessions(daemon.port, login, 3)
    before = daemon.resident()
    held, opened = [], 0
    for _ in range(8):
        t = transport(daemon.port, 1)
        t.auth_password(login, PASSWORD)
        sftp = paramiko.SFTPClient.from_transport(t)
        for _ in range(60):
            try:
                sftp._request(paramiko.sftp.CMD_OPENDIR, FOLDER.format(code=code).encode())
                opened += 1
            except OSError:
                break
        held.append(t)
    during = daemon.resident() - before
    for t in held:
        t.close()
    eventually(lambda: daemon.resident() - before < 10, 20)
    after = daemon.resident() - before
    row(f'8 sessions open listings of 3 600 files, {opened} in all: the daemon grows by', f'{during:.0f} MiB', '≤ 20 MiB',
        during <= 20)
    row('… and keeps, once they are gone', f'{max(after, 0):.0f} MiB', '≤ 10 MiB', after <= 10)
    daemon.stop()


# As somebody on the machine

def control():
    daemon = instance('control')
    daemon.start()
    peers = []
    for _ in range(20):
        s = socket.socket(socket.AF_UNIX)
        s.connect(os.path.join(daemon.state, 'control'))
        peers.append(s)
    begun = time.monotonic()
    live = daemon.json('status')[0].get('uptimeSeconds')
    taken = time.monotonic() - begun
    for s in peers:
        s.close()
    row('status while 20 silent peers hold the control socket', f'{taken:.2f} s', '< 1 s, with live figures',
        taken < 1 and live is not None)
    daemon.stop()


folder = tempfile.mkdtemp(prefix='collecteur-abuse-')
try:
    web = Floods(instance, row, options.samples)
    for run in [silent, exchanges, guesses, existence, lines, deposits, refusals, listings, control, *web.all()]:
        if options.only in run.__name__:
            run()
    print('\n| flood | figure | aim |\n|---|---|---|')
    for flood_name, figure, aim in rows:
        print(f'| {flood_name} | {figure} | {aim} |')
finally:
    shutil.rmtree(folder, ignore_errors=True)
if missed:
    sys.exit('missed: ' + '; '.join(missed))

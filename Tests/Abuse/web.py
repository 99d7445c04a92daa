"""What anybody can do to the portal: connections that are slow or silent, guesses, and questions whose time may tell who exists.

Directly, without the reverse proxy that stands before it in a service: the worse case.
"""

import random
import threading
import time

from clients import auc, share
from instance import siret
from people import PASSWORD, Held, Portal, address, choose_password, lasts, visits

HEAD = 'Host: 127.0.0.1:{port}\r\n'


class Floods:
    """`instance`, `row` and `samples` are those of the program that runs the floods."""

    def __init__(self, instance, row, samples):
        self.instance, self.row, self.samples = instance, row, samples

    def all(self):
        return [self.web_silent, self.web_slow, self.web_stuffing, self.web_existence]

    def start(self, name, people=1, **settings):
        daemon = self.instance(name, portal=True, **settings)
        daemon.people(people)
        daemon.start()
        choose_password(daemon, daemon.email(0))
        return daemon

    def honest(self, name, daemon, taken, count=60, limit=1.0):
        slowest = share(taken, 0.99)
        self.row(f'{name}: pages of others', f'{len(taken)} of {count}, p50 {share(taken, 0.5):.2f} s, p99 {slowest:.2f} s',
                 f'{count} of {count}, p99 < {limit:g} s', len(taken) == count and slowest < limit)

    def web_silent(self):
        daemon = self.start('web-silent')
        host = HEAD.format(port=daemon.portal)
        steps = {
            'nothing sent': '',
            'half a head': 'GET / HTTP/1.1\r\nHo',
            'half a form': f'POST /connexion HTTP/1.1\r\n{host}Sec-Fetch-Site: same-origin\r\n'
                           'Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 400\r\n\r\nemail=',
            'a page, then nothing': f'GET /connexion HTTP/1.1\r\n{host}\r\n',
        }
        for step, beginning in steps.items():
            attackers = [Held(daemon.portal, address(300 + number), beginning.encode()) for number in range(20)]
            for attacker in attackers:
                attacker.start()
            time.sleep(3)
            taken = visits(daemon.portal, daemon.email(0))
            for attacker in attackers:
                attacker.over.set()
            for attacker in attackers:
                attacker.join()
            self.honest(f'the portal, 20 addresses × 50 connections, {step}', daemon, taken)
            time.sleep(1)
        daemon.stop()

    def web_slow(self):
        daemon = self.start('web-slow')
        host = HEAD.format(port=daemon.portal)
        form = (f'POST /connexion HTTP/1.1\r\n{host}Sec-Fetch-Site: same-origin\r\n'
                'Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 4000\r\n\r\nemail=')
        slow = {
            'a head, a byte a second': (f'GET / HTTP/1.1\r\n{host}X-Langsam: ', b'a', True, 25),
            'a form, a byte a second': (form, b'a', True, 30),
            'a reader who does not read': (f'GET /connexion HTTP/1.1\r\n{host}\r\n' * 300, b'', False, 90),
        }
        held = {name: [] for name in slow}
        time.sleep(1)
        idle = daemon.portal_sockets()

        def attack(name, number):
            beginning, drip, reads, _ = slow[name]
            held[name].append(lasts(daemon.portal, address(500 + number), beginning.encode(), drip, reads,
                                    lambda: daemon.portal_sockets() > idle))

        threads = [threading.Thread(target=attack, args=(name, index * 20 + number))
                   for index, name in enumerate(slow) for number in range(20)]
        for thread in threads:
            thread.start()
        taken = visits(daemon.portal, daemon.email(0))
        for thread in threads:
            thread.join()
        for name, seconds in held.items():
            aim = slow[name][3]
            self.row(f'the portal, {name}, 20 of them: the last is cut after', f'{max(seconds):.0f} s', f'≤ {aim} s', max(seconds) <= aim)
        self.honest('… meanwhile', daemon, taken)
        daemon.stop()

    def guess(self, daemon, tries):
        """Sends all the guesses at once, from their addresses: how many were looked at, and how many refused unseen."""
        answers, lock = [], threading.Lock()

        def one(source, email):
            try:
                status = Portal(daemon.portal, source).log_in(email, 'Faux-2026-x')
            except Exception:
                status = 0
            with lock:
                answers.append(status)

        threads = [threading.Thread(target=one, args=each) for each in tries]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return answers.count(422), answers.count(429)

    def web_stuffing(self):
        daemon = self.start('web-stuffing')
        looked, later = self.guess(daemon, [(address(700 + number), daemon.email(0)) for number in range(80)])
        self.row('the portal, one account guessed from 80 addresses at once: guesses before its delay', looked,
                 '≤ 5', looked <= 5 and later > 0)
        looked, later = self.guess(daemon, [(address(900), f'personne{number}@example.com') for number in range(80)])
        self.row('… 80 accounts guessed from one address at once: guesses before its delay', looked, '≤ 20', looked <= 20 and later > 0)
        # Nobody is shut out: a new password by mail ends the delay.
        choose_password(daemon, daemon.email(0))
        status = Portal(daemon.portal).log_in(daemon.email(0))
        self.row('… and the person, with a new password by mail', 'gets in' if status == 303 else status, 'gets in', status == 303)
        daemon.stop()

    def web_existence(self):
        people = self.samples // 3 + 2
        daemon = self.start('web-existence', people=people)
        choose_password(daemon, daemon.email(1))
        dice, source = random.Random(1), iter(range(1000, 50_000))

        def timed(portal, path, fields, expected):
            begun = time.perf_counter()
            status, _, text = portal.ask('POST', path, fields)
            taken = time.perf_counter() - begun
            assert status == expected, f'{path}: {status} {text[:400]}'
            return taken

        def measure(what, one):
            times = {True: [], False: []}
            order = [known for known in times for _ in range(self.samples)]
            dice.shuffle(order)
            portal, left = None, 0
            for number, known in enumerate(order):
                if left == 0:
                    if portal:
                        portal.close()
                    portal, left = Portal(daemon.portal, address(next(source))), 4
                    # The first question of a connection is slower than the others.
                    portal.ask('GET', '/connexion')
                times[known].append(one(portal, known, number))
                left -= 1
            area = auc(*times.values())
            bound = 0.55 + 1.5 / self.samples ** 0.5 * (self.samples < 2000)
            self.row(f'telling a known address by the time of the answer, {what}, {self.samples} + {self.samples} samples',
                     f'AUC {area:.3f}', '≤ 0.55', area <= bound)

        tried = [0]

        def login(portal, known, number):
            taken = timed(portal, '/connexion', {
                'email': daemon.email(1) if known else f'personne{number}@example.com', 'mot_de_passe': 'Faux-2026-x'}, 422)
            if known:
                tried[0] += 1
                if tried[0] % 4 == 0:
                    # The right password between: else the account would have its delay.
                    assert Portal(daemon.portal).log_in(daemon.email(1)) == 303
            return taken

        measure('login', login)
        asked = iter(sorted(list(range(2, people)) * 3, key=lambda _: dice.random()))

        def reset(portal, known, number):
            return timed(portal, '/mot-de-passe', {
                'email': daemon.email(next(asked, 2)) if known else f'inconnu{number}@example.com'}, 200)

        measure('« Mot de passe oublié »', reset)

        def register(portal, known, number):
            return timed(portal, '/inscription', {
                'siret': siret(1), 'email': daemon.email(next(registered, 2)) if known else f'nouveau{number}@example.com',
                'mot_de_passe': PASSWORD, 'confirmation': PASSWORD, 'civilite': 'madame', 'nom': 'ARCHER', 'prenom': 'Jeanne',
                'telephone': '0102030405'}, 303)

        # Those who have an account: the first one's password is everybody's.
        daemon.stop()
        daemon.give_accounts(daemon.email(1))
        daemon.start()
        registered = iter(sorted(list(range(2, people)) * 3, key=lambda _: dice.random()))
        measure('registration', register)
        daemon.stop()

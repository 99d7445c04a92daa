"""People and attackers at the portal: requests from addresses of the loopback network."""

import email
import email.policy
import http.client
import os
import re
import socket
import threading
import time
import urllib.parse

from instance import eventually

PASSWORD = 'Portail-2026'


def address(number):
    """One of 60 000 addresses of the loopback network."""
    return f'127.{1 + number // 62500}.{number // 250 % 250}.{1 + number % 250}'


class Portal:
    """The portal of an instance, asked from one address."""

    def __init__(self, port, source='127.0.0.1', timeout=30):
        self.port, self.source, self.timeout = port, source, timeout
        self.cookie = ''
        self.connection = None

    def ask(self, method, path, fields=None):
        """Status, headers and text of the answer. The connection stays for the next one."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection(
                '127.0.0.1', self.port, timeout=self.timeout, source_address=(self.source, 0))
        headers = {'Cookie': self.cookie} if self.cookie else {}
        body = None
        if method == 'POST':
            headers |= {'Sec-Fetch-Site': 'same-origin', 'Content-Type': 'application/x-www-form-urlencoded'}
            body = urllib.parse.urlencode(fields or {})
        try:
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
            text = answer.read().decode()
        except Exception:
            self.close()
            raise
        for name, value in answer.getheaders():
            if name.lower() == 'set-cookie':
                self.cookie = value.split(';')[0]
        if answer.will_close:
            self.close()
        return answer.status, dict(answer.getheaders()), text

    def log_in(self, email, password=PASSWORD):
        return self.ask('POST', '/connexion', {'email': email, 'mot_de_passe': password})[0]

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None


def choose_password(daemon, email_address):
    """Gives a person of a running instance the portal's password, by the mail's link."""
    folder = os.path.join(daemon.state, 'mail')
    daemon.command('user', 'reset-password', email_address)

    def link():
        for name in os.listdir(folder) if os.path.isdir(folder) else []:
            if name.endswith('.eml'):
                with open(os.path.join(folder, name), 'rb') as file:
                    message = email.message_from_binary_file(file, policy=email.policy.default)
                found = re.search(r'(/mot-de-passe/\S+)', message.get_content())
                if message['to'] == email_address and found:
                    return found[1]
        return None

    path = eventually(link)
    status, _, text = Portal(daemon.portal).ask('POST', path, {'mot_de_passe': PASSWORD, 'confirmation': PASSWORD})
    assert status == 200, text


def visits(port, email_address, count=60, source='127.0.0.1'):
    """So many looks at the deposits, each by a connection of its own: seconds of those that succeeded."""
    person = Portal(port, source)
    for _ in range(20):
        try:
            if person.log_in(email_address) == 303:
                break
        except Exception:
            time.sleep(0.1)
    taken = []
    for _ in range(count):
        person.close()
        begun = time.monotonic()
        try:
            status, _, text = person.ask('GET', '/depots')
            if status == 200 and 'Mes dépôts</h1>' in text:
                taken.append(time.monotonic() - begun)
        except Exception:
            pass
    return taken


class Held(threading.Thread):
    """An address that holds connections which have sent something and then fall silent, and comes again for each that it loses."""

    def __init__(self, port, source, beginning, count=50):
        super().__init__(daemon=True)
        self.port, self.source, self.beginning, self.count = port, source, beginning, count
        self.over = threading.Event()
        self.made = 0

    def run(self):
        held = []
        while not self.over.is_set():
            for s in list(held):
                try:
                    if s.recv(4096) == b'':
                        raise OSError
                except BlockingIOError:
                    continue
                except OSError:
                    s.close()
                    held.remove(s)
            while len(held) < self.count and not self.over.is_set():
                s = socket.socket()
                s.settimeout(5)
                try:
                    s.bind((self.source, 0))
                    s.connect(('127.0.0.1', self.port))
                    s.sendall(self.beginning)
                    s.setblocking(False)
                except OSError:
                    s.close()
                    break
                self.made += 1
                held.append(s)
            # Faster than anybody needs to, slow enough that twenty of these don't take the processor of the one they attack.
            self.over.wait(0.2)
        for s in held:
            s.close()


def lasts(port, source, beginning, drip, reads, is_held, most=120):
    """Seconds until the portal ends a connection that sends one thing and then drips another, a piece a second. Of one that doesn't read
    the kernel keeps what was sent after the portal has let it go: whether it has is asked of `is_held`."""
    s = socket.socket()
    s.bind((source, 0))
    if not reads:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    s.connect(('127.0.0.1', port))
    s.settimeout(1)
    begun = time.monotonic()
    try:
        s.sendall(beginning)
        while time.monotonic() < begun + most:
            if drip:
                s.sendall(drip)
            if reads:
                try:
                    if s.recv(65536) == b'':
                        break
                except TimeoutError:
                    continue
            else:
                time.sleep(1)
                if not is_held():
                    break
    except OSError:
        pass
    finally:
        s.close()
    return time.monotonic() - begun

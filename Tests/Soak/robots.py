"""Depositors' robots: each sends one file after another, in the ways in which robots do, and notes what it was told."""

import datetime
import hashlib
import random
import threading
import time

import paramiko
from paramiko.sftp import CMD_CLOSE

HEADER = ("NDA;SIREN;actionsDeFormation;bilansDeCompetences;VAE;actionsDeFormationParApprentissage;"
          "dateDecisionCertif;dateFinValiditeCertif")
# Organisations of each depositor: no two share one, so that the certified list tells whose is in force.
SHARE = 1000


def nda(number):
    return f"11{number:09}"


def siren(number):
    return f"{300_000_000 + number:09}"


def reference(depositors):
    return "NDA;SIREN\n" + "".join(f"{nda(n)};{siren(n)}\n" for n in range(depositors * SHARE))


class Sent:
    """A file that a robot sent, or tried to."""

    def __init__(self, name, kind, content, ndas):
        self.name, self.kind, self.content, self.ndas = name, kind, content, ndas
        self.sha256 = hashlib.sha256(content).hexdigest()
        # acknowledged: its client was told that it is here. refused: that it is not. unsure: nobody answered. cut: never
        # completed.
        self.fate = "cut"


class Robot(threading.Thread):
    def __init__(self, number, code, login, key, port, seed, until):
        super().__init__(daemon=True)
        self.number, self.code, self.login, self.key, self.port, self.until = number, code, login, key, port, until
        self.random = random.Random(seed)
        self.folder = f"/{code}/QUALIOPI/FICHIER_QUALIOPI"
        self.sent, self.complaints = [], []
        self.transport = self.sftp = None

    # Files

    def make(self):
        year = datetime.date.today().year
        dates = f"01/02/{year - 1};01/02/{year + 2}"
        kind = self.random.choices(["good", "partial", "refused"], [6, 2, 2])[0]
        numbers = self.random.sample(range(SHARE), self.random.choice([1, 20, 90, 300]) + 1)
        numbers = [self.number * SHARE + n for n in numbers]
        lines = [f"{nda(n)};{siren(n)};OUI;NON;NON;NON;{dates}" for n in numbers]
        accepted = {nda(n) for n in numbers}
        if kind == "partial":
            # An NDA that the OF list does not have.
            lines[-1] = lines[-1].replace(nda(numbers[-1]), "ZZ" + nda(numbers[-1])[2:])
            accepted.discard(nda(numbers[-1]))
        if kind == "refused":
            lines[-1] = lines[-1].replace("OUI", "NON")
            accepted = None
        content = "\r\n".join([HEADER, *lines, ""]).encode()
        return Sent(f"r{self.number}-{len(self.sent)}.csv", kind, content, accepted)

    # The connection

    def connect(self):
        if self.transport is not None and self.transport.is_active():
            return
        self.disconnect()
        self.transport = paramiko.Transport(("127.0.0.1", self.port))
        self.transport.banner_timeout = self.transport.auth_timeout = self.transport.handshake_timeout = 30
        self.transport.connect(username=self.login, pkey=self.key)
        self.sftp = paramiko.SFTPClient.from_transport(self.transport)
        self.sftp.get_channel().settimeout(30)

    def disconnect(self):
        if self.transport is not None:
            self.transport.close()
        self.transport = self.sftp = None

    # Work

    def run(self):
        unfinished = None
        while time.monotonic() < self.until:
            try:
                self.connect()
            except Exception:
                self.disconnect()
                time.sleep(self.random.uniform(0.1, 0.4))
                continue
            try:
                if unfinished is not None:
                    sent, unfinished = unfinished, None
                    self.resume(sent)
                    continue
                sent = self.make()
                self.sent.append(sent)
                way = self.random.random()
                if way < 0.2:
                    self.cut(sent)
                    unfinished = sent if self.random.random() < 0.7 else None
                elif way < 0.5:
                    self.send_and_rename(sent)
                else:
                    self.send(sent)
            except Exception:
                self.disconnect()
            time.sleep(self.random.uniform(0, 0.3))

    def write(self, file, content, offset=0):
        step = self.random.choice([500, 4000, 32_000])
        # OpenSSH's client and many others go on after a refused write, and close the file as if nothing had been.
        goes_on = self.random.random() < 0.5
        while offset < len(content):
            try:
                file.write(content[offset:offset + step])
            except OSError:
                if not goes_on or not self.transport.is_active():
                    raise
            offset += step

    def complete(self, sent, file):
        """CLOSE: from here on the file may be here."""
        file.flush()
        self.ask(sent, lambda: self.close(file))

    def ask(self, sent, request):
        """Asks for what makes the file a deposit: from here on it may be one, unless the answer says that it is not."""
        sent.fate = "unsure"
        try:
            request()
            sent.fate = "acknowledged"
        except OSError as error:
            # paramiko's own for a failure that the server answered; a lost connection is another.
            if type(error) is OSError and self.transport.is_active() and "closed" not in str(error):
                sent.fate = "refused"
            raise

    def close(self, file):
        """paramiko's own close() takes a lost answer, and a refusal, for a success."""
        self.sftp._request(CMD_CLOSE, file.handle)
        file._closed = True

    def send(self, sent):
        file = self.sftp.open(f"{self.folder}/{sent.name}", "wb")
        self.write(file, sent.content)
        self.complete(sent, file)
        self.check_size(sent)

    def check_size(self, sent):
        """As paramiko's put() does: a robot that gets another answer believes that its upload failed."""
        try:
            size = self.sftp.stat(f"{self.folder}/{sent.name}").st_size
        except FileNotFoundError:
            size = None
        if size != len(sent.content):
            self.complaints.append(f"{sent.name}: {size} bytes after {len(sent.content)} were acknowledged")

    def send_and_rename(self, sent):
        temporary = f"{self.folder}/{sent.name}.tmp"
        file = self.sftp.open(temporary, "wb")
        self.write(file, sent.content)
        file.flush()
        self.close(file)
        self.ask(sent, lambda: self.sftp.rename(temporary, f"{self.folder}/{sent.name}"))
        self.check_size(sent)

    def cut(self, sent):
        file = self.sftp.open(f"{self.folder}/{sent.name}", "wb")
        self.write(file, sent.content[:self.random.randrange(len(sent.content))])
        file.flush()
        # No word of farewell: as when a cable is pulled.
        self.transport.sock.close()
        self.disconnect()

    def resume(self, sent):
        path = f"{self.folder}/{sent.name}"
        try:
            size = self.sftp.stat(path).st_size
        except FileNotFoundError:
            size = 0
        file = self.sftp.open(path, "r+b" if size else "wb")
        file.seek(size)
        self.write(file, sent.content, size)
        self.complete(sent, file)

    def tidy(self):
        """Removes what it left unfinished, once the trouble is over."""
        self.connect()
        for name in self.sftp.listdir(self.folder):
            if ".rapport." not in name:
                self.sftp.remove(f"{self.folder}/{name}")
        self.disconnect()

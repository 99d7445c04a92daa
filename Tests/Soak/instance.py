"""A collecteur of its own for the soak: its settings, its commands, and a daemon that is killed and started again."""

import json
import os
import random
import signal
import socket
import subprocess
import threading
import time

# Those of FaultPoint.swift that a deposit or a mail passes; release builds know none of them.
FAULTS = (
    "uploadSynced publicationRecorded appeared published claimed moving moved validated integrated reportWritten "
    "halfReported reported reportRecorded archiving archived done sent").split()


# Bound as long as the program runs, so that no connection gets these ports; whoever sets SO_REUSEADDR can listen there.
RESERVED = []


def reserved_port():
    probe = socket.socket()
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    probe.bind(("127.0.0.1", 0))
    RESERVED.append(probe)
    return probe.getsockname()[1]


class Instance:
    def __init__(self, folder, programs, mail_port):
        self.folder, self.programs = folder, programs
        self.state = os.path.join(folder, "state")
        self.port = reserved_port()
        self.settings = os.path.join(folder, "collecteur.yaml")
        with open(self.settings, "w") as file:
            file.write(f"""
state_directory: {self.state}
sftp:
  listen: ["127.0.0.1:{self.port}"]
  # All robots come from one address, and make a month's deposits: limits that they would reach before the program does.
  max_sessions_per_address: 1000
  max_unauthenticated_per_address: 1000
  max_connections_per_minute: 1000000
  max_folder_files: 100000
  ban: {{exempt: ["127.0.0.0/8"]}}
# The limits that would be measured in the place of the promise: of tries for a reason that lasts, and of the mail's patience.
deposits: {{settle_seconds: 0.2, technical_retries: 1000, max_per_minute: 1000000, max_per_day: 1000000, max_bytes_per_day: 1099511627776, max_changes_per_day: 1000000000}}
mail:
  transport: smtp
  url: smtp://127.0.0.1:{mail_port}
  tls: none
  retry_initial_seconds: 0.5
  retry_longest_seconds: 10
  max_per_hour: 1000000
""")
        self.process = None
        self.kills = self.faults = 0
        # The chance of a session's write to fail.
        self.write_faults = 0

    def command(self, *arguments, text=None):
        done = subprocess.run(
            [os.path.join(self.programs, "collecteur"), "--config", self.settings, *arguments], input=text,
            capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"{arguments}: {done.stderr}")
        return done.stdout.strip()

    def json(self, *arguments):
        return json.loads(self.command(*arguments, "--json"))

    # The daemon

    def start(self, fault=None):
        environment = dict(
            os.environ, COLLECTEUR_RETRY_SECONDS="0.5", COLLECTEUR_WRITE_FAULTS=str(self.write_faults))
        environment.pop("COLLECTEUR_FAULT", None)
        if fault:
            environment["COLLECTEUR_FAULT"] = fault
        with open(os.path.join(self.folder, "daemon.log"), "ab") as log:
            self.process = subprocess.Popen(
                [os.path.join(self.programs, "collecteur"), "--config", self.settings, "serve"], stderr=log,
                env=environment)

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        if self.is_running():
            self.process.send_signal(signal.SIGTERM)
            try:
                return self.process.wait(40)
            except subprocess.TimeoutExpired:
                self.kill()

    def processes(self, name):
        """The daemon's children of that name that run: any thread of the daemon may be their parent."""
        pids = []
        for task in os.listdir(f"/proc/{self.process.pid}/task"):
            try:
                with open(f"/proc/{self.process.pid}/task/{task}/children") as file:
                    for pid in file.read().split():
                        with open(f"/proc/{pid}/stat") as stat:
                            about = stat.read()
                        if f"({name}) " in about and not about.rsplit(")", 1)[1].startswith(" Z"):
                            pids.append(int(pid))
            except OSError:
                pass
        return pids


class Trouble(threading.Thread):
    """Kills the daemon at random moments and at fault points, sessions and what they are copied from; starts the daemon again."""

    def __init__(self, instance, seed, until):
        super().__init__(daemon=True)
        self.instance, self.until = instance, until
        self.random = random.Random(seed)
        self.session_kills = self.template_kills = 0

    def run(self):
        while time.monotonic() < self.until:
            fault = self.random.choice(FAULTS) if self.random.random() < 0.6 else None
            self.instance.start(fault)
            life = time.monotonic() + self.random.uniform(2, 6)
            while time.monotonic() < min(life, self.until) and self.instance.is_running():
                time.sleep(self.random.uniform(0.05, 0.5))
                if self.random.random() < 0.15:
                    self.session_kills += self.kill_child("collecteur-sess")
                if self.random.random() < 0.05:
                    self.template_kills += self.kill_child("collecteur-tmpl")
            if self.instance.is_running():
                self.instance.kill()
                self.instance.kills += 1
            else:
                self.instance.faults += 1

    def kill_child(self, name):
        try:
            pids = self.instance.processes(name)
            if pids:
                os.kill(self.random.choice(pids), signal.SIGKILL)
            return len(pids) > 0
        except OSError:
            return False

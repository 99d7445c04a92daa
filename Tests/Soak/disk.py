"""A disk of its own for the state that fills and empties at random; without root there is none."""

import os
import random
import subprocess
import threading
import time

MEGABYTE = 1 << 20


class Disk(threading.Thread):
    """A tmpfs over the state's folder."""

    def __init__(self, folder, seed, until, megabytes=800):
        super().__init__(daemon=True)
        self.folder, self.until = folder, until
        self.random = random.Random(seed)
        self.filler = os.path.join(folder, "filler")
        self.fillings = 0
        os.makedirs(folder, exist_ok=True)
        options = f"size={megabytes}m,mode=700"
        self.is_mounted = os.geteuid() == 0 and subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], stderr=subprocess.DEVNULL).returncode == 0

    def run(self):
        while self.is_mounted and time.monotonic() < self.until:
            self.wait(self.random.uniform(3, 10))
            # To the last byte; below the reserve, where uploads are refused; or above it.
            self.fill(self.random.choice([0, 0, 0, 1, 20, 200, 300]))
            self.wait(self.random.uniform(0.2, 4))
            self.empty()

    def wait(self, seconds):
        time.sleep(max(0, min(seconds, self.until - time.monotonic())))

    def fill(self, leave):
        self.fillings += 1
        block = bytes(MEGABYTE)
        with open(self.filler, "ab", buffering=0) as file:
            try:
                while True:
                    about = os.statvfs(self.folder)
                    room = about.f_bavail * about.f_frsize - leave * MEGABYTE
                    if room <= 0:
                        return
                    file.write(block[:room])
            except OSError:
                pass

    def empty(self):
        try:
            os.remove(self.filler)
        except FileNotFoundError:
            pass

    def unmount(self):
        if self.is_mounted:
            subprocess.run(["umount", "-l", self.folder])

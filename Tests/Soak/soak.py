"""`make soak`: robots deposit while the daemon, its sessions, their connections and the mail server die at random, the disk
fills and empties, and one write in some hundreds fails.

When the time is over, everything is left in peace until it has settled, and the promise is proved from outside: each
acknowledged deposit has one row, one pair of reports and one mail for each recipient, and nothing is left over.
"""

import argparse
import logging
import os
import random
import shutil
import sys
import tempfile
import time

import paramiko

from disk import Disk
from instance import Instance, Trouble, reserved_port
from mail_server import MailServer
from proof import Proof
from robots import Robot, reference

# Broken connections are what this is about.
logging.getLogger("paramiko").setLevel(logging.CRITICAL + 1)

parser = argparse.ArgumentParser()
parser.add_argument("programs", help="the folder of collecteur and collecteur-session")
parser.add_argument("--seconds", type=float, default=60)
parser.add_argument("--depositors", type=int, default=20)
parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
options = parser.parse_args()


def siret(number):
    """With its control digit (Luhn)."""
    body = f"{10_000_000 + number:08}00001"
    digits = [int(digit) for digit in reversed(body)]
    total = sum(sum(divmod(2 * digit, 10)) if index % 2 == 0 else digit for index, digit in enumerate(digits))
    return body + str(-total % 10)


def settle(instance, patience=180):
    """Waits until nothing is being treated or sent."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if not instance.is_running():
            instance.start()
        try:
            deposits = instance.json("deposit", "list", "--state", "enCours")
            mails = instance.json("mail", "list", "--state", "queued")
            waiting = [
                name for _, _, names in os.walk(os.path.join(instance.state, "depots")) for name in names
                if ".rapport." not in name]
            moving = os.listdir(os.path.join(instance.state, "processing"))
            if not deposits and not mails and not waiting and not moving:
                return True
        except RuntimeError:
            pass
        time.sleep(0.5)
    return False


print(f"seed {options.seed}: {options.depositors} depositors, {options.seconds:g} s of trouble", flush=True)
dice = random.Random(options.seed)
folder = tempfile.mkdtemp(prefix="collecteur-soak-")
mail_port = reserved_port()
instance = Instance(folder, options.programs, mail_port)
until = time.monotonic() + options.seconds
disk = Disk(instance.state, dice.random(), until)

with open(os.path.join(folder, "of.csv"), "w") as file:
    file.write(reference(options.depositors))
instance.command("reference", "import", os.path.join(folder, "of.csv"))
accounts, recipients = [], {}
for number in range(options.depositors):
    code = instance.command("depositor", "add", "--siret", siret(number), "--name", f"Robot {number}")
    recipients[code] = [f"robot{number}@example.com"] + [f"chef{number}@example.com"] * (number % 2)
    for recipient in recipients[code]:
        instance.command("user", "add", recipient, "--depositor", code)
    login = instance.command(
        "account", "create", recipients[code][0], "--password-stdin", text="Qualiopi-2026\n")
    key = paramiko.ECDSAKey.generate()
    public = os.path.join(folder, f"{number}.pub")
    with open(public, "w") as file:
        file.write(f"{key.get_name()} {key.get_base64()}\n")
    instance.command("account", "add-key", login, public)
    accounts.append((number, code, login, key))

until = disk.until = time.monotonic() + options.seconds
instance.write_faults = 0.003
server = MailServer(mail_port, dice.random(), until)
trouble = Trouble(instance, dice.random(), until)
robots = [Robot(*account, instance.port, dice.random(), until) for account in accounts]
for thread in [server, trouble, disk, *robots]:
    thread.start()
for thread in [trouble, disk, *robots]:
    # A thread of paramiko that dies leaves its robot waiting for ever; what it asked for last stays unsure.
    thread.join(max(0.1, until + 90 - time.monotonic()))
disk.empty()
instance.write_faults = 0

is_settled = settle(instance)
for robot in robots:
    if robot.is_alive():
        robot.transport = robot.sftp = None
    robot.tidy()
is_settled = settle(instance) and is_settled
status = instance.stop()
server.is_over.set()
server.join()

proof = Proof(instance, robots, recipients, server.taken)
faults = proof.run()
if not is_settled:
    faults.insert(0, "something was still waiting three minutes after the trouble was over")
if status != 0:
    faults.insert(0, f"the daemon ended with {status}")
print(
    f"daemon killed {instance.kills} times at random, {instance.faults} times at a fault point; "
    f"{trouble.session_kills} sessions killed, {trouble.template_kills} templates; mail server away {server.outages} times, "
    f"{server.deferred} mails deferred, {server.dropped} dropped; "
    + (f"disk filled {disk.fillings} times" if disk.is_mounted else "no disk to fill without root"))
print(", ".join(f"{count} {what}" for what, count in sorted(proof.figures.items())))
if faults:
    print(f"{len(faults)} FAULTS (the instance is kept in {folder}):")
    print("\n".join(faults[:50]))
    sys.exit(1)
disk.unmount()
shutil.rmtree(folder)
print("nothing lost, nothing twice, nothing left")

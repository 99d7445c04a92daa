"""Runs a test command and says what it came to: a line a suite, each failure whole, then what was skipped and why.

    python3 Tests/summarise.py [--once-more] LOG COMMAND...

Whatever the command prints goes to LOG, which is named when something fails. The exit status is the command's.

With --once-more, up to three tests that failed are run a second time, by themselves. What fails twice is a failure. What
passes then is called unsteady at the end, with its first failure above and in LOG: a race to be found, in the test or in
what it tests, and no reason to hold back everything else on a machine that may have stood still for a moment.
"""

import re
import subprocess
import sys

SUITE = re.compile(r"^. Suite (.+?) (passed|failed) after ([0-9.]+) seconds")
SKIPPED = re.compile(r"^. (?:Test|Suite) (.+?) skipped(?:: (.*))?$")
RUN = re.compile(r"^. Test run with ")
# An issue's first line; what explains it are the lines up to the next event, a log of many lines among them.
ISSUE = re.compile(r"^. (?:Test|Suite) .+ (?:recorded an issue|failed after)|^(?:error|fatal error|Fatal error):")
EVENT = re.compile(r"^[^\w\s] (?:Test|Suite|Passing|Run) ")
ENDED = re.compile(r'^. Test (?!run with )"?(.+?)"?(?: with \d+ test cases?)? (passed|failed) after [0-9.]+ seconds')
MOST_LINES = 60
MOST_AGAIN = 3


def run(log_name, command):
    """The command's status, the tests that passed and failed, and those that were skipped, with the reason."""
    skipped, ended, explaining = [], {"passed": [], "failed": []}, 0
    with open(log_name, "ab") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for raw in process.stdout:
            log.write(raw)
            line = raw.decode(errors="replace").rstrip("\n")
            if match := SUITE.match(line):
                print(f"  {'ok    ' if match[2] == 'passed' else 'FAILED'} {match[1]} ({float(match[3]):.1f} s)", flush=True)
            elif match := SKIPPED.match(line):
                skipped.append((match[1], (match[2] or "no reason given").strip('"')))
            elif ISSUE.match(line) or RUN.match(line) or (explaining > 0 and not EVENT.match(line)):
                print(line, flush=True)
            if match := ENDED.match(line):
                ended[match[2]].append(match[1])
            explaining = MOST_LINES if ISSUE.match(line) else 0 if EVENT.match(line) else explaining - 1
    status = process.wait()
    return (status if status >= 0 else 128 - status), ended, skipped


def once_more(log_name, command, failed):
    """True if each of them passes by itself. The command's last option, which says what to run, is replaced."""
    for name in failed:
        print(f"once more, by itself: {name}", flush=True)
        status, ended, _ = run(log_name, [*command[:-2], "--filter", re.sub(r"[^\w ]+", ".*", name)])
        if status != 0 or name not in ended["passed"]:
            return False
    return True


def main(arguments):
    again = arguments[0] == "--once-more"
    log_name, *command = arguments[1:] if again else arguments
    open(log_name, "wb").close()
    status, ended, skipped = run(log_name, command)
    failed, unsteady = ended["failed"], []
    # A run that ends without naming what failed has crashed.
    if again and status != 0 and 1 <= len(failed) <= MOST_AGAIN and once_more(log_name, command, failed):
        status, unsteady = 0, failed
    for name, reason in skipped:
        print(f"skipped: {name}: {reason}")
    for name in unsteady:
        print(f"UNSTEADY: {name}: failed beside the others and passed by itself; the failure is above and in {log_name}")
    if status != 0:
        print(f"failed with {status}; all that was printed is in {log_name}", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

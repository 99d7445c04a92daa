"""Runs a test command and says what it came to: a line a suite, each failure whole, then what was skipped and why.

    python3 Tests/summarise.py LOG COMMAND...

Whatever the command prints goes to LOG, which is named when something fails. The exit status is the command's.
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
MOST_LINES = 60


def main(log_name, command):
    skipped, explaining = [], 0
    with open(log_name, "wb") as log:
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
            explaining = MOST_LINES if ISSUE.match(line) else 0 if EVENT.match(line) else explaining - 1
    status = process.wait()
    for name, reason in skipped:
        print(f"skipped: {name}: {reason}")
    if status != 0:
        print(f"failed with {status}; all that was printed is in {log_name}", file=sys.stderr)
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))

#!/usr/bin/env python3
"""The benchmark: `make bench`. Every figure with its peer measured in the same run.

Everything runs on 127.0.0.1 in throwaway folders: one on disk, where syncing costs what it costs, one in memory.
"""
import argparse
import datetime
import json
import os
import pathlib
import platform
import resource
import signal
import sys
import time
import traceback

import burst
import engine
import growth
import memory
import portal
import reports
import samples
import sessions
import uploads
from harness import Bench

FIGURES = {1: engine, 2: uploads, 3: sessions, 4: reports, 5: memory, 6: burst, 7: growth, 8: portal}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--programs', required=True, help='the folder of the built programs')
    parser.add_argument('--figures', default='1,2,3,4,5,6,7,8', help='which figures, such as 1,4')
    parser.add_argument('--large', action='store_true', help='also the burst of 4 000')
    parser.add_argument('--json', action='store_true', help='JSON instead of a table')
    parser.add_argument('--disk', default='/var/tmp', help='where the folder on disk is made')
    parser.add_argument('--memory', default='/dev/shm', help='where the folder in memory is made')
    arguments = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))

    # So that what it has started is ended, and its folders go.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    start = time.monotonic()
    bench = Bench(arguments.programs, arguments.disk, arguments.memory)
    bench.reference = lambda count: bench.write('of.csv', samples.reference(count))
    failed = False
    try:
        for number in map(int, arguments.figures.split(',')):
            print(f'figure {number}: {FIGURES[number].__doc__.split(": ", 1)[1].splitlines()[0]}', file=sys.stderr)
            try:
                if number == 6:
                    burst.run(bench, arguments.large)
                else:
                    FIGURES[number].run(bench)
            except Exception:
                # The other figures are worth having without this one.
                traceback.print_exc()
                bench.note(f'Figure {number} could not be measured.')
                failed = True
    finally:
        bench.close()
    about = machine(arguments.disk) | {'seconds': round(time.monotonic() - start)}
    print(as_json(bench, about) if arguments.json else as_table(bench, about))
    return 1 if failed else 0


def machine(disk):
    model = next((line.split(':', 1)[1].strip() for line in pathlib.Path('/proc/cpuinfo').read_text().splitlines()
                  if line.startswith('model name')), platform.machine())
    mounts = [line.split()[1:3] for line in pathlib.Path('/proc/mounts').read_text().splitlines()]
    at = os.path.realpath(disk)
    file_system = max((m for m in mounts if (at + '/').startswith(m[0].rstrip('/') + '/')), key=lambda m: len(m[0]))[1]
    pages = os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE')
    return {'date': datetime.date.today().isoformat(), 'cpu': model, 'cores': os.cpu_count(),
            'memoryGiB': round(pages / 2**30), 'kernel': platform.release(), 'disk': file_system,
            'load': round(os.getloadavg()[2], 1)}


def number(value):
    return f'{value:.0f}' if value >= 100 else f'{value:.1f}' if value >= 10 else f'{value:.2f}'.rstrip('0').rstrip('.')


def as_table(bench, about):
    head = ('', 'figure', 'collecteur', 'peer', '', 'ratio', 'aim')
    lines = [head]
    for row in bench.rows:
        sign = '≥' if row.more_is_better else '≤'
        lines.append((
            str(row.figure), row.what, f'{number(row.value)} {row.unit}'.strip(), row.peer,
            number(row.peer_value) if row.peer_value is not None else '', f'{row.ratio:.1f}×' if row.ratio else '',
            '' if row.aim is None else f'{sign} {number(row.aim)}{"" if row.met else " missed"}'))
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    right = (2, 4, 5)

    def shown(line):
        cells = [c.rjust(w) if i in right else c.ljust(w) for i, (c, w) in enumerate(zip(line, widths))]
        return '| ' + ' | '.join(cells) + ' |'
    rule = '|' + '|'.join('-' * (w + 1) + (':' if i in right else '-') for i, w in enumerate(widths)) + '|'
    title = (f'{about["date"]}, {about["cpu"]}, {about["cores"]} cores, {about["memoryGiB"]} GiB, Linux {about["kernel"]}, '
             f'{about["disk"]}; {about["seconds"]} s. A ratio is how many times better than the peer.')
    return '\n'.join([title, '', shown(head), rule, *map(shown, lines[1:]), *([''] if bench.notes else []),
                      *dict.fromkeys(bench.notes)])


def as_json(bench, about):
    rows = [{'figure': r.figure, 'what': r.what, 'value': r.value, 'unit': r.unit, 'peer': r.peer or None,
             'peerValue': r.peer_value, 'ratio': r.ratio, 'aim': r.aim, 'met': r.met} for r in bench.rows]
    return json.dumps({'machine': about, 'rows': rows, 'notes': list(dict.fromkeys(bench.notes))},
                      ensure_ascii=False, indent=2)


if __name__ == '__main__':
    sys.exit(main())

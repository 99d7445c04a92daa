"""Figure 1: the validation engine, alone and as `check`, against DuckDB and frictionless doing the same controls."""
import pathlib
import re
import subprocess
import sys
import time

import samples
from harness import HERE, median, process, resident

LINES = 165_000
ROUNDS = 5


def run(bench):
    clean = bench.write('liste.csv', samples.deposit(LINES))
    broken = bench.write('fausse.csv', samples.broken(LINES))
    reference = bench.reference(LINES)
    size = clean.stat().st_size / 1e6

    duckdb_alone, duckdb_process = duckdb(clean, reference)
    alone(bench, size, duckdb_alone)

    def check(file):
        return [bench.programs / 'collecteur', 'check', file, '--reference', reference, '--format', 'json']

    def time_of(file):
        return median([process(check(file), accept=(0, 1, 2))[0] for _ in range(ROUNDS)])

    what = f'`check`, {size:.1f} MB, OF list read from its file'
    wall = time_of(clean)
    bench.add(1, what, wall * 1000, 'ms', 'DuckDB, process', duckdb_process * 1000, duckdb_process * 1000 / 4)
    frictionless = [sys.executable, __file__, 'frictionless', clean]
    bench.add(1, what, wall * 1000, 'ms', 'frictionless', process(frictionless, accept=(0, 1))[0] * 1000)
    # Five times the file.
    bench.add(1, 'its largest resident set', resident(check(clean)), 'MiB', 'frictionless', resident(frictionless),
              5 * clean.stat().st_size / 1024 ** 2)
    bench.add(1, 'an error in every cell, with its report, against a clean one', time_of(broken) / wall, 'times', aim=3)


def alone(bench, size, duckdb_alone):
    program = bench.programs / 'engine-bench'
    text = subprocess.run([program, str(LINES)], stdout=subprocess.PIPE, text=True, check=True).stdout
    # name, megabytes, milliseconds, megabytes a second, what was found
    row = r'^(.+?)\s+([\d.]+) MB\s+([\d.]+) ms\s+(\d+) MB/s'
    times = {name: (float(megabytes), float(milliseconds))
             for name, megabytes, milliseconds, _ in re.findall(row, text, re.M)}
    megabytes, milliseconds = times['clean']
    bench.add(1, 'engine alone, one thread', megabytes / milliseconds * 1000, 'MB/s', 'DuckDB, in process',
              size / duckdb_alone, 400, more_is_better=True)
    for name, what in [('broken', 'as many lines'), ('broken, as many bytes', 'as many bytes')]:
        bench.add(1, f'engine, an error in every cell against a clean file, {what}', times[name][1] / milliseconds, 'times',
                  aim=3)


def duckdb(clean, reference):
    """Seconds of the controls in SQL: within a process that runs already, and as a process."""
    arguments = [sys.executable, __file__, 'duckdb', clean, reference]
    whole = median([process(arguments)[0] for _ in range(ROUNDS)])
    text = subprocess.run([str(a) for a in arguments] + [str(ROUNDS)], stdout=subprocess.PIPE, check=True).stdout
    return float(text), whole


def run_duckdb(clean, reference, rounds=1):
    import duckdb
    sql = (HERE / 'duckdb_controls.sql').read_text()
    sql = sql.replace('{deposit}', clean).replace('{reference}', reference)
    times = []
    for _ in range(int(rounds)):
        connection = duckdb.connect(config={'threads': 2})
        start = time.monotonic()
        lines, findings = sorted(row[0] for row in connection.execute(sql).fetchall())[::-1]
        times.append(time.monotonic() - start)
        assert (lines, findings) == (LINES, 0), (lines, findings)
        connection.close()
    print(median(times))


def run_frictionless(clean):
    """The controls that a Table Schema can say: presence, patterns, values, uniqueness."""
    import frictionless
    categories = ['actionsDeFormation', 'bilansDeCompetences', 'VAE', 'actionsDeFormationParApprentissage']
    fields = [
        {'name': 'NDA', 'type': 'string', 'constraints': {'required': True, 'pattern': '[0-9A-Z]{11}', 'unique': True}},
        {'name': 'SIREN', 'type': 'string', 'constraints': {'required': True, 'pattern': '[0-9]{9}'}},
        *({'name': name, 'type': 'string', 'constraints': {'required': True, 'enum': ['OUI', 'NON']}}
          for name in categories),
        *({'name': name, 'type': 'date', 'format': '%d/%m/%Y', 'constraints': {'required': True}}
          for name in ['dateDecisionCertif', 'dateFinValiditeCertif'])]
    clean = pathlib.Path(clean)
    resource = frictionless.Resource(
        path=clean.name, basepath=str(clean.parent), schema=frictionless.Schema.from_descriptor({'fields': fields}),
        dialect=frictionless.Dialect.from_descriptor({'csv': {'delimiter': ';'}}))
    report = resource.validate()
    assert report.valid and report.tasks[0].stats['rows'] == LINES, report
    print(report.valid)


if __name__ == '__main__':
    {'duckdb': run_duckdb, 'frictionless': run_frictionless}[sys.argv[1]](*sys.argv[2:])

"""Figure 4: from the CLOSE's reply to the report, and the CLOSE's own reply, on disk, without settling."""
import samples
from harness import Instance, quantile

CASES = [(100, 300, None), (2_000, 300, 12), (165_000, 30, 500)]


def run(bench):
    instance = Instance(bench, bench.disk, 'reports', sftp=['max_folder_files: 100000', 'max_folder_bytes: 10000000000'])
    accounts = instance.prepare(165_000)
    instance.start()
    for lines, times, aim in CASES:
        file = bench.write('liste.csv', samples.deposit(lines))
        # The first one changes the whole list, and loads what the daemon keeps.
        bench.load(instance.port, accounts, file, '-w', instance.state / 'depots')
        measures = bench.load(instance.port, accounts, file, '-w', instance.state / 'depots', '-n', times)
        what = f'{lines:_} lines'.replace('_', ' ')
        reports, closes = [m[3] * 1000 for m in measures], [m[2] * 1000 for m in measures]
        last = f'p99 of {times}' if times >= 100 else f'longest of {times}'
        bench.add(4, f'CLOSE to report, {what}, p50', quantile(reports, 0.5), 'ms')
        bench.add(4, f'CLOSE to report, {what}, {last}', quantile(reports, 0.99), 'ms', aim=aim)
        bench.add(4, f'CLOSE to its reply, {what}, p50', quantile(closes, 0.5), 'ms')
        bench.add(4, f'CLOSE to its reply, {what}, {last}', quantile(closes, 0.99), 'ms')
    instance.stop()

"""Figure 8: the espace déposant's pages, deposits by the page, and what they leave to SFTP.

Pages at a rate come from this program over kept connections, each timed from when it was due; pages at saturation from
wrk. Behind nginx is nginx's own TLS on the same machine, which takes its share of the same cores.
"""
import asyncio
import email
import email.policy
import http.client
import os
import pathlib
import re
import shutil
import socket
import subprocess
import threading
import time
import urllib.parse

import samples
from harness import PASSWORD, Instance, children, copy, cpu, eventually, forget_peak, median, peak, quantile, reserved_port

# Each may send two files at once.
PEOPLE = 5
FINDINGS = 2_000
LINES = 2_000


class Visitor:
    """A person who is logged in: one connection, one cookie."""

    def __init__(self, port, email=None, password=None, cookie=''):
        self.port = port
        self.base = f'http://127.0.0.1:{port}'
        self.cookie = cookie
        self.connection = http.client.HTTPConnection('127.0.0.1', port, timeout=120)
        if email:
            status, _, _ = self.form('/connexion', {'email': email, 'mot_de_passe': password})
            if status != 303:
                raise RuntimeError(f'login: {status}')

    def ask(self, method, path, body=None, headers=None):
        headers = dict(headers or {}, Cookie=self.cookie)
        if method == 'POST':
            headers['Origin'] = self.base
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        content = answer.read()
        cookie = answer.getheader('Set-Cookie')
        if cookie:
            self.cookie = cookie.split(';')[0]
        return answer.status, answer.getheader('Location') or '', content

    def form(self, path, fields):
        return self.ask('POST', path, urllib.parse.urlencode(fields),
                        {'Content-Type': 'application/x-www-form-urlencoded'})

    def key(self):
        return re.search(rb'name="cle" value="([^"]+)"', self.ask('GET', '/deposer')[2])[1].decode()

    def file(self, name, content, key):
        """What ``ask`` needs to send a file."""
        head = (f'--limite\r\nContent-Disposition: form-data; name="cle"\r\n\r\n{key}\r\n--limite\r\n'
                f'Content-Disposition: form-data; name="fichier"; filename="{name}"\r\n'
                'Content-Type: text/csv\r\n\r\n').encode()
        body = b''.join([head, content, b'\r\n--limite--\r\n'])
        return 'POST', '/deposer', body, {'Content-Type': 'multipart/form-data; boundary=limite'}

    def deposit(self, name, content, key=None):
        return self.ask(*self.file(name, content, key or self.key()))


def portal_of(bench, folder, name):
    port = reserved_port()
    instance = Instance(bench, folder, name, sftp=['max_folder_files: 100000', 'max_folder_bytes: 100000000000'])
    with open(instance.settings, 'a') as settings:
        settings.write(f'portal_url: http://127.0.0.1:{port}\nportal:\n  listen: ["127.0.0.1:{port}"]\n'
                       '  max_connections: 4000\n  trusted_proxies: ["127.0.0.1"]\n')
    accounts = instance.prepare(5_000, PEOPLE)
    instance.start()
    return instance, accounts, port, first_visit(instance, port)


def run(bench):
    instance, accounts, port, visitor = portal_of(bench, bench.disk, 'portal')
    daemon = instance.pid
    portal = eventually(lambda: next((p for p in children(daemon) if 'portal' in command(p)), None), 30)
    bench.add(8, "portal's resident set, idle", resident(portal), 'MiB', aim=25)

    status, report, _ = visitor.deposit('erreurs.csv', samples.broken(FINDINGS // 8))
    pages = {'home': '/', f'report of {FINDINGS} findings': report}
    for what, path in pages.items():
        times = at_rate(port, visitor.cookie, path, 200, 10)
        bench.add(8, f'{what}, p99 at 200/s', quantile(times, 0.99) * 1000, 'ms', aim=10)
        bench.add(8, f'{what}, at saturation', saturate(port, visitor.cookie, path), 'pages/s', aim=2_000, more_is_better=True)

    times = []
    for number in range(100):
        content, key = samples.deposit(LINES, changed=number + 1), visitor.key()
        begun = time.monotonic()
        status, where, _ = visitor.deposit(f'liste-{number}.csv', content, key)
        visitor.ask('GET', where)
        times.append(time.monotonic() - begun)
    bench.add(8, f"POST of {LINES} lines to the report's page, p99 of 100", quantile(times, 0.99) * 1000, 'ms', aim=50)

    large(bench, port, visitor, daemon)
    polls(bench, port, visitor.cookie, report + '/etat', portal, daemon)
    beside(bench, instance, accounts, port, visitor.cookie, report)
    behind_nginx(bench, port, visitor.cookie, pages)
    at_once(bench, instance, port, visitor, portal)
    instance.stop()
    stream(bench)


def command(pid):
    try:
        return pathlib.Path(f'/proc/{pid}/cmdline').read_text()
    except OSError:
        return ''


def resident(pid):
    return int(re.search(r'^VmRSS:\s+(\d+)', pathlib.Path(f'/proc/{pid}/status').read_text(), re.M)[1]) / 1024


def first_visit(instance, port):
    """Chooses a password by the mailed link, and logs in."""
    instance.command('user', 'reset-password', 'archer@example.org')

    def link():
        # The database forgets the text of such a mail once it is delivered.
        for file in (instance.state / 'mail').glob('*.eml'):
            message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            found = re.search(r'(/mot-de-passe/\S+)', message.get_content())
            if found:
                return found[1]
    visitor = Visitor(port)
    visitor.form(eventually(link, 30), {'mot_de_passe': PASSWORD, 'confirmation': PASSWORD})
    return Visitor(port, 'archer@example.org', PASSWORD)


def at_rate(port, cookie, path, rate, seconds, threads=8):
    """Times from when each page was due, so that one slow page is not the excuse of the next."""
    times = []

    def visit(index):
        visitor = Visitor(port, cookie=cookie)
        begun = time.monotonic() + index / rate
        for number in range(rate * seconds // threads):
            due = begun + number * threads / rate
            time.sleep(max(0, due - time.monotonic()))
            status, _, _ = visitor.ask('GET', path)
            if status != 200:
                raise RuntimeError(f'{path}: {status}')
            times.append(time.monotonic() - due)
    workers = [threading.Thread(target=visit, args=(index,)) for index in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if len(times) != rate * seconds // threads * threads:
        raise RuntimeError('a page failed')
    return times


def wrk(address, cookie, seconds):
    return ['wrk', '-t1', '-c16', f'-d{seconds}s', '-H', f'Cookie: {cookie}', address]


def saturate(port, cookie, path, scheme='http', seconds=8):
    done = subprocess.run(wrk(f'{scheme}://127.0.0.1:{port}{path}', cookie, seconds), stdout=subprocess.PIPE, text=True,
                          check=True).stdout
    if 'Non-2xx' in done or 'Socket errors' in done:
        raise RuntimeError(done)
    return float(re.search(r'Requests/sec:\s+([\d.]+)', done)[1])


def large(bench, port, visitor, daemon, lines=165_000):
    """The largest file there can be, with an error in each line: its pages are as fast as any."""
    content = (samples.HEADER + '\r\n' + '1;A;OUI;NON;NON;NON;01/01/2024;01/01/2028\r\n' * lines).encode()
    begun = time.monotonic()
    _, where, _ = visitor.deposit('toutes.csv', content)
    if where.startswith('/deposer/'):
        _, where, _ = visitor.form(where, {'action': 'confirmer'})
    rule = re.search(rb'<option value="([\w.]+)">', visitor.ask('GET', where + '/lignes')[2])[1].decode()
    what = f'{lines:_} lines with errors in each'.replace('_', ' ')
    bench.add(8, f'{what}: POST to the report by line', time.monotonic() - begun, 's')
    for view, path in {'report': where, 'by line, page 50': where + '/lignes?page=50', 'by field, page 50': where + '/champs?page=50',
                       'by field, one rule': where + f'/champs?type={rule}'}.items():
        times = at_rate(port, visitor.cookie, path, 200, 5)
        bench.add(8, f'{what}: {view}, p99 at 200/s', quantile(times, 0.99) * 1000, 'ms', aim=10)
    before = resident(daemon)
    forget_peak(daemon)
    begun = time.monotonic()
    visitor.ask('GET', where + '/fichier-annote.csv')
    bench.add(8, f'{what}: the file with its messages', time.monotonic() - begun, 's')
    bench.add(8, f'{what}: the same, the daemon at most beyond what it held', peak(daemon) - before, 'MiB RSS', aim=64)


def polls(bench, port, cookie, path, portal, daemon, people=1_000, seconds=10):
    """People who look every two seconds whether a deposit is done, each over a connection of their own."""
    request = f'GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\n\r\n'.encode()

    async def look(index, until):
        reader, writer = await asyncio.open_connection('127.0.0.1', port)
        await asyncio.sleep(2 * index / people)
        while time.monotonic() < until:
            writer.write(request)
            head = await reader.readuntil(b'\r\n\r\n')
            if not head.startswith(b'HTTP/1.1 200'):
                raise RuntimeError(head[:100])
            await reader.readexactly(int(re.search(rb'content-length: (\d+)', head.lower())[1]))
            await asyncio.sleep(2)
        writer.close()

    async def all_look():
        until = time.monotonic() + seconds + 4
        tasks = [asyncio.create_task(look(index, until)) for index in range(people)]
        await asyncio.sleep(4)
        before, begun = cpu(portal) + cpu(daemon), time.monotonic()
        await asyncio.sleep(seconds - 2)
        share = (cpu(portal) + cpu(daemon) - before) / (time.monotonic() - begun)
        await asyncio.gather(*tasks)
        return share
    bench.add(8, f'{people:_} people who poll every 2 s, processor'.replace('_', ' '), asyncio.run(all_look()) * 100,
              '% of a core', aim=20)


def beside(bench, instance, accounts, port, cookie, path):
    """SFTP while the portal is saturated."""
    file = bench.write('liste.csv', samples.deposit(LINES))
    saturation = bench.start(wrk(f'http://127.0.0.1:{port}{path}', cookie, 60), stdout=subprocess.DEVNULL)
    time.sleep(1)
    measures = bench.load(instance.port, accounts, file, '-w', instance.state / 'depots', '-n', 200)
    saturation.terminate()
    bench.add(8, f'CLOSE to report by SFTP, {LINES} lines, portal saturated, p99 of 200',
              quantile([m[3] * 1000 for m in measures], 0.99), 'ms', aim=60)


def stream(bench):
    """As figure 2 has it, on a file system in memory: from the first byte to the last one's being in the partial. Then what a person waits for."""
    instance, _, port, visitor = portal_of(bench, bench.memory, 'uploads')
    content = os.urandom(1 << 20) * 60

    def received():
        return max((file.stat().st_size for file in (instance.state / 'staging').glob('*/*-*')), default=0)

    def upload(name):
        sender = Visitor(port, cookie=visitor.cookie)
        method, path, body, headers = sender.file(name, content, sender.key())
        begun = time.monotonic()
        sender.connection.putrequest(method, path)
        for field, value in dict(headers, Cookie=sender.cookie, Origin=sender.base, **{'Content-Length': len(body)}).items():
            sender.connection.putheader(field, value)
        sender.connection.endheaders()
        sender.connection.send(memoryview(body)[:-20])
        # The last bytes might begin the boundary and are held back.
        eventually(lambda: received() > len(content) - 100, 60, pause=0.0005)
        streamed = time.monotonic() - begun
        sender.connection.send(memoryview(body)[-20:])
        answer = sender.connection.getresponse()
        where = answer.getheader('Location') or ''
        answer.read()
        if not where.startswith('/depots/'):
            raise RuntimeError(f'{name}: {answer.status} {where}')
        return streamed, time.monotonic() - begun
    times = [upload(f'grand-{i}.csv') for i in range(9)]
    bench.add(8, 'upload of 60 MiB by the page, the stream', len(content) / median([t[0] for t in times]) / 1e6, 'MB/s', aim=400,
              more_is_better=True)
    bench.add(8, 'the same, treated and answered', median([t[1] for t in times]) * 1000, 'ms')
    instance.stop()


def at_once(bench, instance, port, visitor, portal):
    """Ten files at the same time, after all that was asked before."""
    content = os.urandom(1 << 20) * 60
    with instance.database() as db:
        copy(db, 'portal_people', "email = 'archer@example.org'", PEOPLE - 1, email="'robot' || i || '@example.org'")
    others = (Visitor(port, f'robot{i}@example.org', PASSWORD) for i in range(1, PEOPLE))
    cookies = [visitor.cookie, *(other.cookie for other in others)]
    forget_peak(portal)
    failed = []

    def one(number):
        try:
            sender = Visitor(port, cookie=cookies[number // 2])
            status, where, _ = sender.deposit(f'grand-{number}.csv', content)
            if not where.startswith('/depots/'):
                raise RuntimeError(f'{status} {where}')
        except Exception as error:
            failed.append(error)
    workers = [threading.Thread(target=one, args=(number,)) for number in range(10)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if failed:
        raise failed[0]
    bench.add(8, "portal's resident set, ten such uploads at once, peak", peak(portal), 'MiB', aim=40)


def behind_nginx(bench, port, cookie, pages):
    if not shutil.which('nginx'):
        return bench.note('nginx is not installed: nothing was measured behind it.')
    folder = bench.disk / 'nginx'
    folder.mkdir()
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost',
                    '-keyout', folder / 'key.pem', '-out', folder / 'cert.pem'], stderr=subprocess.DEVNULL, check=True)
    outside = reserved_port()
    (folder / 'nginx.conf').write_text(f'''
daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 1;
events {{ worker_connections 1024; }}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  upstream portal {{ server 127.0.0.1:{port}; keepalive 16; }}
  server {{
    listen 127.0.0.1:{outside} ssl; ssl_certificate {folder}/cert.pem; ssl_certificate_key {folder}/key.pem;
    location / {{ proxy_pass http://portal; proxy_http_version 1.1; proxy_set_header Connection "";
                  proxy_set_header Host 127.0.0.1:{port}; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; }}
  }}
}}
''')
    bench.start(['nginx', '-c', folder / 'nginx.conf', '-p', folder], stderr=subprocess.DEVNULL)

    def listens():
        with socket.socket() as probe:
            return probe.connect_ex(('127.0.0.1', outside)) == 0
    eventually(listens, 20)
    for what, path in pages.items():
        bench.add(8, f'{what}, at saturation behind nginx', saturate(outside, cookie, path, 'https'), 'pages/s', aim=2_000,
                  more_is_better=True)

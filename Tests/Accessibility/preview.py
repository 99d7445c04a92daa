"""The portal's real program on made-up answers, and people who look at it in a Chromium."""

import base64
import contextlib
import dataclasses
import os
import socket
import subprocess

CHROMIUM = '/usr/bin/chromium-headless-shell'


@dataclasses.dataclass(frozen=True)
class Visit:
    kind: str
    person: str
    token: str
    has_page: bool
    has_form: bool
    address: str

    @property
    def name(self):
        return f'{self.address} ({self.person})'


class Preview:
    def __init__(self, programs):
        program = os.path.join(programs, 'portal-preview')
        listed = subprocess.run([program, 'visits'], capture_output=True, text=True, check=True).stdout
        self.visits = []
        for line in listed.splitlines():
            kind, person, token, page, form, address = line.split('\t')
            self.visits.append(Visit(kind, person, token, bool(page), bool(form), address))
        # Bound as long as this lives, so that no connection gets the port before the preview listens.
        self.reserved = socket.socket()
        self.reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.reserved.bind(('127.0.0.1', 0))
        port = self.reserved.getsockname()[1]
        self.base = f'http://127.0.0.1:{port}'
        self.process = subprocess.Popen(
            [program, os.path.join(programs, 'collecteur-portal'), str(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self.process.stdout.readline() == b'ready\n', 'the preview does not start'

    def close(self):
        self.process.stdin.close()
        try:
            self.process.wait(120)
        except subprocess.TimeoutExpired:
            self.process.kill()


class Person:
    """A browser of its own, logged in as somebody. Whatever a page complains of is in `complaints`."""

    def __init__(self, browser, base, token, script=True):
        self.base, self.complaints = base, []
        self.context = browser.new_context(
            java_script_enabled=script, viewport={'width': 1280, 'height': 800}, locale='fr-FR', reduced_motion='reduce')
        self.token = token
        self.log_in()
        self.context.set_default_timeout(200_000)
        self.page = self.context.new_page()
        self.page.on('pageerror', lambda error: self.complaints.append(f'script: {error}'))
        self.page.on('console', self._note)

    def log_in(self):
        """Also after a form that ended the session, or began another's."""
        self.context.clear_cookies()
        if self.token:
            cookie = base64.urlsafe_b64encode(bytes.fromhex(self.token)).decode().rstrip('=')
            self.context.add_cookies([{
                'name': '__Host-collecteur', 'value': cookie, 'url': self.base.replace('http:', 'https:') + '/', 'secure': True,
                'httpOnly': True, 'sameSite': 'Lax'}])

    def _note(self, message):
        # The browser says so of every answer over 400; those are looked at as pages.
        if message.type in ('error', 'warning') and 'Failed to load resource' not in message.text:
            self.complaints.append(f'console: {message.text}')

    def open(self, address):
        return self.page.goto(self.base + address)

    def heard(self):
        """What pages have complained of since it was last asked."""
        heard, self.complaints[:] = list(self.complaints), []
        return heard

    def close(self):
        self.context.close()


@contextlib.contextmanager
def chromium():
    from playwright.sync_api import sync_playwright
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=['--no-sandbox', '--disable-gpu'], timeout=200_000)
        try:
            yield browser
        finally:
            browser.close()

"""portal_origins.py PROGRAMS: pages of other origins send every form of the portal, in every way that a browser has; the portal has to refuse
all of them, and its own page's has to work.
"""

import http.server
import os
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'Accessibility'))
from preview import Person, Preview, chromium

WAYS = ['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain']


class Elsewhere(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header('Content-Type', 'text/html')
        # Says nothing of where it comes from, as an attacker's page would.
        self.send_header('Referrer-Policy', 'no-referrer' if 'quiet' in self.path else 'unsafe-url')
        self.end_headers()
        self.wfile.write(b'<!DOCTYPE html><title>Ailleurs</title><body></body>')

    def log_message(self, *_):
        pass


SEND = """([action, type]) => {
  const form = document.createElement('form');
  form.method = 'post'; form.action = action; form.enctype = type;
  for (const [name, value] of [['qualiopi', 'oui'], ['session', 'autres'], ['action', 'confirmer'], ['email', 'un@exemple.fr'],
      ['mot_de_passe', 'Formation2026'], ['confirmation', 'Formation2026'], ['actuel', 'Formation2026']]) {
    const field = document.createElement('input');
    field.name = name; field.value = value;
    form.append(field);
  }
  document.body.append(form);
  HTMLFormElement.prototype.submit.call(form);
}"""

FETCH = """([action, type]) => fetch(action, { method: 'POST', mode: 'no-cors', credentials: 'include', body: 'session=autres',
  headers: { 'Content-Type': type } }).then((answer) => answer.type, (error) => String(error))"""


def main():
    preview = Preview(sys.argv[1])
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Elsewhere)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_address[1]
    # Another site, and another origin of the same site.
    origins = [f'http://localhost:{port}', f'http://127.0.0.1:{port}']
    forms = sorted({visit.address.split('?')[0] for visit in preview.visits if visit.has_form})
    assert len(forms) > 8, forms
    answers, count = [], 0
    try:
        with chromium() as browser:
            token = next(visit.token for visit in preview.visits if visit.person == 'one')
            person = Person(browser, preview.base, token)
            page = person.page
            page.on('response', lambda answer: answers.append((answer.request.method, answer.url, answer.status)))
            for form in forms:
                for origin in origins:
                    for quiet in ('', 'quiet'):
                        for way in WAYS:
                            answers.clear()
                            page.goto(f'{origin}/{quiet}')
                            with page.expect_navigation():
                                page.evaluate(SEND, [preview.base + form, way])
                            got = [status for method, url, status in answers if url == preview.base + form]
                            assert got == [403], f'{form} from {origin} {quiet} as {way}: {answers}'
                            count += 1
                    page.goto(f'{origin}/')
                    answers.clear()
                    page.evaluate(FETCH, [preview.base + form, WAYS[0]])
                    got = [status for method, url, status in answers if url == preview.base + form]
                    assert all(status == 403 for status in got), f'{form} fetched from {origin}: {answers}'
            # A link from elsewhere changes nothing: what only a POST knows is no address to go to.
            for visit in preview.visits:
                if visit.has_form and not visit.has_page:
                    page.goto(f'{origins[0]}/')
                    with page.expect_navigation() as leading:
                        page.evaluate('address => { location.href = address; }', preview.base + visit.address)
                    assert leading.value.status == 405, visit
            # None of it has ended the session; the portal's own form does.
            person.open('/depots')
            assert page.locator('h1').inner_text() == 'Mes dépôts', page.url
            with page.expect_navigation():
                page.get_by_role('button', name='Se déconnecter').click()
            assert page.locator('h1').inner_text() == 'Se connecter', page.url
            person.close()
    finally:
        preview.close()
        server.shutdown()
    print(f'{count} forms of {len(forms)} addresses refused')


main()

"""Every page of the portal in every state: the addresses of `portal-preview visits`, what each form answers to nonsense, and refusals."""

import dataclasses
import re

from preview import Person

FORM = {'sec-fetch-site': 'same-origin', 'content-type': 'application/x-www-form-urlencoded'}
# Pages that no address and no form leads to: a word for each, the method, the address, the headers, the body.
REFUSALS = [
    ('a form of another site', 'POST', '/deconnexion', {'origin': 'https://ailleurs.exemple', 'sec-fetch-site': 'cross-site'}, ''),
    ('a form that makes no sense', 'POST', '/connexion', {'sec-fetch-site': 'same-origin', 'content-type': 'text/plain'}, 'x'),
    ('too many tries', 'POST', '/connexion', FORM, 'email=plustard%40b.fr&mot_de_passe=x'),
    ('a session that is over', 'POST', '/informations/notifications', {**FORM, 'cookie': ''}, 'qualiopi=oui'),
    ('no such address', 'GET', '/nulle-part', {}, ''),
]

# Fills in all that people can fill in: with nothing, with nonsense, with what the made-up answers take.
FILL = """([form, how]) => {
  form.noValidate = true;
  for (const field of form.elements) {
    if (['hidden', 'file', 'submit', 'button', 'select-one'].includes(field.type)) continue;
    if (field.type === 'checkbox' || field.type === 'radio') { field.checked = how === 'good'; continue; }
    const good = field.type === 'password' ? 'Formation2026' : field.type === 'email' ? 'un@exemple.fr' : '1';
    field.value = how === 'empty' ? '' : how === 'good' ? good : 'x';
  }
}"""

FORMS = """() => [...document.querySelectorAll('form[method=post]')].flatMap((form, index) =>
  [...form.querySelectorAll('button:not([type=button])')].map((button, place) => [index, place,
    new URL(button.getAttribute('formaction') || form.getAttribute('action'), location).href, button.value, form.elements.length]))"""


@dataclasses.dataclass
class Found:
    """A page that was seen, and by whom: it is what that person's browser shows."""
    name: str
    url: str
    status: int
    html: str
    person: Person

    @property
    def path(self):
        return path(self.url)


def path(url):
    return '/' + url.split('//', 1)[-1].split('/', 1)[-1].split('?')[0].split('#')[0]


def shape(url):
    """An address without what varies in it."""
    return re.sub(r'[0-9a-f]{32}|[\w-]{43}|(?<=/)\d+', '*', path(url))


def skeleton(html):
    """What two pages with other words in them have in common. Rows that are alike count once."""
    tags = re.sub(r' (?:href|action|formaction|value|content|aria-label|data-[\w-]+|id|for)="[^"]*"', '', html)
    kept = []
    for tag in re.findall(r'<[^>]*>', tags):
        kept.append(tag)
        for length in range(1, 60):
            if len(kept) >= 2 * length and kept[-length:] == kept[-2 * length:-length]:
                del kept[-length:]
                break
    return ''.join(kept)


class Crawl:
    def __init__(self, browser, preview):
        self.preview = preview
        tokens = {visit.person: visit.token for visit in preview.visits}
        self.people = {name: Person(browser, preview.base, token) for name, token in tokens.items()}
        # What forms answer is asked for by browsers without scripts, so that nothing depends on one.
        self.plain = {name: Person(browser, preview.base, token, script=False) for name, token in tokens.items()}
        self.sent = set()
        self.actions = set()

    def close(self):
        for person in [*self.people.values(), *self.plain.values()]:
            person.close()

    def pages(self):
        """Opens one page after another."""
        for visit in self.preview.visits:
            if visit.has_page:
                person = self.people[visit.person]
                answer = person.open(visit.address)
                yield Found(visit.name, person.page.url, answer.status, answer.text(), person)
                yield from self.answers(visit)
        # A form that no page shows is one that this crawl does not know how to reach.
        unsent = {visit.kind: visit.address for visit in self.preview.visits if visit.has_form}
        for action in self.actions:
            for visit in self.preview.visits:
                if visit.has_form and shape(visit.address) == action:
                    unsent.pop(visit.kind, None)
        assert not unsent, f'no page shows the forms of {unsent}'
        for what, method, address, headers, body in REFUSALS:
            yield self.refusal(what, method, address, headers, body)

    def answers(self, visit):
        """What the forms of the page answer, each once to each of the ways of filling it in."""
        plain = self.plain[visit.person]
        forms = self.forms(plain, visit)
        for index, place, action, value, fields in forms:
            for how in ('empty', 'wrong', 'good'):
                key = (shape(action), re.sub(r'\d+', '*', value), how, fields)
                if key in self.sent:
                    continue
                self.sent.add(key)
                self.actions.add(shape(action))
                self.forms(plain, visit)
                answer = self.send(plain, index, place, how)
                html, url = answer.text(), plain.page.url
                person = self.people[visit.person]
                self.show(person, url, answer.status, html)
                yield Found(f'{shape(action)} {value} filled in with {how} ({visit.person})', url, answer.status, html, person)

    def forms(self, plain, visit):
        plain.log_in()
        plain.open(visit.address)
        return plain.page.evaluate(FORMS)

    def send(self, plain, index, place, how):
        form = plain.page.query_selector_all('form[method=post]')[index]
        plain.page.evaluate(FILL, [form, how])
        files = form.query_selector('input[type=file]')
        if files and how != 'empty':
            name = 'liste.tmp' if how == 'wrong' else 'baisse.csv'
            files.set_input_files({'name': name, 'mimeType': 'text/csv', 'buffer': b'NDA;SIREN\r\n'})
        button = form.query_selector_all('button:not([type=button])')[place]
        with plain.page.expect_navigation() as leading:
            plain.page.evaluate('([form, button]) => form.requestSubmit(button)', [form, button])
        assert leading.value.status < 500, f'{plain.page.url} answers {leading.value.status}'
        return leading.value

    def show(self, person, url, status, html):
        """The same page in a browser with scripts."""
        person.page.route(
            url, lambda route: route.fulfill(status=status, body=html, content_type='text/html; charset=utf-8'), times=1)
        person.page.goto(url)

    def refusal(self, what, method, address, headers, body):
        person = self.people['one']
        url = person.base + address

        def ask(route):
            route.fulfill(response=route.fetch(timeout=200_000, method=method, headers={**route.request.headers, **headers}, post_data=body or None))

        person.page.route(url, ask, times=1)
        answer = person.page.goto(url)
        return Found(what, url, answer.status, answer.text(), person)

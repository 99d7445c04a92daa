"""Known faults, put into a served page one at a time: each has to be found by the layer that is there for it.

A fault is a change of a page's text, of the stylesheet or of the script, made on their way into the browser. Of the twenty-two, axe alone
finds seven, and no checker the last six.
"""

import os
import re
import tempfile

import layers
import validity
from preview import Person

# « Changer de mot de passe » with a wrong password, a report, the deposits: where the faults are put.
FORM, REPORT, TABLE, FILE = '/informations/mot-de-passe', '/depots/12', '/depots', '/deposer'


def swap(old, new):
    """Changes what is there; a fault that changes nothing is none."""
    def change(text):
        changed = re.sub(old, new, text, count=1, flags=re.S)
        assert changed != text, f'the page has no {old}'
        return changed
    return change


# name: (layer, page, what of it is changed, the change, a word of the complaint)
FAULTS = {
    # axe: WCAG 2.1 A and AA
    'text that is hardly lighter than its ground': ('axe', REPORT, 'css', swap(r'--encre-douce: #4a5866', '--encre-douce: #b8c0c8'), 'color-contrast'),
    'a field without a label': ('axe', FORM, 'html', swap(r'<label for="actuel">.*?</label>', ''), 'label'),
    'a page in no language': ('axe', TABLE, 'html', swap(' lang="fr"', ''), 'html-has-lang'),
    'an autocomplete that is none': ('axe', FORM, 'html', swap('autocomplete="current-password"', 'autocomplete="motdepasse"'), 'autocomplete-valid'),
    'a link without a name': ('axe', TABLE, 'html', swap(r'(<a class="bouton secondaire petit" href="[^"]*">).*?</a>', r'\1<svg width="9" height="9"></svg></a>'), 'link-name'),
    'a page that reloads by itself': ('axe', TABLE, 'html', swap('<meta name="robots"', '<meta http-equiv="refresh" content="30"><meta name="robots"'), 'meta-refresh'),
    'a page that can not be enlarged': ('axe', TABLE, 'html', swap('initial-scale=1', 'initial-scale=1, user-scalable=no, maximum-scale=1'), 'meta-viewport'),
    # axe: best practices
    'a heading level that is skipped': ('axe', REPORT, 'html', swap(r'<h2>(.*?)</h2>', r'<h4>\1</h4>'), 'heading-order'),
    # The Nu Html Checker
    'two elements with one id': ('validity', FORM, 'html', swap('id="confirmation"', 'id="actuel"'), 'Duplicate ID'),
    'elements nested wrongly': ('validity', TABLE, 'html', swap(r'<p>(<label for="etat">)', r'<ul><p>\1'), 'not allowed as child'),
    # Scripts
    'a focus that is not seen': ('keyboard', TABLE, 'css', swap(r':focus-visible \{[^}]*\}', '*:focus, *:focus-visible { outline: none; }'), 'does not see'),
    'a page wider than 320 px': ('sizes', TABLE, 'css', swap(r'\.filtre p \{ margin: 0; min-width: 12rem; max-width: 100%; \}', '.filtre p { min-width: 24rem; }'), '320 px'),
    'text that is cut once it is larger': ('sizes', REPORT, 'css', swap(r'(\.entete p \{)', r'.faits dd { height: 1.6em; overflow: hidden; } .faits dd, .titre h1 { font-size: 18px; line-height: 20px; } .faits dt { height: 20px; overflow: hidden; } \1'), 'cut'),
    'a keyboard that is caught': ('keyboard', TABLE, 'js', swap("'use strict';", "addEventListener('keydown', (e) => { if (e.key === 'Tab' && document.activeElement.id === 'etat') e.preventDefault(); });"), 'caught'),
    'a div for a button': ('keyboard', TABLE, 'html', swap(r'<button class="secondaire">Filtrer</button>', '<div class="bouton secondaire">Filtrer</div>'), 'not for the keyboard'),
    'words that only the stylesheet has': ('assertions', TABLE, 'css', swap(r'\.etat::before \{ content: ""', '.etat::before { content: "Nouveau "'), 'the stylesheet says'),
    # Assertions: no checker sees these
    'no link past the menu': ('assertions', TABLE, 'html', swap(r'<a class="evitement".*?</a>', ''), 'no link to the content'),
    'a placeholder for a label': ('assertions', FORM, 'html', swap('id="actuel"', 'id="actuel" placeholder="Mot de passe actuel"'), 'placeholder'),
    'a title that other pages have': ('titles', FORM, 'html', swap(r'<title>.*?</title>', '<title>COLLECTEUR</title>'), 'is the title of'),
    'a state by its colour alone': ('assertions', TABLE, 'html', swap(r'(<span class="etat \w+">).*?</span>', r'\1</span>'), 'colour alone'),
    'header cells that are none': ('assertions', TABLE, 'html', lambda text: re.sub(r'<th scope="col">(.*?)</th>', r'<td>\1</td>', text), 'header'),
    'an error that is not linked to its field': ('assertions', 'error', 'html', swap(r' aria-describedby="actuel-erreur"', ''), 'not linked'),
    'a change that nobody hears of': ('assertions', FILE, 'html', swap(r'<p id="choix" role="status">', '<p id="choix">'), 'nothing announces'),
    'two links alike to different places': ('assertions', REPORT, 'html', swap(r'Le rapport en texte \(\.txt\)(.*?)Le rapport pour les machines \(\.json\)', r'Télécharger\1Télécharger'), 'lead to different places'),
}


def titles(pages):
    """Of pages by their address and text: whose title is another's too."""
    seen, said = {}, []
    for place, html in pages:
        title = re.search(r'<title>(.*?)</title>', html, re.S)[1]
        other = seen.setdefault(title, place)
        if other != place:
            said.append(f'« {title} » is the title of {other} too')
    return said


class Faulty:
    """A browser to which the portal's answers come with a fault in them."""

    def __init__(self, person):
        self.person, self.page = person, person.page
        self.part, self.change = None, None
        self.page.route(re.compile(r'.*'), self.pass_on)

    def pass_on(self, route):
        answer = route.fetch(timeout=200_000)
        kind = {'document': 'html', 'stylesheet': 'css', 'script': 'js'}.get(route.request.resource_type)
        if kind != self.part:
            route.fulfill(response=answer)
            return
        route.fulfill(response=answer, body=self.change(answer.text()))

    def open(self, place, part=None, change=None):
        self.part = self.change = None
        if place == 'error':
            self.person.open(FORM)
            for name in ('actuel', 'mot_de_passe', 'confirmation'):
                self.page.locator(f'#{name}').fill('Faux-2026-x')
            self.part, self.change = part, change
            with self.page.expect_navigation() as leading:
                self.page.locator('main button').click()
            return leading.value
        self.part, self.change = part, change
        return self.person.open(place)


def look(layer, faulty, status):
    if layer == 'keyboard' or layer == 'axe':
        faulty.page.evaluate(layers.THIN)
    if layer == 'assertions':
        return layers.assertions(faulty.page, status)
    return getattr(layers, layer)(faulty.page)


def missed(preview, browser):
    """The faults that their layer does not find; and what it finds where there is none."""
    token = next(visit.token for visit in preview.visits if visit.person == 'one')
    said, texts = [], {}
    person = Person(browser, preview.base, token)
    faulty = Faulty(person)
    for place in (FORM, REPORT, TABLE, FILE, 'error'):
        answer = faulty.open(place)
        texts[place] = answer.text()
        complaints = layers.look(faulty.page, answer.status)
        said += [f'{place} without a fault: {complaint}' for complaint in complaints]
    with tempfile.TemporaryDirectory() as folder:
        names = {}
        for number, (name, (layer, place, part, change, word)) in enumerate(FAULTS.items()):
            if layer == 'validity':
                names[f'{number}.html'] = (name, word)
                with open(os.path.join(folder, f'{number}.html'), 'w', encoding='utf-8') as file:
                    file.write(change(texts[place]))
                continue
            if layer == 'titles':
                others = [(other, change(text)) for other, text in texts.items() if other in (FORM, TABLE)]
                complaints = titles(others)
            else:
                answer = faulty.open(place, part, change)
                complaints = look(layer, faulty, answer.status)
            if not any(word in complaint for complaint in complaints):
                said.append(f'not found: {name}. What was found: {complaints}')
        for file, complaints in validity.complaints(folder).items():
            name, word = names[file]
            if not any(word in complaint for complaint in complaints):
                said.append(f'not found: {name}. What was found: {complaints}')
    person.close()
    print(f'{len(FAULTS)} faults')
    return said

"""What people do on a page changes it: these states are looked at too, and each change has to be announced."""

from playwright.sync_api import expect

import layers
from preview import Person

expect.set_options(timeout=200_000)


def criteria(person):
    """A password is typed: its criteria are said, first as not met, then as met."""
    page = person.page
    person.open('/informations/mot-de-passe')
    page.evaluate(layers.WATCH)
    page.locator('#mot_de_passe').fill('court')
    expect(page.locator('#criteres [role=status]')).to_contain_text('non respectés')
    assert 'non respecté' in page.locator('#criteres').inner_text()
    yield 'criteria that are not met'
    page.locator('#mot_de_passe').fill('Formation2026')
    page.locator('#confirmation').fill('Formation2026')
    expect(page.locator('#criteres [role=status]')).to_contain_text('sont respectés')
    yield 'criteria that are met'


def choice(person):
    """A file is chosen, one that can't be, then one that can; another is sent and what was wrong is said."""
    page = person.page
    for name, content, said in [('vide.csv', b'', 'vide'), ('a' * 40 + '.csv', b'x', 'refusé'), ('liste.csv', b'x', 'liste.csv')]:
        person.open('/deposer')
        page.evaluate(layers.WATCH)
        page.locator('#fichier').set_input_files({'name': name, 'mimeType': 'text/csv', 'buffer': content})
        expect(page.locator('#choix')).to_contain_text(said)
        yield f'the chosen file {name}'
    person.open('/deposer')
    page.evaluate(layers.WATCH)
    page.locator('#fichier').set_input_files({'name': 'liste.tmp', 'mimeType': 'text/csv', 'buffer': b'x'})
    page.get_by_role('button', name='DEPOSER', exact=True).click()
    expect(page.locator('#envoi p')).to_contain_text('provisoire')
    yield 'a file that was not accepted'


def session(person):
    """Two minutes before the session ends it is said, and can be prolonged; then it has ended."""
    page = person.page
    page.clock.install()
    person.open('/depots/11')
    page.evaluate(layers.WATCH)
    page.clock.fast_forward(1_690_000)
    expect(page.locator('#session p')).to_contain_text('deux minutes')
    page.get_by_role('button', name='Prolonger').wait_for()
    yield 'a session that is about to end'
    page.clock.fast_forward(130_000)
    expect(page.locator('#session p')).to_contain_text('a pris fin')
    yield 'a session that has ended'


def all_acts(browser, preview):
    token = next(visit.token for visit in preview.visits if visit.person == 'one')
    said = []
    for act in (criteria, choice, session):
        person = Person(browser, preview.base, token)
        for what in act(person):
            complaints = layers.silent(person.page) + layers.axe(person.page) + layers.assertions(person.page)
            said += [f'{what}: {complaint}' for complaint in complaints + person.heard()]
        person.close()
    return said

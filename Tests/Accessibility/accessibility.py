"""accessibility.py PROGRAMS [pages | faults]: whether everybody can use the portal, as far as a machine can tell.

`pages` looks at every page of the portal in every state by four layers: the Nu Html Checker, axe, scripts (large text, narrow windows,
spaced text, the keyboard, no stylesheet, no scripts), and assertions. `faults` puts known faults into a page, one at a time, and each has
to be found. PROGRAMS is the folder of `portal-preview` and `collecteur-portal`.

With COLLECTEUR_TEST_PAGES the pages stay in that folder, for the Nu Html Checker to see them together with those of other tests.
"""

import hashlib
import os
import sys
import tempfile
import time

import acting
import faults
import layers
import validity
from crawl import Crawl, shape, skeleton
from preview import Preview, chromium


def keep(folder, found):
    name = f"{found.path.strip('/').replace('/', '-') or 'accueil'}-{hashlib.sha256(found.html.encode()).hexdigest()[:12]}.html"
    with open(os.path.join(folder, name), 'w', encoding='utf-8') as file:
        file.write(found.html)
    return name


def pages(preview, browser, folder, is_own):
    said, titled, seen, names = [], [], set(), {}
    crawl = Crawl(browser, preview)
    for found in crawl.pages():
        names.setdefault(keep(folder, found), found.name)
        form = skeleton(found.html)
        complaints = layers.look(found.person.page, found.status, whole=form not in seen)
        seen.add(form)
        complaints += found.person.heard()
        said += [f'{found.name}: {complaint}' for complaint in complaints]
        if found.status == 200:
            # Whoever isn't logged in is asked to everywhere: that is one page.
            titled.append(('/connexion' if 'action="/connexion"' in found.html else shape(found.url), found.html))
    for plain in crawl.plain.values():
        said += plain.heard()
    crawl.close()
    said += faults.titles(titled)
    said += acting.all_acts(browser, preview)
    for name, complaints in validity.complaints(folder).items() if is_own else ():
        said += [f'{names.get(name, name)}: {complaint}' for complaint in complaints]
    print(f'{len(names)} pages, {len(seen)} of them unlike the others')
    return said


def main():
    programs, what = sys.argv[1:]
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as own:
        folder = os.environ.get('COLLECTEUR_TEST_PAGES') or own
        os.makedirs(folder, exist_ok=True)
        preview = Preview(programs)
        try:
            with chromium() as browser:
                said = pages(preview, browser, folder, folder == own) if what == 'pages' else faults.missed(preview, browser)
        finally:
            preview.close()
    print(f'{time.monotonic() - begun:.0f} s')
    for complaint in said:
        print(complaint, file=sys.stderr)
    sys.exit(1 if said else 0)


main()

"""People at the portal, in a real Chromium: portal_browser.py JOURNEY BASE EMAIL PASSWORD [ARGUMENT…]

Each journey runs with JavaScript or, named with -nojs at its end, without. It fails on anything that a page complains of:
scripts that the Content-Security-Policy stopped, errors of a script, answers of 5xx.
"""
import contextlib, email, email.policy, os, re, shutil, socket, sys, threading, time, urllib.parse
from playwright.sync_api import sync_playwright, expect

CHROMIUM = '/usr/bin/chromium-headless-shell'
journeys = {}
expect.set_options(timeout=120_000)


def journey(body):
    journeys[body.__name__.replace('_', '-')] = body
    return body


class Visitor:
    def __init__(self, browser, base, email, password, script, width=1280):
        self.base, self.email, self.password, self.script = base, email, password, script
        context = browser.new_context(java_script_enabled=script, viewport={'width': width, 'height': 800},
                                      locale='fr-FR', ignore_https_errors=True)
        self.context, self.complaints = context, []
        context.set_default_timeout(120_000)
        self.page = context.new_page()
        self.page.on('pageerror', lambda error: self.complaints.append(f'script: {error}'))
        self.page.on('console', self.note)
        self.page.on('response', lambda r: r.status >= 500 and self.complaints.append(f'{r.status} {r.url}'))

    def another(self):
        """The same person in another browser."""
        return Visitor(self.context.browser, self.base, self.email, self.password, self.script)

    def row(self, *words):
        found = self.page.locator('tr')
        for word in words:
            found = found.filter(has_text=word)
        return found

    def note(self, message):
        # The browser says so of every answer over 400; those that matter are looked at by themselves.
        if message.type in ('error', 'warning') and 'Failed to load resource' not in message.text:
            self.complaints.append(f'console: {message.text}')

    def open(self, path):
        return self.page.goto(self.base + path)

    def title(self, text):
        expect(self.page.locator('h1')).to_have_text(text)

    def log_in(self):
        self.open('/connexion')
        self.page.get_by_label('Email professionnel').fill(self.email)
        self.page.get_by_label('Mot de passe', exact=True).fill(self.password)
        self.page.get_by_role('button', name='Se connecter').click()
        self.title('Accueil')

    def choose(self, file):
        self.page.get_by_role('link', name='DEPOSER UN FICHIER').click()
        self.title('DEPOSER UN FICHIER')
        self.page.locator('#fichier').set_input_files(file)

    def deposit(self, file):
        self.choose(file)
        self.page.get_by_role('button', name='DEPOSER', exact=True).click()

    def state(self, word):
        state, deadline = self.page.locator('.titre .etat'), time.monotonic() + 240
        # Only the script asks by itself how far it is, and an answer waits for the verdict for some seconds alone.
        while not self.script and state.inner_text() == 'En cours' and time.monotonic() < deadline:
            time.sleep(0.5)
            self.page.reload()
        expect(state).to_have_text(word)


@journey
def deposits(v, file):
    v.log_in()
    expect(v.page.locator('.jour .etat')).to_have_text('En attente de dépôt')
    v.choose(file)
    if v.script:
        expect(v.page.locator('#choix')).to_contain_text(os.path.basename(file))
    v.page.get_by_role('button', name='DEPOSER', exact=True).click()
    v.title(os.path.basename(file))
    v.state('Succès')
    v.page.get_by_role('link', name='Rapport Lignes').click()
    v.page.get_by_role('link', name='Rapport Champs').click()
    v.open('/')
    expect(v.page.locator('.jour .etat')).to_have_text('Succès')
    v.page.get_by_role('button', name='Se déconnecter').click()
    v.open('/depots')
    v.title('Se connecter')


@journey
def drops(v, file):
    """A file that is dragged from elsewhere, by a real drop event."""
    v.log_in()
    v.open('/deposer')
    text = open(file, encoding='utf-8').read()
    transfer = v.page.evaluate_handle(
        "([text, name]) => { const t = new DataTransfer(); t.items.add(new File([text], name, {type: 'text/csv'})); return t; }",
        [text, 'glisse.csv'])
    for event in ('dragenter', 'dragover', 'drop'):
        v.page.dispatch_event('.zone', event, {'dataTransfer': transfer})
    expect(v.page.locator('#choix')).to_contain_text('glisse.csv')
    v.page.get_by_role('button', name='DEPOSER', exact=True).click()
    v.title('glisse.csv')
    v.state('Succès')
    # Two at once are not taken, and it is said.
    v.open('/deposer')
    transfer = v.page.evaluate_handle(
        "() => { const t = new DataTransfer(); for (const n of ['a.csv', 'b.csv']) t.items.add(new File(['x'], n)); return t; }")
    v.page.dispatch_event('.zone', 'drop', {'dataTransfer': transfer})
    expect(v.page.locator('#choix')).to_contain_text('Un seul fichier par dépôt')


def drop(v, where, *names):
    """Drops made-up files, by a real drop event."""
    transfer = v.page.evaluate_handle(
        "names => { const t = new DataTransfer(); for (const n of names) t.items.add(new File(['x;y'], n)); return t; }", list(names))
    for event in ('dragenter', 'dragover', 'drop'):
        v.page.dispatch_event(where, event, {'dataTransfer': transfer})


@journey
def strays(v, file):
    """What falls beside the zone is meant for it, and what is one too many makes what was chosen before nobody's choice."""
    v.log_in()
    v.choose(file)
    drop(v, 'h1', 'autre.csv')
    expect(v.page.locator('#choix')).to_contain_text('autre.csv, 3 octets.')
    v.title('DEPOSER UN FICHIER')
    drop(v, 'footer', 'a.csv', 'b.csv')
    expect(v.page.locator('#choix')).to_contain_text('Un seul fichier par dépôt')
    v.page.locator('#fichier').evaluate('input => { input.required = false; }')
    v.page.get_by_role('button', name='DEPOSER', exact=True).click()
    expect(v.page.locator('#choix')).to_have_text('Sélectionnez un fichier.')
    assert v.page.evaluate("[...document.querySelector('#fichier').files].length") == 0
    # A word that is dragged is no file.
    assert v.page.evaluate("""() => { const t = new DataTransfer(); t.setData('text/plain', 'x');
      const event = new DragEvent('drop', {dataTransfer: t, bubbles: true, cancelable: true});
      return document.body.dispatchEvent(event); }""")


@journey
def changes(v, file):
    """The file is saved anew between the choice and the click: the browser sends none of it."""
    v.log_in()
    v.choose(file)
    with open(file, 'a', encoding='utf-8') as more:
        more.write('x')
    os.utime(file, (1_700_000_000, 1_700_000_000))
    v.page.get_by_role('button', name='DEPOSER', exact=True).click()
    expect(v.page.locator('#envoi p')).to_contain_text('a changé depuis que vous l’avez choisi : aucun dépôt n’a été fait')
    v.open('/depots')
    expect(v.page.locator('main')).to_contain_text('Aucun')


class Unreliable:
    """A proxy that passes on one request a connection; the answer to the next file is lost, or is `answer`."""

    def __init__(self, base):
        self.target = urllib.parse.urlsplit(base)
        self.answer = None
        self.socket = socket.create_server(('127.0.0.1', 0))
        self.port = self.socket.getsockname()[1]

    def __enter__(self):
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *error):
        self.socket.close()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=self.serve, args=self.socket.accept()[:1], daemon=True).start()

    def serve(self, client):
        with client, contextlib.suppress(OSError), socket.create_connection((self.target.hostname, self.target.port)) as server:
            request = client.makefile('rb')
            head = b''
            while not head.endswith(b'\r\n\r\n'):
                line = request.readline()
                if not line:
                    return
                head += b'' if line.lower().startswith((b'connection:', b'proxy-connection:')) else line
            length = re.search(rb'(?i)content-length: (\d+)', head)
            server.sendall(head[:-2] + b'Connection: close\r\n\r\n' + request.read(int(length[1]) if length else 0))
            answer = b''.join(iter(lambda: server.recv(65536), b''))
            if head.startswith(b'POST') and b'/deposer ' in head.split(b'\r\n')[0] and self.answer is not None:
                answer, self.answer = self.answer, None
            client.sendall(answer)


@journey
def loses(v, file):
    """No answer comes: what the page says is so, whether the file has arrived or not."""
    v.log_in()
    v.choose(file)
    v.page.route('**/deposer', lambda route: route.abort() if route.request.method == 'POST' else route.continue_())
    v.page.get_by_role('button', name='DEPOSER', exact=True).click()
    expect(v.page.locator('#envoi p')).to_contain_text('La connexion a été perdue : aucun dépôt n’a été fait. Réessayez.')

    # The same form again: it arrives, and only the answer is lost. First a reverse proxy says so, then nobody does.
    with Unreliable(v.base) as proxy:
        for answer, name in ((b'HTTP/1.1 502 Bad Gateway\r\nContent-Length: 4\r\n\r\n502\n', 'un.csv'), (b'', 'deux.csv')):
            copy = os.path.join(os.path.dirname(file), name)
            shutil.copy(file, copy)
            browser = v.context.browser.browser_type.launch(
                executable_path=CHROMIUM, args=['--no-sandbox', '--disable-gpu'], timeout=200_000,
                proxy={'server': f'http://127.0.0.1:{proxy.port}', 'bypass': '<-loopback>'})
            other = Visitor(browser, v.base, v.email, v.password, True)
            other.log_in()
            other.choose(copy)
            proxy.answer = answer
            other.page.get_by_role('button', name='DEPOSER', exact=True).click()
            other.title(name)
            other.state('Succès')
            browser.close()


@journey
def interrupts(v, file):
    v.log_in()
    v.choose(file)
    network = v.context.new_cdp_session(v.page)
    network.send('Network.enable')
    network.send('Network.emulateNetworkConditions', {'offline': False, 'latency': 0, 'downloadThroughput': -1, 'uploadThroughput': 24_000})
    v.page.get_by_role('button', name='DEPOSER', exact=True).click()
    v.page.get_by_role('button', name='Interrompre').click()
    expect(v.page.locator('#envoi p')).to_contain_text('Envoi interrompu. Aucun dépôt n’a été fait.')
    expect(v.page.get_by_role('button', name='Interrompre')).to_be_hidden()
    network.send('Network.emulateNetworkConditions', {'offline': False, 'latency': 0, 'downloadThroughput': -1, 'uploadThroughput': -1})
    v.page.get_by_role('button', name='DEPOSER', exact=True).click()
    v.title(os.path.basename(file))
    v.state('Succès')
    v.page.get_by_role('link', name='FERMER').click()
    v.title('Mes dépôts')
    expect(v.page.locator('main tbody tr')).to_have_count(1)


@journey
def confirms(v, whole, fewer):
    v.log_in()
    v.deposit(whole)
    v.state('Succès')
    v.open('/')
    v.deposit(fewer)
    v.title('Confirmer le dépôt')
    expect(v.page.locator('main')).to_contain_text('seraient retirés')
    v.page.get_by_role('button', name='Abandonner').click()
    v.title('Accueil')
    v.deposit(fewer)
    v.title('Confirmer le dépôt')
    v.page.get_by_role('button', name='DEPOSER QUAND MEME').click()
    v.title(os.path.basename(fewer))
    v.state('Succès')


@journey
def controls(v, file):
    v.log_in()
    v.choose(file)
    v.page.get_by_role('button', name='Contrôler sans déposer').click()
    expect(v.page.locator('main')).to_contain_text("il n'a pas été déposé")
    v.open('/depots')
    expect(v.page.locator('main')).to_contain_text('Aucun')


@journey
def ends(v, file):
    """The session is over while the form is filled in: nothing is deposited, and the person is told to log in."""
    v.log_in()
    v.choose(file)
    v.context.clear_cookies()
    v.page.get_by_role('button', name='DEPOSER', exact=True).click()
    said = v.page.locator('#envoi p' if v.script else '.avis')
    expect(said).to_contain_text("Votre session a pris fin : rien n'a été fait.")
    if v.script:
        said.get_by_role('link', name='Se connecter').click()
    v.title('Se connecter')
    v.page.get_by_label('Email professionnel').fill(v.email)
    v.page.get_by_label('Mot de passe', exact=True).fill(v.password)
    v.page.get_by_role('button', name='Se connecter').click()
    v.title('DEPOSER UN FICHIER')


@journey
def prolongs(v, file):
    """Two minutes before the session's end it is said; « Prolonger » and a page in another tab keep it alive, and what is over is said to be."""
    v.page.clock.install()
    v.log_in()
    v.choose(file)
    # From here on time passes when it is told to: no answer is too slow for it.
    v.page.clock.pause_at(v.page.evaluate('Date.now()') / 1000 + 60)
    said, button = v.page.locator('#session p'), v.page.get_by_role('button', name='Prolonger')
    warning = 'Votre session se termine dans deux minutes.'

    def nearly():
        v.page.clock.fast_forward(28 * 60_000 + 30_000)
        expect(said).to_have_text(warning)
        expect(button).to_be_visible()

    nearly()
    with v.page.expect_request('**/session'):
        button.click()
    expect(said).to_have_text('')
    expect(button).to_be_hidden()
    nearly()
    other = v.context.new_page()
    other.goto(v.base + '/depots')
    expect(said).to_have_text('')
    other.close()
    # No answer, and one that is no yes: it may be tried again.
    nearly()
    v.page.route('**/session', lambda route: route.abort())
    button.click()
    expect(said).to_have_text('La connexion a été perdue. Réessayez.')
    v.page.route('**/session', lambda route: route.fulfill(status=429, body=''))
    button.click()
    expect(said).to_have_text('La session n’a pas pu être prolongée. Réessayez.')
    v.page.unroute_all()
    # Ended elsewhere, as by « Terminer toutes les autres sessions ».
    v.context.clear_cookies()
    button.click()
    expect(said).to_contain_text('Votre session a pris fin.')
    expect(button).to_be_hidden()
    # What was chosen is still there.
    assert v.page.evaluate("document.querySelector('#fichier').files.length") == 1


@journey
def elects(v, file, first, second):
    """Of two establishments none is meant until it is chosen; a page that knew of one alone is told of both."""
    v.log_in()
    v.choose(file)
    choice, name = v.page.get_by_label('Déposant'), os.path.basename(file)
    expect(choice).to_have_value('')
    v.page.get_by_role('button', name='DEPOSER', exact=True).click()
    assert choice.evaluate('select => select.matches(":invalid")')
    v.title('DEPOSER UN FICHIER')
    if v.script:
        choice.evaluate("select => select.closest('p').remove()")
        v.page.get_by_role('button', name='DEPOSER', exact=True).click()
        expect(v.page.locator('#envoi p')).to_contain_text("Choisissez l'établissement")
        expect(choice.locator('option')).to_have_count(3)
    choice.select_option(second)
    v.page.get_by_role('button', name='DEPOSER', exact=True).click()
    v.title(name)
    v.state('Succès')
    expect(v.page.locator('.faits')).to_contain_text(second)
    expect(v.page.locator('.faits')).not_to_contain_text(first)


@journey
def fetches(v, file):
    """What can be downloaded is saved under its name; who isn't logged in any more is asked to, and saves no page."""
    v.log_in()
    v.deposit(file)
    v.state('Succès')
    names = {'Le rapport en texte': '.rapport.txt', 'Le rapport pour les machines': '.rapport.json', 'Le fichier déposé': ''}
    for label, ending in names.items():
        with v.page.expect_download() as saved:
            v.page.get_by_role('link', name=label).click()
        assert saved.value.suggested_filename == os.path.basename(file) + ending, saved.value.suggested_filename
    saved = []
    v.page.on('download', lambda one: saved.append(one))
    v.context.clear_cookies()
    v.page.get_by_role('link', name='Le rapport en texte').click()
    v.title('Se connecter')
    v.page.get_by_label('Email professionnel').fill(v.email)
    v.page.get_by_label('Mot de passe', exact=True).fill(v.password)
    v.page.get_by_role('button', name='Se connecter').click()
    v.title(os.path.basename(file))
    assert not saved, saved


@journey
def awaits(v, file):
    """The verdict comes while nobody touches the page."""
    v.log_in()
    v.deposit(file)
    v.title(os.path.basename(file))
    expect(v.page.locator('.titre .etat')).to_have_text('En cours')
    expect(v.page.locator('#attente')).to_have_count(1)
    print('waits', flush=True)
    expect(v.page.locator('.titre .etat')).to_have_text('Succès')
    expect(v.page.locator('#attente')).to_have_count(0)


@journey
def empty(v, file):
    v.log_in()
    v.choose(file)
    v.page.get_by_role('button', name='DEPOSER', exact=True).click()
    expect(v.page.locator('#choix' if v.script else '.avis')).to_contain_text('vide')
    v.open('/depots')
    expect(v.page.locator('main')).to_contain_text('Aucun')


@journey
def chooses(v, link):
    """Chooses a password by the link of a mail, the criteria said as it is typed."""
    v.open(link[len(v.base):] if link.startswith(v.base) else link)
    v.page.get_by_label('Mot de passe', exact=True).fill('court')
    if v.script:
        expect(v.page.locator('#criteres')).to_contain_text('non respecté')
    v.page.get_by_label('Mot de passe', exact=True).fill(v.password)
    v.page.get_by_label('Confirmation').fill(v.password)
    if v.script:
        expect(v.page.locator('#criteres > ul > li[data-critere=longueur]')).to_contain_text('✓ respecté')
    v.page.locator('main button').first.click()
    v.title('Mot de passe modifié')
    v.log_in()


def link_in_mail(folder, address, pattern):
    """The link that the test's SMTP server was sent for somebody."""
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline:
        for name in sorted(os.listdir(folder)):
            if not name.endswith('.eml'):
                continue
            with open(os.path.join(folder, name), 'rb') as file:
                message = email.message_from_binary_file(file, policy=email.policy.default)
            found = re.search(pattern, message.get_content()) if message['to'] == address else None
            if found:
                return found[0]
        time.sleep(0.05)
    raise AssertionError(f'no mail with {pattern} for {address}')


def register(v, siret, password):
    """Fills in the form from its top, as the manual shows it."""
    page = v.page
    page.get_by_label('SIRET*').fill(siret)
    page.get_by_label('Raison sociale').fill('ARCHER <b>SARL')
    page.get_by_label('Commune').fill('Paris')
    page.get_by_label('Email*').fill(v.email)
    page.get_by_label('Mot de passe*', exact=True).fill(password)
    if v.script:
        expect(page.locator('#criteres [data-critere=longueur]')).to_contain_text('✓ respecté')
        expect(page.locator('#criteres [data-critere=identiques]')).to_contain_text('✗ non respecté')
    page.get_by_label('Confirmez votre mot de passe*').fill(password)
    page.get_by_label('Madame').check()
    page.get_by_label('Nom*', exact=True).fill('Archer')
    page.get_by_label('Prénom*').fill('Jeanne')
    page.get_by_label('Téléphone*').fill('01 23 45 67 89')
    page.get_by_role('button', name='CRÉER MON COMPTE').click()


@journey
def arrives(v, folder, siret, code, file):
    """Makes an account, activates it by the mail's link, and acts for the establishment: the manual's steps 1 to 10."""
    page = v.page
    v.open('/')
    page.get_by_role('link', name='SE CREER UN COMPTE').click()
    v.title('Créer votre compte')
    # A digit is wrong: it is said beside its field, and nothing is typed twice but the passwords.
    register(v, siret[:-1] + ('1' if siret[-1] != '1' else '2'), v.password)
    expect(page.locator('#siret-erreur')).to_contain_text('Recopiez-le')
    expect(page.locator('.avis.erreur')).to_contain_text('Un champ est à corriger')
    assert page.title().startswith('Erreur : '), page.title()
    expect(page.get_by_label('Raison sociale')).to_have_value('ARCHER <b>SARL')
    expect(page.get_by_label('Madame')).to_be_checked()
    expect(page.get_by_label('Mot de passe*', exact=True)).to_have_value('')
    page.locator('.avis.erreur a').click()
    expect(page.get_by_label('SIRET*')).to_be_focused()
    register(v, siret, v.password)
    v.title('Activez maintenant votre compte')
    expect(page.locator('main')).to_contain_text("Un lien d'activation vient d'être envoyé à l'adresse e-mail renseignée.")
    page.reload()
    v.title('Activez maintenant votre compte')

    page.goto(link_in_mail(folder, v.email, r'http\S+/activation/\S+'))
    v.title('Activer mon compte')
    expect(page.locator('main')).to_contain_text('Jeanne ARCHER')
    page.get_by_label('Mot de passe').fill('Intrus-2026')
    page.get_by_role('button', name='ACTIVER MON COMPTE').click()
    expect(page.locator('#mot_de_passe-erreur')).to_contain_text('ne faites rien')
    page.get_by_label('Mot de passe').fill(v.password)
    page.get_by_role('button', name='ACTIVER MON COMPTE').click()
    v.title('Compte activé')
    page.get_by_role('link', name='ACCÉDER AU PORTAIL').click()
    v.title('Se connecter')
    page.get_by_label('Email professionnel').fill(v.email.lower())
    page.get_by_label('Mot de passe', exact=True).fill(v.password)
    page.get_by_role('button', name='Se connecter').click()
    v.title('Accueil')

    page.get_by_role('link', name="Saisir le SIRET et le code d'activation").click()
    v.title('Accéder à un établissement')
    page.get_by_label('SIRET*').fill(siret)
    page.get_by_label("Code d'activation*").fill('7K2M')
    page.get_by_role('button', name='Valider').click()
    expect(page.locator('#code-erreur')).to_contain_text('24 lettres et chiffres')
    page.get_by_label("Code d'activation*").fill(code)
    page.get_by_role('button', name='Valider').click()
    v.title('Accueil')
    expect(page.locator('.jour .etat')).to_have_text('En attente de dépôt')

    v.deposit(file)
    v.title(os.path.basename(file))
    v.state('Succès')
    expect(page.locator('main')).to_contain_text('Jeanne ARCHER via le site')
    v.open('/informations')
    expect(page.locator('main')).to_contain_text('Personnes qui ont accès')
    expect(page.locator('main')).to_contain_text(f'{v.email} (vous)')


def received(folder, subject, count=1):
    """The text of the last of so many mails of that subject that the SMTP server has."""
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline:
        found = []
        for name in sorted(os.listdir(folder)):
            if name.endswith('.eml'):
                with open(os.path.join(folder, name), 'rb') as file:
                    message = email.message_from_binary_file(file, policy=email.policy.default)
                if message['subject'] == subject:
                    found.append(message.get_content())
        if len(found) >= count:
            return found[-1]
        time.sleep(0.1)
    raise AssertionError(f'no mail « {subject} » in {os.listdir(folder)}')


def choose_password(v, folder, password, count):
    """« Mot de passe oublié », from the login page to the new password; returns the link."""
    v.open('/connexion')
    v.page.get_by_role('link', name='Mot de passe oublié').click()
    v.title('Mot de passe oublié')
    v.page.get_by_label('Email professionnel').fill(v.email)
    v.page.get_by_role('button', name='Recevoir le lien').click()
    v.title('Consultez votre messagerie')
    text = received(folder, 'COLLECTEUR - Réinitialisation de votre mot de passe', count)
    assert '60 minutes' in text, text
    link = re.search(r'http\S+', text).group()
    # A scanner that opens links uses nothing up.
    for _ in range(2):
        v.page.goto(link)
        v.title('Choisir un mot de passe')
    v.page.get_by_label('Mot de passe', exact=True).fill('court')
    v.page.get_by_label('Confirmation').fill('court')
    v.page.get_by_role('button', name='Valider').click()
    expect(v.page.locator('.avis')).to_contain_text('8 caractères')
    v.page.get_by_label('Mot de passe', exact=True).fill(password)
    v.page.get_by_label('Confirmation').fill(password)
    v.page.get_by_role('button', name='Valider').click()
    v.title('Mot de passe modifié')
    received(folder, 'COLLECTEUR - Votre mot de passe a été modifié', count)
    v.password = password
    return link


@journey
def forgets(v, folder):
    """The first password and the one after it by mail: one link, one use; whoever else was logged in isn't any more."""
    choose_password(v, folder, v.password, 1)
    v.log_in()
    other = v.another()
    link = choose_password(other, folder, 'Oublie-2027', 2)
    v.open('/depots')
    v.title('Se connecter')
    other.page.goto(link)
    other.title('Mot de passe oublié')
    expect(other.page.locator('.avis')).to_contain_text("Ce lien n'est plus valable")
    v.page.get_by_label('Email professionnel').fill(v.email)
    v.page.get_by_label('Mot de passe', exact=True).fill(v.password)
    v.page.get_by_role('button', name='Se connecter').click()
    expect(v.page.locator('.avis')).to_contain_text("n'est pas le bon")
    other.log_in()
    assert not other.complaints, other.complaints


@journey
def sessions(v):
    v.log_in()
    others = [v.another() for _ in range(3)]
    for other in others:
        other.log_in()
    v.open('/informations')
    expect(v.row('Terminer')).to_have_count(3)
    # The others have logged in meanwhile.
    expect(v.row('Cette session', '127.0.0.1', re.compile(r"il y a (moins d.une minute|\d+ minutes?)"))).to_have_count(1)
    v.row('Terminer').first.get_by_role('button').click()
    v.title('Mes Informations')
    expect(v.row('Terminer')).to_have_count(2)
    # The newest stands first.
    others[2].open('/depots')
    others[2].title('Se connecter')
    others[0].open('/depots')
    others[0].title('Mes dépôts')
    v.page.get_by_role('button', name='Terminer toutes les autres sessions').click()
    v.title('Mes Informations')
    expect(v.row('Terminer')).to_have_count(0)
    for other in others[:2]:
        other.open('/depots')
        other.title('Se connecter')


@journey
def informs(v, key, stranger):
    """From no SFTP account to a robot with a key, and no more mails, without anybody's help."""
    v.log_in()
    v.page.get_by_role('link', name='Mes Informations').first.click()
    v.title('Mes Informations')
    main = v.page.locator('main')
    expect(main).to_contain_text("Afin d'automatiser vos dépôts, ou de déposer des fichiers de taille importante, vous pouvez déposer "
                                 "vos fichiers sur un serveur SFTP. Vous pouvez demander la création d'un compte")
    for back in ('ANNULER', 'VALIDER'):
        v.page.get_by_role('link', name='OBTENIR UN ACCES SFTP').click()
        v.title('Création de compte SFTP')
        expect(main).to_contain_text('Pour faire un dépôt via SFTP, veuillez activer votre compte.')
        expect(main).to_contain_text("Attention, ce mot de passe ne servira qu'à accéder au SFTP")
        if back == 'ANNULER':
            v.page.get_by_role('link', name='ANNULER').click()
            v.title('Mes Informations')
    v.page.get_by_label('Mot de passe', exact=True).fill('abcdefgh')
    if v.script:
        criteria = v.page.locator('#criteres')
        expect(criteria.locator('li[data-critere=longueur]')).to_contain_text('✓ respecté')
        expect(criteria.locator('li[data-critere=categories]')).to_contain_text('non respecté')
        expect(criteria.locator('li[data-critere=identiques]')).to_contain_text('non respecté')
    v.page.get_by_label('Mot de passe', exact=True).fill('Robot-2026')
    v.page.get_by_label('Confirmation').fill('Robot-2026')
    if v.script:
        for name in ('longueur', 'categories', 'minuscule', 'majuscule', 'chiffre', 'special', 'identiques'):
            expect(v.page.locator(f'#criteres li[data-critere={name}] > .marque')).to_have_text('✓ respecté : ')
    v.page.get_by_role('button', name='VALIDER').click()
    v.title('Mes Informations')
    expect(main).to_contain_text('Un compte vous a été créé par défaut avec les informations ci-dessous, que vous pouvez modifier.')
    for text in ('archer_yopmail.com', 'E34350633300032', 'SHA256:', 'Codes des déposants sur le sftp'):
        expect(main).to_contain_text(text)

    def add(path, name):
        v.page.get_by_role('link', name='Ajouter une clé publique').click()
        v.title('Ajouter une clé publique')
        v.page.get_by_label('Nom de la clé').fill(name)
        with open(path) as file:
            v.page.get_by_label('Clé publique', exact=True).fill(file.read())
        v.page.get_by_role('button', name='VALIDER').click()

    add(stranger, 'secret')
    expect(v.page.locator('.avis')).to_contain_text("C'est une clé privée")
    expect(v.page.get_by_label('Clé publique', exact=True)).to_have_value('')
    v.page.get_by_role('link', name='ANNULER').click()
    add(key, 'serveur de nuit')
    v.title('Mes Informations')
    expect(v.row('serveur de nuit', 'SHA256:')).to_have_count(1)
    v.row('serveur de nuit').get_by_role('button').click()
    v.title('Mes Informations')
    expect(v.row('serveur de nuit')).to_have_count(0)

    v.page.get_by_role('link', name='REINITIALISER LE MOT DE PASSE').click()
    v.title('Réinitialiser le mot de passe SFTP')
    v.page.get_by_role('link', name='ANNULER').click()
    v.page.get_by_label('QUALIOPI').uncheck()
    v.page.get_by_role('button', name='Enregistrer').click()
    v.title('Mes Informations')
    expect(v.page.get_by_label('QUALIOPI')).not_to_be_checked()
    v.open('/informations/notifications')
    expect(main).to_contain_text('Vous ne recevez plus de notifications')
    v.page.get_by_label('QUALIOPI').check()
    v.page.get_by_role('button', name='Enregistrer').click()
    v.title('Mes Informations')
    expect(v.page.get_by_label('QUALIOPI')).to_be_checked()


@journey
def trap(v, *paths):
    """No page that shows what depositors have written runs any of it."""
    v.page.add_init_script("window.piege = 0; window.alert = () => { window.piege += 1; };")
    v.log_in()
    for path in paths:
        v.open(path)
        assert v.page.evaluate('window.piege') == 0, path
        assert v.page.locator('main script').count() == 0, path


@journey
def narrow(v, *paths):
    """At 320 px and with the text at 200 %, no page is wider than the window."""
    v.log_in()
    for width, zoom in ((320, 100), (1280, 200)):
        v.page.set_viewport_size({'width': width, 'height': 800})
        for path in paths:
            v.open(path)
            v.page.evaluate(f"document.documentElement.style.fontSize = '{zoom}%'")
            over = v.page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
            assert over <= 0, f'{path} is {over} px wider than {width} px at {zoom} %'


@journey
def shoots(v, folder, *paths):
    os.makedirs(folder, exist_ok=True)
    v.log_in()
    for width in (1280, 320):
        v.page.set_viewport_size({'width': width, 'height': 800})
        for path in paths:
            v.open(path)
            v.page.screenshot(path=f"{folder}/{path.strip('/').replace('/', '-').replace('?', '_') or 'accueil'}-{width}.png", full_page=True)


def main():
    name, base, email, password, *rest = sys.argv[1:]
    script = not name.endswith('-nojs')
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=['--no-sandbox', '--disable-gpu'], timeout=200_000)
        visitor = Visitor(browser, base, email, password, script)
        try:
            journeys[name.removesuffix('-nojs')](visitor, *rest)
        except BaseException:
            print(visitor.page.url, visitor.page.locator('body').inner_text()[:3000], visitor.complaints, file=sys.stderr)
            raise
        assert not visitor.complaints, visitor.complaints
        browser.close()


main()

/// Improvements, never conditions: every journey works without it. No framework, nothing from elsewhere, and no HTML is ever made of text.
enum Script {
    /// As browsers get it: without what is for its readers here, remarks that are lines of their own, indentation and blanks beside signs. No text
    /// of it has a line break in it.
    static let served = source.split(separator: "\n").map { $0.drop { $0 == " " } }.filter { !$0.hasPrefix("//") }
        .map(withoutBlanks).joined(separator: "\n").replacing(#"\u00a0"#, with: "\u{A0}")

    /// A text stays as it is: it stands between apostrophes, and has none. An expression between slashes has no blank.
    private static func withoutBlanks(_ line: Substring) -> String {
        let signs = Set("=+-*/<>?:&|!{}()[],;")
        var (result, isText) = ("", false)
        for place in line.indices {
            let character = line[place]
            if character == "'" { isText.toggle() }
            if character == " ", !isText {
                let next = line[line.index(after: place)...].first
                if result.last.map(signs.contains) == true || next.map(signs.contains) == true { continue }
            }
            result.append(character)
        }
        return result
    }

    static let source = #"""
        'use strict';
        (() => {
          const one = (selector, root) => (root || document).querySelector(selector);

          // The session: a warning two minutes before its end, and one more time for the asking. Each page that is opened in
          // another tab keeps it alive as well.
          const session = one('#session');
          if (session) {
            const words = one('p', session), form = one('form', session);
            const tabs = window.BroadcastChannel ? new BroadcastChannel('session') : { postMessage() { } };
            let start, timer, absolute = Date.now() + session.dataset.fin * 1000;
            const say = (text, isDone) => { words.textContent = text; form.hidden = isDone; };
            const look = () => {
              clearTimeout(timer);
              const idle = start + session.dataset.inactivite * 1000;
              const left = Math.min(idle, absolute) - Date.now(), soon = left <= 120000;
              if (left <= 0) {
                say('Votre session a pris fin. Ce qui est à l’écran n’est plus à jour\u00a0: reconnectez-vous.', true);
                return;
              }
              if (soon && !words.textContent) say('Votre session se termine dans deux minutes.', absolute <= idle);
              timer = setTimeout(look, soon ? left : left - 120000);
            };
            const live = () => { start = Date.now(); say('', true); look(); };
            form.addEventListener('submit', (event) => {
              event.preventDefault();
              fetch(form.action, { method: 'POST', body: new URLSearchParams(), redirect: 'manual' }).then((answer) => {
                if (answer.type === 'opaqueredirect') { live(); tabs.postMessage(absolute); }
                else if (answer.status === 403) { start = 0; look(); }
                else say('La session n’a pas pu être prolongée. Réessayez.', false);
              }, () => say('La connexion a été perdue. Réessayez.', false));
            });
            tabs.onmessage = (event) => { absolute = event.data; live(); };
            live();
            tabs.postMessage(absolute);
          }

          // A login keeps the place in the page where the mail's link leads.
          const back = one('input[name=retour]');
          if (back && location.hash) one('form[action="/connexion"]').addEventListener('submit', () => {
            try { sessionStorage.setItem('ancre', back.value + location.hash); } catch (error) { }
          });
          try {
            const kept = sessionStorage.getItem('ancre');
            if (kept && !back && kept.split('#')[0] === location.pathname + location.search) {
              sessionStorage.removeItem('ancre');
              location.hash = kept.split('#')[1];
            }
          } catch (error) { }

          // A line that is asked for is unfolded.
          const unfold = () => {
            const line = location.hash && document.getElementById(location.hash.slice(1));
            if (line && line.tagName === 'DETAILS') line.open = true;
          };
          addEventListener('hashchange', unfold);
          unfold();

          // « En cours »: asks until there is a verdict, then shows it.
          const wait = one('#attente');
          if (wait) {
            let pause = 2000;
            const ask = () => {
              fetch(wait.dataset.etat, { headers: { Accept: 'application/json' } }).then((answer) => {
                if (answer.status === 403) { location.reload(); return null; }
                return answer.ok ? answer.json() : { etat: 'enCours' };
              }).then((state) => {
                if (!state) return;
                if (state.etat !== 'enCours') { location.reload(); return; }
                setTimeout(ask, pause);
              }, () => { pause = Math.min(pause * 2, 30000); setTimeout(ask, pause); });
            };
            setTimeout(ask, pause);
          }

          // The five criteria, as one types.
          const criteria = one('#criteres');
          if (criteria) {
            const first = one('#mot_de_passe'), second = one('#confirmation'), status = one('[role=status]', criteria);
            let timer;
            const rules = {
              minuscule: (text) => /\p{Ll}/u.test(text), majuscule: (text) => /\p{Lu}/u.test(text),
              chiffre: (text) => /\p{Nd}/u.test(text), special: (text) => /[^\p{L}\p{Nd}]/u.test(text)
            };
            const check = () => {
              const text = first.value;
              const met = { longueur: [...text].length >= 8, identiques: text !== '' && text === second.value };
              let kinds = 0;
              for (const name in rules) { met[name] = rules[name](text); if (met[name]) kinds += 1; }
              met.categories = kinds >= 3;
              let missing = 0;
              criteria.querySelectorAll('li').forEach((item) => {
                const fulfilled = met[item.dataset.critere];
                if (!fulfilled && !(item.dataset.critere in rules)) missing += 1;
                item.classList.toggle('oui', fulfilled);
                let mark = one(':scope > .marque', item);
                if (!mark) {
                  mark = document.createElement('span');
                  mark.className = 'marque';
                  item.insertBefore(mark, item.firstChild);
                }
                mark.textContent = fulfilled ? '✓ respecté\u00a0: ' : '✗ non respecté\u00a0: ';
              });
              clearTimeout(timer);
              timer = setTimeout(() => {
                status.textContent = missing ? 'Critères non respectés\u00a0: ' + missing : 'Tous les critères sont respectés';
              }, 1000);
            };
            first.addEventListener('input', check);
            second.addEventListener('input', check);
          }

          // A deposit: what is wrong is said before a byte is sent, how far it is while it is sent, and what became of it by who knows.
          const form = one('#depot');
          if (form) {
            const input = one('input[type=file]', form), choice = one('#choix'), zone = one('.zone', form);
            const sending = one('#envoi'), words = one('p', sending), bar = one('progress', sending), stop = one('button', sending);
            const key = one('input[name=cle]', form), buttons = form.querySelectorAll('.actions button');
            let isSending = false;

            const size = (bytes) => {
              if (bytes < 1024) return bytes + '\u00a0octet' + (bytes < 2 ? '' : 's');
              const [unit, name] = bytes < 1048576 ? [1024, 'Ko'] : [1048576, 'Mo'];
              return (Math.round(bytes * 10 / unit) / 10).toLocaleString('fr-FR') + '\u00a0' + name;
            };
            const problem = (file) => {
              if (!file) return 'Sélectionnez un fichier.';
              if (!/[^\s.\p{C}\p{M}\p{Default_Ignorable_Code_Point}\u2800]/u.test(file.name)) return 'Ce nom n’a aucun caractère visible.';
              if (file.size === 0) return 'Ce fichier est vide.';
              if (file.size > form.dataset.plafond) return 'Ce fichier est trop volumineux\u00a0: il a ' + size(file.size) + '.';
              return '';
            };
            const remark = (file) => {
              if ([...file.name.normalize('NFC')].length > form.dataset.nom)
                return ' Son nom a plus de ' + form.dataset.nom + ' caractères\u00a0: il sera refusé.';
              if (file.size >= form.dataset.octets)
                return ' Il n’a pas moins de ' + size(+form.dataset.octets) + '\u00a0: il sera refusé.';
              return '';
            };
            const say = function (text, isWrong) { choice.classList.toggle('mauvais', isWrong); choice.textContent = text; };
            const show = () => {
              const file = input.files[0];
              if (!file) { say('', false); return; }
              const wrong = problem(file), warning = wrong || remark(file);
              // What would turn the text round isn't written as it is.
              say(wrong || file.name.replace(/\p{Cf}/gu, '\ufffd') + ', ' + size(file.size) + '.' + warning, Boolean(warning));
            };
            input.addEventListener('change', show);
            show();

            // Wherever on the page a file is dropped it is meant for the form: left alone, the browser would leave the page for it.
            const carriesFiles = (event) => event.dataTransfer && [...event.dataTransfer.types].includes('Files');
            addEventListener('dragover', (event) => {
              if (carriesFiles(event)) { event.preventDefault(); zone.classList.add('dessus'); }
            });
            addEventListener('dragleave', (event) => { if (!event.relatedTarget) zone.classList.remove('dessus'); });
            addEventListener('drop', (event) => {
              zone.classList.remove('dessus');
              if (!carriesFiles(event)) return;
              event.preventDefault();
              if (isSending) return;
              const files = event.dataTransfer.files, item = event.dataTransfer.items[0];
              const entry = item && item.webkitGetAsEntry && item.webkitGetAsEntry();
              if (files.length === 1 && !(entry && entry.isDirectory)) { input.files = files; show(); return; }
              // What was chosen before isn't what is meant now.
              input.value = '';
              say(files.length > 1 ? 'Un seul fichier par dépôt\u00a0: déposez-les l’un après l’autre.' : 'Ce n’est pas un fichier.', true);
            });

            const leave = (address) => { isSending = false; location.assign(address); };
            const fail = (text, address, label) => {
              isSending = false;
              words.textContent = text;
              if (address) {
                const link = document.createElement('a');
                link.href = address;
                link.textContent = label;
                words.append(' ', link);
              }
              bar.hidden = stop.hidden = true;
              buttons.forEach((button) => { button.disabled = false; });
            };
            // Where no answer came, the form's own page knows whether there is a deposit.
            const settle = (text, tries) => {
              const own = '/deposer/' + key.value, asked = new XMLHttpRequest();
              const again = () => {
                if (tries > 0) { setTimeout(settle, 1000, text, tries - 1); return; }
                fail('La connexion a été perdue. Déposez de nouveau\u00a0: un même envoi n’est jamais déposé deux fois.', own, 'Ce qu’est devenu cet envoi');
              };
              asked.addEventListener('load', () => {
                const title = asked.response && one('h1', asked.response), fate = title && title.dataset.envoi;
                if (fate === 'aucun') fail(text);
                else if (asked.status >= 400 || fate === 'enCours') again();
                else leave(asked.responseURL);
              });
              asked.addEventListener('error', again);
              asked.responseType = 'document';
              asked.open('GET', own);
              asked.send();
            };
            const lost = (file) => {
              new Response(file.slice(0, 1)).arrayBuffer().then(() => settle('La connexion a été perdue\u00a0: aucun dépôt n’a été fait. Réessayez.', 5), () => {
                fail('Ce fichier a changé depuis que vous l’avez choisi\u00a0: aucun dépôt n’a été fait. Choisissez-le de nouveau.');
                input.value = '';
                show();
              });
            };
            addEventListener('beforeunload', (event) => { if (isSending) event.preventDefault(); });
            // A page that comes back from the browser's memory has a form that has served.
            addEventListener('pageshow', (event) => { if (event.persisted) location.reload(); });

            form.addEventListener('submit', (event) => {
              event.preventDefault();
              if (isSending) return;
              const file = input.files[0];
              const wrong = problem(file);
              if (wrong) { say(wrong, true); input.focus(); return; }
              const request = new XMLHttpRequest();
              const sent = new FormData(form);
              isSending = true;
              buttons.forEach((button) => { button.disabled = true; });
              sending.hidden = bar.hidden = stop.hidden = false;
              words.textContent = 'Envoi du fichier…';
              let announced = 0;
              request.upload.addEventListener('progress', (event) => {
                if (!event.lengthComputable) return;
                const percent = Math.floor(event.loaded * 100 / event.total);
                bar.value = percent;
                if (percent < announced) return;
                announced = percent + 10;
                words.textContent = 'Envoi du fichier\u00a0: ' + size(event.loaded) + ' sur ' + size(event.total) + '.';
              });
              request.upload.addEventListener('load', () => {
                bar.removeAttribute('value');
                stop.hidden = true;
                words.textContent = 'Fichier transmis. En cours\u00a0: le COLLECTEUR l’analyse.';
              });
              request.addEventListener('load', () => {
                if (request.status < 400) { leave(request.responseURL); return; }
                const page = request.response;
                const text = page && one('#contenu .avis p, #contenu > div > p', page);
                if (!text) { settle('Le fichier n’a pas été accepté. Aucun dépôt n’a été fait.', 5); return; }
                const fresh = one('input[name=cle]', page), report = one('main a[href^="/depots/"]', page);
                if (fresh) key.value = fresh.value;
                // Since this page was opened the person has got another establishment.
                const whose = one('#deposant', page);
                if (whose && !one('#deposant', form)) key.after(document.importNode(whose.closest('p'), true));
                if (report) fail(text.textContent, report.getAttribute('href'), report.textContent);
                else if (one('input[name=retour]', page)) fail(text.textContent, '/deposer', 'Se connecter');
                else fail(text.textContent);
              });
              request.addEventListener('error', () => lost(file));
              request.addEventListener('abort', () => settle('Envoi interrompu. Aucun dépôt n’a été fait.', 5));
              stop.onclick = () => request.abort();
              request.responseType = 'document';
              request.open('POST', (event.submitter && event.submitter.hasAttribute('formaction')) ? event.submitter.formAction : form.action);
              request.send(sent);
            });
          }
        })();

        """#
}

/// Improvements, never conditions: every journey works without it. No framework, nothing from elsewhere, and no HTML is ever made of text.
enum Script {
    static let text = #"""
        'use strict';
        (function () {
          const one = (selector, root) => (root || document).querySelector(selector);

          // The session: a warning two minutes before its end, and one more time for the asking.
          const session = one('#session');
          if (session) {
            const words = one('p', session), form = one('form', session);
            let start = Date.now();
            const absolute = Date.now() + Number(session.dataset.fin) * 1000;
            const look = function () {
              const idle = start + Number(session.dataset.inactivite) * 1000;
              const left = Math.min(idle, absolute) - Date.now();
              if (left <= 0) {
                form.hidden = true;
                words.textContent = 'Votre session a pris fin. Ce qui est à l’écran n’est plus à jour : reconnectez-vous.';
                return;
              }
              const soon = left <= 120000;
              if (soon && !words.textContent) {
                words.textContent = 'Votre session se termine dans deux minutes.';
                form.hidden = absolute <= idle;
              }
              setTimeout(look, soon ? left : left - 120000);
            };
            form.addEventListener('submit', function (event) {
              event.preventDefault();
              fetch(form.action, { method: 'POST', redirect: 'manual' }).then(function () {
                start = Date.now();
                words.textContent = '';
                form.hidden = true;
                look();
              }, function () { words.textContent = 'La connexion a été perdue. Réessayez.'; });
            });
            look();
          }

          // A login keeps the place in the page where the mail's link leads.
          const back = one('input[name=retour]');
          if (back && location.hash) one('form[action="/connexion"]').addEventListener('submit', function () {
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
          const unfold = function () {
            const line = location.hash && document.getElementById(location.hash.slice(1));
            if (line && line.tagName === 'DETAILS') line.open = true;
          };
          addEventListener('hashchange', unfold);
          unfold();

          // « En cours »: asks until there is a verdict, then shows it.
          const wait = one('#attente');
          if (wait) {
            let pause = 2000;
            const ask = function () {
              fetch(wait.dataset.etat, { headers: { Accept: 'application/json' } }).then(function (answer) {
                if (answer.status === 403) { location.reload(); return null; }
                return answer.ok ? answer.json() : { etat: 'enCours' };
              }).then(function (state) {
                if (!state) return;
                if (state.etat !== 'enCours') { location.reload(); return; }
                setTimeout(ask, pause);
              }, function () { pause = Math.min(pause * 2, 30000); setTimeout(ask, pause); });
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
            const check = function () {
              const text = first.value;
              const met = { longueur: [...text].length >= 8, identiques: text !== '' && text === second.value };
              let kinds = 0;
              for (const name in rules) { met[name] = rules[name](text); if (met[name]) kinds += 1; }
              met.categories = kinds >= 3;
              let missing = 0;
              criteria.querySelectorAll('li').forEach(function (item) {
                const fulfilled = met[item.dataset.critere];
                if (!fulfilled && !(item.dataset.critere in rules)) missing += 1;
                item.classList.toggle('oui', fulfilled);
                let mark = one(':scope > .marque', item);
                if (!mark) {
                  mark = document.createElement('span');
                  mark.className = 'marque';
                  item.insertBefore(mark, item.firstChild);
                }
                mark.textContent = fulfilled ? '✓ respecté : ' : '✗ non respecté : ';
              });
              clearTimeout(timer);
              timer = setTimeout(function () {
                status.textContent = missing ? 'Critères non respectés : ' + missing : 'Tous les critères sont respectés';
              }, 1000);
            };
            first.addEventListener('input', check);
            second.addEventListener('input', check);
          }

          // A deposit: what is wrong is said before a byte is sent, and how far it is while it is sent.
          const form = one('#depot');
          if (form) {
            const input = one('input[type=file]', form), choice = one('#choix'), zone = one('.zone', form);
            const sending = one('#envoi'), words = one('p', sending), bar = one('progress', sending), stop = one('button', sending);
            const buttons = form.querySelectorAll('.actions button');
            const megabytes = (bytes) => (bytes / 1048576).toFixed(1).replace('.', ',') + ' Mo';
            const size = (bytes) => bytes < 1048576 ? Math.ceil(bytes / 1024) + ' Ko' : megabytes(bytes);

            const problem = function (file) {
              if (!file) return 'Sélectionnez un fichier.';
              if (file.size === 0) return 'Ce fichier est vide.';
              if (file.size > Number(form.dataset.plafond)) return 'Ce fichier est trop volumineux : il a ' + megabytes(file.size) + '.';
              return '';
            };
            const remark = function (file) {
              if ([...file.name.normalize('NFC')].length > Number(form.dataset.nom))
                return ' Son nom a plus de ' + form.dataset.nom + ' caractères : il sera refusé.';
              if (file.size >= Number(form.dataset.octets)) return ' Il n’a pas moins de 10 Mo : il sera refusé.';
              return '';
            };
            const show = function () {
              const file = input.files[0];
              const wrong = problem(file);
              const warning = wrong || !file ? '' : remark(file);
              choice.classList.toggle('mauvais', Boolean(file && (wrong || warning)));
              choice.textContent = !file ? '' : wrong ? wrong : file.name + ', ' + size(file.size) + '.' + warning;
            };
            input.addEventListener('change', show);

            ['dragenter', 'dragover'].forEach(function (name) {
              zone.addEventListener(name, function (event) { event.preventDefault(); zone.classList.add('dessus'); });
            });
            ['dragleave', 'drop'].forEach(function (name) {
              zone.addEventListener(name, function () { zone.classList.remove('dessus'); });
            });
            zone.addEventListener('drop', function (event) {
              event.preventDefault();
              const files = event.dataTransfer.files;
              if (files.length === 1) { input.files = files; show(); return; }
              choice.classList.add('mauvais');
              choice.textContent = files.length === 0 ? 'Ce n’est pas un fichier.' : 'Un seul fichier par dépôt : déposez-les l’un après l’autre.';
            });

            form.addEventListener('submit', function (event) {
              event.preventDefault();
              const file = input.files[0];
              const wrong = problem(file);
              if (wrong) { choice.classList.add('mauvais'); choice.textContent = wrong; input.focus(); return; }
              const request = new XMLHttpRequest();
              const sent = new FormData(form);
              buttons.forEach((button) => { button.disabled = true; });
              sending.hidden = false;
              words.textContent = 'Envoi du fichier…';
              const fail = function (text) {
                words.textContent = text;
                bar.hidden = true;
                stop.hidden = true;
                buttons.forEach((button) => { button.disabled = false; });
              };
              bar.hidden = stop.hidden = false;
              let announced = 0;
              request.upload.addEventListener('progress', function (event) {
                if (!event.lengthComputable) return;
                const percent = Math.floor(event.loaded * 100 / event.total);
                bar.value = percent;
                if (percent < announced) return;
                announced = percent + 10;
                words.textContent = 'Envoi du fichier : ' + size(event.loaded) + ' sur ' + size(event.total) + '.';
              });
              request.upload.addEventListener('load', function () {
                bar.removeAttribute('value');
                stop.hidden = true;
                words.textContent = 'Fichier transmis. En cours : le COLLECTEUR l’analyse.';
              });
              request.addEventListener('load', function () {
                if (request.status < 400) { location.assign(request.responseURL); return; }
                const page = request.response;
                const text = page && (one('.avis p', page) || one('main p', page));
                fail(text ? text.textContent : 'Le fichier n’a pas été accepté. Aucun dépôt n’a été fait.');
                const key = page && one('input[name=cle]', page);
                if (key) one('input[name=cle]', form).value = key.value;
              });
              request.addEventListener('error', function () {
                fail('La connexion a été perdue. Voyez « Mes dépôts » si le fichier est arrivé, ou déposez de nouveau : un même envoi n’est jamais déposé deux fois.');
              });
              request.addEventListener('abort', function () { fail('Envoi interrompu. Aucun dépôt n’a été fait.'); });
              stop.onclick = function () { request.abort(); };
              request.responseType = 'document';
              request.open('POST', (event.submitter && event.submitter.hasAttribute('formaction')) ? event.submitter.formAction : form.action);
              request.send(sent);
            });
          }
        })();

        """#
}

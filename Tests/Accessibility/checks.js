// What no checker of accessibility sees, looked for in one page, which was answered with that status: each function says what is wrong in
// sentences, or nothing.
(status) => {
  'use strict';
  const all = (selector, root) => [...(root || document).querySelectorAll(selector)];
  const text = (element) => (element.textContent || '').replace(/\s+/g, ' ').trim();
  const short = (element) => element.outerHTML.replace(/\s+/g, ' ').slice(0, 120);
  const references = (element, attribute) => (element.getAttribute(attribute) || '').split(/\s+/).filter(Boolean);

  /** As assistive technology says it, near enough: ours are made of text, labels and aria-label. */
  const name = (element) => {
    const labelled = references(element, 'aria-labelledby').map((id) => document.getElementById(id)).filter(Boolean);
    if (labelled.length) return labelled.map(text).join(' ');
    return element.getAttribute('aria-label') || text(element) || element.getAttribute('title') || '';
  };
  const isShown = (element) => element.getClientRects().length > 0;
  const fields = () => all('input:not([type=hidden]), select, textarea');

  const structure = () => {
    const wrong = [];
    if (document.documentElement.lang !== 'fr') wrong.push('the page is not said to be French');
    if (all('h1').length !== 1) wrong.push(`${all('h1').length} h1`);
    if (!text(document.querySelector('title') || document.body)) wrong.push('no title');
    if (all('main').length !== 1) wrong.push(`${all('main').length} main`);
    const names = all('nav, [role=region], section[aria-label]').map((place) => `${place.localName} ${name(place)}`);
    names.forEach((one, index) => {
      if (names.indexOf(one) !== index) wrong.push(`two landmarks are named « ${one} »`);
      if (one.startsWith('nav ') && one === 'nav ') wrong.push('a nav has no name');
    });
    if (all('[style], [onclick], [onload], [onerror]').length) wrong.push('style or event attributes');
    if (all('[tabindex]').some((element) => element.tabIndex > 0)) wrong.push('a tabindex over 0');
    if (all('nav [aria-current=page]').length > 2) wrong.push('more than one place is said to be the present one');
    all('[role=tab], [role=menu], [role=menuitem], [role=dialog], [role=application]').forEach((element) => {
      wrong.push(`a role that needs a script: ${short(element)}`);
    });
    return wrong;
  };

  const skipLink = () => {
    const first = all('a[href], button, input, select, textarea, summary, [tabindex]')
      .filter((element) => element.tabIndex >= 0 && isShown(element))[0];
    const target = first && (first.getAttribute('href') || '').startsWith('#')
      ? document.getElementById(first.getAttribute('href').slice(1)) : null;
    if (!target) return ['the first stop of the keyboard is no link to the content'];
    return target.contains(document.querySelector('h1')) ? [] : ['the skip link leads past the h1'];
  };

  const badges = () => all('[class~=etat], [class~=gravite], [class~=badge]').filter((badge) => !text(badge))
    .map((badge) => `a state by its colour alone: ${short(badge)}`);

  const tables = () => all('table').flatMap((table) => {
    const wrong = [];
    if (!table.caption && !name(table)) wrong.push('a table without a name');
    all('th', table).filter((cell) => !cell.getAttribute('scope')).forEach((cell) => wrong.push(`th without scope: ${short(cell)}`));
    if (!all('thead th[scope=col]', table).length) wrong.push(`a table without header cells: ${short(table)}`);
    all('thead td', table).forEach((cell) => wrong.push(`a header cell that is a td: ${short(cell)}`));
    const columns = all('thead tr:last-child > *', table).reduce((sum, cell) => sum + cell.colSpan, 0);
    all('tbody tr', table).forEach((row) => {
      const cells = [...row.cells].reduce((sum, cell) => sum + cell.colSpan, 0);
      if (columns && cells !== columns) wrong.push(`${cells} cells under ${columns} headers: ${short(row)}`);
      if (!row.querySelector('th[scope=row]')) wrong.push(`a row without its header: ${short(row)}`);
    });
    all('th', table).filter((cell) => !text(cell)).forEach((cell) => wrong.push(`an empty header: ${short(cell)}`));
    return wrong;
  });

  const doubles = (elements, aim, what) => {
    const seen = new Map();
    const wrong = [];
    elements.forEach((element) => {
      const said = name(element).toLowerCase();
      if (!said) wrong.push(`${what} without a name: ${short(element)}`);
      else if (seen.has(said) && seen.get(said) !== aim(element)) wrong.push(`two ${what}s named « ${said} » lead to different places`);
      else seen.set(said, aim(element));
    });
    return wrong;
  };
  const links = () => doubles(all('a[href]'), (link) => link.href, 'link');
  const buttons = () => doubles(
    all('button'),
    (button) => [button.form && button.form.action, button.getAttribute('formaction'), button.name, button.value].join(' '), 'button');

  const identifiers = () => {
    const wrong = [];
    const seen = new Set();
    all('[id]').forEach((element) => {
      if (seen.has(element.id)) wrong.push(`two elements have the id ${element.id}`);
      seen.add(element.id);
    });
    for (const attribute of ['aria-describedby', 'aria-labelledby', 'aria-errormessage', 'for'])
      all(`[${attribute}]`).forEach((element) => references(element, attribute).forEach((id) => {
        if (!seen.has(id)) wrong.push(`${attribute} names ${id}, which isn't there: ${short(element)}`);
      }));
    all('a[href^="#"]').forEach((link) => {
      if (!seen.has(decodeURIComponent(link.hash.slice(1)))) wrong.push(`a link to nowhere: ${short(link)}`);
    });
    return wrong;
  };

  // By the end of a field's name: the tokens of HTML, 4.10.18.7, that RGAA 11.13 asks for where a field is about the person.
  const tokens = {
    email: ['email', 'username'], mot_de_passe: ['current-password', 'new-password'], actuel: ['current-password'],
    confirmation: ['new-password'], nom: ['family-name'], prenom: ['given-name'], telephone: ['tel'], civilite: ['honorific-prefix'],
    adresse: ['street-address', 'address-line1'], code_postal: ['postal-code'], commune: ['address-level2'],
    raison_sociale: ['organization'], fonction: ['organization-title']
  };
  const types = { email: ['email', 'username'], tel: ['tel'], password: ['current-password', 'new-password', 'one-time-code', 'off'] };
  const autocomplete = () => fields().flatMap((field) => {
    // A choice has none (HTML, 4.10.18.7.1).
    if (field.form && field.form.method === 'get' || ['radio', 'checkbox'].includes(field.type)) return [];
    const wanted = tokens[field.name] || types[field.type];
    const given = field.getAttribute('autocomplete') || '';
    return wanted && !wanted.includes(given) ? [`autocomplete="${given}" of ${field.name} is none of ${wanted.join(', ')}`] : [];
  });

  const labels = () => fields().flatMap((field) => {
    const said = [...(field.labels || [])].map(text).join(' ') || field.getAttribute('aria-label') || '';
    if (!said.trim()) return [`a field without a label: ${short(field)}`];
    return field.placeholder ? [`a placeholder, which is gone once one types: ${short(field)}`] : [];
  });

  /** Errors: said in the title, on top and beside their field, and linked to it. A login says one for both fields: which is wrong is not told. */
  const errors = () => {
    const top = all('main .avis.erreur');
    const wrong = [];
    const faulty = all('[aria-invalid=true]');
    // A filter is a form, too, once something is wrong with it.
    const form = document.querySelector('main form[method=post]') || (faulty.length ? faulty[0].form : null);
    faulty.forEach((field) => {
      const said = references(field, 'aria-describedby').map((id) => document.getElementById(id)).filter(Boolean);
      if (!said.some((element) => element.classList.contains('manque') && text(element)))
        wrong.push(`an error that is not linked to its field: ${short(field)}`);
    });
    all('.manque').forEach((message) => {
      if (!message.id || !document.querySelector(`[aria-invalid=true][aria-describedby~="${message.id}"]`))
        wrong.push(`a message beside no field: ${short(message)}`);
    });
    if (!form || !top.length) return faulty.length ? wrong.concat('a field in error, and nothing on top says so') : wrong;
    if (!document.title.startsWith('Erreur : ')) wrong.push('a form in error whose title does not begin with « Erreur : »');
    // What is wrong with a link or with the whole is said on top alone.
    if (status === 422 && !faulty.length && !form.matches('[action="/connexion"]')) wrong.push('a form in error, and no field says so');
    return wrong;
  };

  /** What scripts write into has to be there, and announced, before they do. */
  const announcements = () => {
    const wrong = [];
    const live = (root) => root.matches('[role=status], [role=alert], [aria-live]') || root.querySelector('[role=status], [role=alert]');
    all('#session, #attente, #choix, #envoi, #criteres, [data-etat]').forEach((place) => {
      if (!live(place)) wrong.push(`nothing announces what changes in ${short(place)}`);
    });
    if (document.querySelector('.personne') && !document.querySelector('#session')) wrong.push('no warning before the session ends');
    all('meta[http-equiv=refresh]').forEach(() => wrong.push('the page reloads by itself'));
    return wrong;
  };

  /** Without the stylesheet nothing that it said may be missing. */
  const generated = () => all('body *').flatMap((element) => ['::before', '::after'].flatMap((part) => {
    const content = getComputedStyle(element, part).content.replace(/^"|"$/g, '');
    return ['none', 'normal', '', '← '].includes(content) ? [] : [`the stylesheet says « ${content} » in ${short(element)}`];
  }));

  const checks = {
    structure, skipLink, badges, tables, links, buttons, identifiers, autocomplete, labels, errors, announcements, generated
  };
  return Object.entries(checks).flatMap(([check, run]) => run().map((said) => `${check}: ${said}`));
}

"""What is looked for in a page that is open, layer by layer. Each layer gives sentences, none where all is well."""

import os

import axe_playwright_python

HERE = os.path.dirname(os.path.abspath(__file__))



def is_explained(rule, node):
    """What axe leaves to people, looked at once and for all. Colours: the text is cut by the edge of a table that scrolls, and has those
    of the cells beside it, which axe measures."""
    reasons = {check.get('data') and check['data'].get('messageKey') for check in node['any'] if isinstance(check.get('data'), dict)}
    return rule == 'color-contrast' and reasons <= {'elmPartiallyObscured', 'elmPartiallyObscuring', 'bgOverlap', 'outsideViewport'} \
        and 'td' in str(node['target'])


AXE = {
    'runOnly': {'type': 'tag', 'values': ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']},
    'resultTypes': ['violations', 'incomplete'],
}


def read(name):
    with open(os.path.join(HERE, name), encoding='utf-8') as file:
        return file.read()


CHECKS = read('checks.js')

# Of rows, items and options that are alike some are enough for what takes long.
THIN = """() => {
  const kind = (element) => element.localName + element.className + element.attributes.length
    + [...element.children].map((child) => child.localName + child.className).join();
  for (const parent of document.querySelectorAll('tbody, ul, select, .constat, main')) {
    const seen = new Map();
    for (const child of [...parent.children]) {
      const count = (seen.get(kind(child)) || 0) + 1;
      seen.set(kind(child), count);
      if (count > 4) child.remove();
    }
  }
}"""


def axe(page):
    """Layer 2: WCAG 2.1 A and AA, and axe's best practices; nothing that it leaves open either."""
    source = os.path.join(os.path.dirname(axe_playwright_python.__file__), 'axe.min.js')
    if not page.evaluate('typeof axe !== "undefined"'):
        with open(source, encoding='utf-8') as file:
            page.evaluate(file.read())
    found = page.evaluate('options => axe.run(options)', AXE)
    said = []
    for kind in ('violations', 'incomplete'):
        for rule in found[kind]:
            for node in rule['nodes']:
                target = ' '.join(map(str, node['target']))
                if kind == 'incomplete' and is_explained(rule['id'], node):
                    continue
                said.append(f"axe, {kind}: {rule['id']} at {target}: {rule['help']}")
    return said


def assertions(page, status=200):
    """Layer 4: what no checker sees."""
    return page.evaluate(CHECKS, status)


# Whether all can be read: nothing is wider than the window but what scrolls in itself, and no text is cut.
CUT = """() => {
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  const out = wide > 0 ? [...document.querySelectorAll('body *')].filter((element) =>
    element.getBoundingClientRect().right > document.documentElement.clientWidth && !element.closest('.defile, .invisible')) : [];
  const said = wide > 0 ? [`the page is ${wide} px too wide: ${out.slice(-1).map((one) => one.outerHTML.slice(0, 80))}`] : [];
  for (const element of document.querySelectorAll('body *')) {
    if (!element.textContent.trim() || element.closest('.invisible, svg, option')) continue;
    const style = getComputedStyle(element);
    if (!['hidden', 'clip'].includes(style.overflowX) && !['hidden', 'clip'].includes(style.overflowY)) continue;
    if (element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1)
      said.push(`cut: ${element.outerHTML.slice(0, 80)}`);
  }
  return said;
}"""

# WCAG 1.4.12.
SPACING = """
  * { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
  p { margin-bottom: 2em !important; }
"""

WITH_STYLE = """style => { const sheet = new CSSStyleSheet(); sheet.replaceSync(style); document.adoptedStyleSheets = [sheet]; }"""


def sizes(page):
    """Layer 3: at 320 px, with the text at 200 %, with spaced text (RGAA 10.4, 10.11, 10.12)."""
    said = []
    for what, width, style in [('at 320 px', 320, ''), ('at 200 %', 1280, 'html { font-size: 200% !important; }'),
                               ('with spaced text', 1280, SPACING), ('with spaced text at 320 px', 320, SPACING)]:
        page.set_viewport_size({'width': width, 'height': 800})
        page.evaluate(WITH_STYLE, style)
        said += [f'{what}: {one}' for one in page.evaluate(CUT)]
    page.set_viewport_size({'width': 1280, 'height': 800})
    page.evaluate(WITH_STYLE, '')
    return said


def plain(page):
    """Layer 3: without the stylesheet all that was shown is there, in the same order (RGAA 10.2, 10.3)."""
    return page.evaluate("""() => {
      const words = () => document.body.innerText.replace(/\\s+/g, ' ').trim().split(' ');
      const shown = words();
      const sheets = [...document.styleSheets];
      sheets.forEach((sheet) => { sheet.disabled = true; });
      const plain = words();
      sheets.forEach((sheet) => { sheet.disabled = false; });
      let at = 0;
      for (const word of shown) {
        const next = plain.indexOf(word, at);
        if (next < 0) return [`without the stylesheet « ${word} » is missing or elsewhere`];
        at = next + 1;
      }
      return [];
    }""")


# The stop of the keyboard, and whether one sees that it is: an outline, or anything else that focus changes.
STOP = """() => {
  const element = document.activeElement;
  if (!element || element === document.body || element === document.documentElement) return null;
  const look = (style) => [style.outlineStyle === 'none' ? '' : style.outlineStyle + style.outlineWidth + style.outlineColor,
    style.boxShadow, style.borderColor, style.backgroundColor].join('|');
  const focused = look(getComputedStyle(element));
  const place = element.getBoundingClientRect();
  const inside = place.right > 0 && place.bottom > 0 && place.left < innerWidth && place.top < innerHeight && place.width > 1;
  // In a date the keyboard is at one of its parts: it stays there.
  const isDate = element.type === 'date';
  if (!isDate) element.blur();
  const unfocused = isDate ? look({ outlineStyle: 'none' }) : look(getComputedStyle(element));
  if (!isDate) element.focus({ preventScroll: true });
  window.stops = window.stops || [];
  const index = window.stops.indexOf(element);
  if (index < 0) window.stops.push(element);
  return { text: element.outerHTML.slice(0, 100), isSeen: focused !== unfocused, inside, again: index >= 0 };
}"""

REACHABLE = """() => {
  window.stops = [];
  window.wanted = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]')]
    .filter((element) => element.tabIndex >= 0 && !element.disabled
      && element.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true }))
    // Of a choice one is a stop: the arrows lead to the others.
    .filter((element, place, all) => element.type !== 'radio' || element.checked
      || !all.some((other, index) => other.type === 'radio' && other.name === element.name && (other.checked || index < place)));
  return window.wanted.length + 5 * document.querySelectorAll('input[type=date]').length;
}"""

MISSED = """() => {
  // Of radio buttons of one name one is a stop, from which the arrows lead to the others.
  const isReached = (element) => window.stops.includes(element)
    || element.type === 'radio' && window.stops.some((stop) => stop.type === 'radio' && stop.name === element.name && stop.form === element.form);
  const said = window.wanted.filter((element) => !isReached(element))
    .map((element) => `the keyboard does not reach ${element.outerHTML.slice(0, 100)}`);
  const order = window.stops.filter((element) => window.wanted.includes(element)).map((element) => window.wanted.indexOf(element));
  if (order.some((place, index) => index > 0 && place < order[index - 1])) said.push('the keyboard goes in another order than the page');
  for (const element of document.querySelectorAll('[role=button], [role=link], [onclick], .bouton'))
    if (!element.matches('a[href], button, input, summary') && element.tabIndex < 0)
      said.push(`not for the keyboard: ${element.outerHTML.slice(0, 100)}`);
  return said;
}"""


def keyboard(page):
    """Layer 3: Tab alone reaches everything, in the page's order, visibly, and leads out again (RGAA 10.7, 12.8, 12.9)."""
    count = page.evaluate(REACHABLE)
    said = []
    for _ in range(count + 4):
        page.keyboard.press('Tab')
        stop = page.evaluate(STOP)
        if stop is None:
            break
        # A date is several stops in one field.
        if stop['again'] and 'type="date"' not in stop['text']:
            said.append(f"the keyboard is caught at {stop['text']}")
            break
        if not stop['isSeen']:
            said.append(f"one does not see that the keyboard is at {stop['text']}")
        if not stop['inside']:
            said.append(f"the keyboard is out of sight at {stop['text']}")
    else:
        said.append('the keyboard finds no way out of the page')
    return said + page.evaluate(MISSED)


# Whatever changes while somebody acts has to be announced: in a live region that was there when the page came.
WATCH = """() => {
  const live = [...document.querySelectorAll('[role=status], [role=alert], [aria-live]')];
  window.silent = [];
  new MutationObserver((changes) => {
    for (const change of changes) {
      const element = change.target.nodeType === 1 ? change.target : change.target.parentElement;
      if (!element || !element.closest('main, #session')) continue;
      const isLive = live.some((region) => region.contains(element));
      // The criteria are marked one by one, and counted in a live region.
      const isCounted = element.closest('#criteres') && document.querySelector('#criteres [role=status]');
      if (!isLive && !isCounted && element.textContent.trim()) window.silent.push(element.outerHTML.slice(0, 100));
    }
  }).observe(document.body, { childList: true, characterData: true, subtree: true });
}"""


def silent(page):
    return [f'nothing announces a change of {what}' for what in page.evaluate('window.silent || []')]


def look(page, status, whole=True):
    """Everything that the layers say of the page that is open, which can't be used any further. Of one that has been seen with other words
    in it, only what words can change."""
    said = assertions(page, status)
    if whole:
        said += sizes(page) + plain(page)
        page.evaluate(THIN)
        said += keyboard(page) + axe(page)
    return said

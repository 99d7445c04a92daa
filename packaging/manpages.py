#!/usr/bin/env python3
"""Manual pages from the program itself: what `collecteur --experimental-dump-help` says, and the settings' file.

Usage: manpages.py COLLECTEUR SETTINGS DIRECTORY

Writes DIRECTORY/man1/collecteur.1, a page for each command, and DIRECTORY/man5/collecteur.yaml.5. The same sources make
the help and the completion, so that the three say the same.
"""

import json
import pathlib
import subprocess
import sys


def escaped(text):
    """Text as roff shows it literally."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\n".join("\\&" + line if line[:1] in (".", "'") else line for line in text.split("\n"))


def paragraphs(text):
    """Paragraphs; one that begins with « Example: » is set as an example."""
    lines = []
    for paragraph in (text or "").strip().split("\n\n"):
        if not paragraph:
            continue
        if paragraph.startswith("Example: "):
            lines += [".PP", "Example:", ".PP", ".RS 4", ".EX", escaped(paragraph[len("Example: "):]), ".EE", ".RE"]
        else:
            lines += [".PP", escaped(paragraph)]
    return lines


def shown_name(argument):
    """How an argument is written: its names, and its value if it takes one."""
    value = "\\fI" + escaped(argument.get("valueName", "value")) + "\\fR"
    if argument["kind"] == "positional":
        return value
    dashes = {"long": "--", "short": "-", "longWithSingleDash": "-"}
    names = ", ".join(
        "\\fB" + escaped(dashes[name["kind"]] + name["name"]) + "\\fR" for name in argument.get("names", []))
    return names if argument["kind"] == "flag" else names + " " + value


def usage(path, command):
    """The line of the synopsis."""
    parts = ["\\fB" + escaped(" ".join(path)) + "\\fR"]
    for argument in visible(command):
        text = shown_name(argument)
        if argument.get("isRepeating"):
            text += "\\ ..."
        parts.append("[" + text + "]" if argument.get("isOptional") else text)
    return " ".join(parts)


def visible(command):
    return [
        argument for argument in command.get("arguments", [])
        if argument.get("shouldDisplay", True) and argument.get("valueName") not in ("help", "version")]


def subcommands(command):
    return [sub for sub in command.get("subcommands", []) if sub["commandName"] != "help"]


def describe(path, command, heading):
    """A command's synopsis, words and arguments, under a heading."""
    lines = [heading]
    if not subcommands(command):
        lines += [usage(path, command)]
    lines += [".PP", escaped(command.get("abstract", ""))]
    lines += paragraphs(command.get("discussion"))
    for argument in visible(command):
        words = [argument.get("abstract", ""), argument.get("discussion", "")]
        if argument.get("allValues"):
            words.append("One of: " + ", ".join(argument["allValues"]) + ".")
        if argument.get("defaultValue"):
            words.append("Default: " + argument["defaultValue"] + ".")
        lines += [".TP", shown_name(argument), escaped(" ".join(word for word in words if word))]
    return lines


def page(path, command, version):
    name = "-".join(path)
    title = name.upper()
    lines = [
        f'.TH "{title}" 1 "" "collecteur {version}" "collecteur"', ".nh", ".ad l", ".SH NAME",
        f"{escaped(name)} \\- {escaped(command.get('abstract', ''))}"]
    if subcommands(command):
        lines += [".SH SYNOPSIS", f"\\fB{escaped(' '.join(path))}\\fR \\fIcommand\\fR ...", ".SH DESCRIPTION"]
        lines += paragraphs(command.get("discussion")) or [escaped(command.get("abstract", ""))]
        if len(path) == 1:
            lines += [".SH OPTIONS"]
            for argument in visible(command):
                lines += [".TP", shown_name(argument), escaped(argument.get("abstract", ""))]
            lines += [".SH COMMANDS"]
            for sub in subcommands(command):
                lines += [".TP", f"\\fBcollecteur\\-{escaped(sub['commandName'])}\\fR(1)", escaped(sub.get("abstract", ""))]
        else:
            lines += [".SH COMMANDS"]
            for sub in subcommands(command):
                lines += describe(path + [sub["commandName"]], sub, f'.SS "{escaped(sub["commandName"])}"')
    else:
        lines += describe(path, command, ".SH SYNOPSIS")
    lines += [
        ".SH EXIT STATUS",
        "0 done, 1 failed, 2 refused by a rule or a policy, 64 usage, 66 input that can't be read, 78 configuration.",
        ".SH FILES", ".TP", "\\fI/etc/collecteur/collecteur.yaml\\fR", "The settings: \\fBcollecteur.yaml\\fR(5).",
        ".TP", "\\fI/var/lib/collecteur\\fR", "The state directory.",
        ".SH SEE ALSO"]
    others = ["collecteur.yaml(5)"] if len(path) == 1 else ["collecteur(1)", "collecteur.yaml(5)"]
    lines += [", ".join("\\fB" + escaped(other.split("(")[0]) + "\\fR(" + other.split("(")[1] for other in others)]
    return "\n".join(lines) + "\n"


def settings_page(text, version):
    return "\n".join([
        f'.TH "COLLECTEUR.YAML" 5 "" "collecteur {version}" "collecteur"', ".nh", ".ad l", ".SH NAME",
        "collecteur.yaml \\- settings of collecteur",
        ".SH DESCRIPTION",
        "Looked up in \\fB\\-\\-config\\fR, then \\fB$COLLECTEUR_CONFIG\\fR, then "
        "\\fI/etc/collecteur/collecteur.yaml\\fR. This is the file as it is installed:",
        ".PP", ".EX", escaped(text.rstrip("\n")), ".EE",
        ".SH SEE ALSO", "\\fBcollecteur\\fR(1)"]) + "\n"


def main(program, settings, folder):
    folder = pathlib.Path(folder)
    dump = json.loads(subprocess.run([program, "--experimental-dump-help"], check=True, capture_output=True).stdout)
    version = subprocess.run([program, "--version"], check=True, capture_output=True, text=True).stdout.strip()
    root = dump["command"]
    for section in ("man1", "man5"):
        (folder / section).mkdir(parents=True, exist_ok=True)
    (folder / "man1" / "collecteur.1").write_text(page(["collecteur"], root, version))
    for command in subcommands(root):
        name = command["commandName"]
        (folder / "man1" / f"collecteur-{name}.1").write_text(page(["collecteur", name], command, version))
    text = pathlib.Path(settings).read_text()
    (folder / "man5" / "collecteur.yaml.5").write_text(settings_page(text, version))


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])

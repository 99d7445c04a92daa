"""Proves from outside that nothing was lost, nothing done twice, and nothing left over."""

import collections
import json
import os

EXPECTED = {
    "good": {"succes", "succesAvecAlertes"}, "partial": {"succesPartiel", "succesPartielAvecAlertes"},
    "refused": {"echec"},
}


class Proof:
    def __init__(self, instance, robots, recipients, mails):
        self.instance, self.robots, self.recipients, self.mails = instance, robots, recipients, mails
        self.faults = []
        self.figures = collections.Counter()

    def run(self):
        rows = collections.defaultdict(list)
        for row in self.instance.json("deposit", "list"):
            rows[row["depositor"]].append(row)
        self.figures["rows"] = sum(map(len, rows.values()))
        exported = self.instance.command("registry", "export").splitlines()[1:]
        listed = {line.split(";")[0] for line in exported}
        for robot in self.robots:
            mine = sorted(rows[robot.code], key=lambda row: row["id"])
            self.faults += robot.complaints
            self.check_rows(robot, mine)
            self.check_reports(robot, mine)
            self.check_list(robot, mine, {n for n in listed if int(n[2:]) // 1000 == robot.number})
        self.check_mails(rows)
        self.check_leftovers()
        return self.faults

    def say(self, fault):
        self.faults.append(fault)

    def check_rows(self, robot, rows):
        by_name = collections.defaultdict(list)
        for row in rows:
            by_name[row["file"]].append(row)
        for sent in robot.sent:
            self.figures[sent.fate] += 1
            found = by_name.pop(sent.name, [])
            allowed = {"acknowledged": (1,), "unsure": (0, 1), "refused": (0,), "cut": (0,)}[sent.fate]
            if len(found) not in allowed:
                self.say(f"{robot.code} {sent.name}: {sent.fate}, {len(found)} rows")
            for row in found:
                if row["sha256"] != sent.sha256:
                    self.say(f"{robot.code} {sent.name}: other bytes than those that were sent")
                if row["attempts"] > 2 and "remplacé par" in (row["lastError"] or ""):
                    # In hand at three deaths of the daemon it was suspected, stepped aside and was overtaken.
                    self.figures["overtaken"] += 1
                elif row["state"] not in EXPECTED[sent.kind] or row["cause"] == "technique":
                    self.say(f"{robot.code} {sent.name}: {sent.kind}, but {row['state']} {row['cause']} {row['lastError']}")
        for name, found in by_name.items():
            self.say(f"{robot.code} {name}: {len(found)} rows, and nobody sent it")
        order = {sent.name: index for index, sent in enumerate(robot.sent) if sent.fate == "acknowledged"}
        treated = [row["file"] for row in rows if row["file"] in order]
        # A file that was cut and resumed is complete later than it was begun, but before the next one is.
        if treated != sorted(treated, key=order.get):
            self.say(f"{robot.code}: not in the order of reception: {treated}")

    def check_reports(self, robot, rows):
        folder = os.path.join(self.instance.state, "depots", robot.code, "QUALIOPI", "FICHIER_QUALIOPI")
        reports = collections.defaultdict(list)
        for name in os.listdir(folder):
            if ".rapport." not in name:
                self.say(f"{robot.code}: {name} is left in the folder")
                continue
            reports[name.split(".rapport.")[0]].append(name)
            if name.endswith(".json"):
                with open(os.path.join(folder, name)) as file:
                    report = json.load(file)
                row = next((row for row in rows if row["id"] == report["depot"]), None)
                if row is None or row["state"] != report["etat"] or row["sha256"] != report["sha256"]:
                    self.say(f"{robot.code}: {name} does not agree with its row")
        self.figures["report pairs"] += len(reports)
        if len(reports) != len(rows) or any(len(pair) != 2 for pair in reports.values()):
            self.say(f"{robot.code}: {len(rows)} rows, reports {sorted(map(len, reports.values()))}")

    def check_list(self, robot, rows, listed):
        contents = {sent.name: sent.ndas for sent in robot.sent}
        accepted = [row for row in rows if row["state"].startswith("succes")]
        last = max(accepted, key=lambda row: (row["receivedAt"], row["id"]), default=None)
        if listed != (contents.get(last["file"]) or set() if last else set()):
            self.say(f"{robot.code}: the list in force is not that of {last and last['file']}")

    def check_mails(self, rows):
        got = collections.defaultdict(list)
        for recipient, identifier, subject, body in self.mails:
            got[recipient, body.split('"')[1] if '"' in body else ""].append(identifier)
        self.figures["mails accepted"] = len(self.mails)
        for code, mine in rows.items():
            for row in mine:
                for recipient in self.recipients[code]:
                    identifiers = got.pop((recipient, row["file"]), [])
                    self.figures["mails due"] += 1
                    self.figures["mails repeated"] += max(0, len(identifiers) - 1)
                    if len(set(identifiers)) != 1:
                        self.say(f"{code} {row['file']}: {len(set(identifiers))} mails to {recipient}")
        for key, identifiers in got.items():
            self.say(f"{len(identifiers)} mails about nothing: {key}")
        for mail in self.instance.json("mail", "list"):
            if mail["state"] != "sent":
                self.say(f"mail {mail['id']} is {mail['state']}: {mail['lastError']}")

    def check_leftovers(self):
        for folder in ("processing", "staging"):
            for place, _, names in os.walk(os.path.join(self.instance.state, folder)):
                for name in names:
                    self.say(f"{os.path.join(place, name)} is left")
        archived = sum(len(names) for _, _, names in os.walk(os.path.join(self.instance.state, "archive")))
        self.figures["archived files"] = archived
        if archived != self.figures["rows"]:
            self.say(f"{archived} files in the archive, {self.figures['rows']} rows")

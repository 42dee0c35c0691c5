#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Says how many lines and branches the tests have reached, and where too few.

usage: coverage.py BUILD-FOLDER

The folder was built with -Db_coverage=true, and its tests were run; gcovr reads
what they left. Lines that only a programmer's mistake reaches do not count. The
exit status is 1 where a floor is missed; then what was not reached is listed.
"""

import collections
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
# The folder below ws-glib/, "" being all of it: lines and branches in percent.
FLOORS = {"protocol": (97, 90), "engine": (95, 85), "": (92, 0)}
MISTAKES = r".*\b(g_return_(val_)?if_fail|g_return_(val_)?if_reached|g_assert\w*)\b.*"


class Count:
    def __init__(self):
        self.reached = 0
        self.all = 0

    def add(self, is_reached):
        self.all += 1
        self.reached += is_reached

    def percent(self):
        return 100 * self.reached / self.all if self.all else 100


def read(folder):
    # Not what tests compile once more, as for another system: functions of the
    # same name are other ones there.
    objects = pathlib.Path(folder) / "ws-glib"
    command = ["gcovr", "--json", "-r", ROOT, objects, "--filter", ROOT / "ws-glib"]
    command += ["--gcov-ignore-parse-errors"]
    command += ["--exclude-lines-by-pattern", MISTAKES]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)["files"]


def folders_of(name):
    parts = pathlib.PurePath(name).parts
    return ["", parts[1]] if len(parts) > 2 else [""]


def ranges(numbers):
    """Runs of numbers, as "3-5, 9"."""
    runs = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join("%d-%d" % (a, b) if a < b else str(a) for a, b in runs)


def main():
    lines = collections.defaultdict(Count)
    branches = collections.defaultdict(Count)
    missed = {}
    for file in read(sys.argv[1]):
        for line in file["lines"]:
            if line.get("gcovr/noncode"):
                continue
            for folder in folders_of(file["file"]):
                lines[folder].add(line["count"] > 0)
                for branch in line["branches"]:
                    branches[folder].add(branch["count"] > 0)
            if line["count"] == 0:
                missed.setdefault(file["file"], []).append(line["line_number"])

    failed = set()
    for folder in sorted(lines):
        floor = FLOORS.get(folder, (0, 0))
        figures = lines[folder].percent(), branches[folder].percent()
        if figures[0] < floor[0] or figures[1] < floor[1]:
            failed.add(folder)
        print(
            "%-10s %6.2f %% of %5d lines, %6.2f %% of %5d branches%s"
            % (
                folder or "all",
                figures[0],
                lines[folder].all,
                figures[1],
                branches[folder].all,
                "; too few: %d and %d" % floor if folder in failed else "",
            )
        )
    for name, numbers in sorted(missed.items()):
        if failed & set(folders_of(name)):
            print("%s: %s" % (name, ranges(numbers)))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Sums up meson's test logs: how many single tests passed, failed, skipped.

A test that speaks TAP counts as its points, any other as one. A program that
ends badly with no point failed (a crash, a timeout, a leak found at exit) is
one failure more, and so is a stage that never came to run its tests. Beside each
failure stand the last words of its program.

A program that failed beside others is run again alone, several times: what a
machine had no time for goes well then, what is wrong does not. One that passes
each time counts as passed, and is named as unsteady, with its last words too.
"""

import argparse
import collections
import glob
import json
import os
import re
import sys

POINT = re.compile(r"^(not )?ok\b\s*\d*\s*-?\s*(.*?)\s*(?:#\s*(SKIP|TODO)\b.*)?$", re.I)
GOOD = {"OK", "EXPECTEDFAIL"}
SKIPPED = {"SKIP"}
N_LAST_WORDS = 8
# Beside the log of a first run: of those of its programs that were run again. Meson
# adds the name of the set-up, if it is another.
AGAIN = "again*.json"
N_AGAIN = 3


def count_points(output):
    """Counts the TAP points of one program; its nested ones are indented."""
    counts = collections.Counter()
    notable = []
    for line in output.splitlines():
        match = POINT.match(line)
        if not match:
            continue
        failed, name, directive = match.groups()
        if directive:
            counts["skipped"] += 1
            notable.append(("SKIPPED", name))
        elif failed:
            counts["failed"] += 1
            notable.append(("FAILED", name))
        else:
            counts["passed"] += 1
    return counts, notable


def count_test(test):
    """Returns the counts of one entry of the log, and what of it failed or was
    skipped."""
    output = test.get("stdout") or ""
    counts, notable = count_points(output)
    result = test["result"]
    if result in GOOD and not counts:
        counts["passed"] = 1
    elif result in SKIPPED and not counts:
        counts["skipped"] = 1
        notable.append(("SKIPPED", output.strip()))
    elif result not in GOOD | SKIPPED and not counts["failed"]:
        counts["failed"] = 1
        notable.append(("FAILED", result.lower()))
    return counts, [(how, "%s: %s" % (test["name"], what)) for how, what in notable]


def did_fail(test):
    return test["result"] not in GOOD | SKIPPED


def find_last_words(test):
    """Returns the end of what a program said: of errors, if it said any."""
    said = (test.get("stderr") or "").split("\n") + (test.get("stdout") or "").split("\n")
    lines = [line for line in said if line.strip()]
    errors = [i for i, line in enumerate(lines) if re.search(r"ERROR|WARNING|not ok", line)]
    start = errors[0] if errors else max(0, len(lines) - N_LAST_WORDS)
    return lines[start : start + N_LAST_WORDS]


def read_log(path):
    """Reads one log: an object to a line."""
    with open(path, encoding="utf-8", errors="replace") as log:
        return [json.loads(line) for line in log if line.strip()]


def print_names(path, have_failed):
    """Prints the names of the programs that failed, or that passed, for
    "meson test"."""
    if not os.path.exists(path):
        return
    for test in read_log(path):
        if did_fail(test) == have_failed:
            print(test["name"].split(" / ")[-1])


def find_unsteady(folder):
    """Returns the names of the programs that passed each time when run again."""
    passes = collections.Counter(
        test["name"]
        for path in glob.glob(os.path.join(folder, AGAIN))
        for test in read_log(path)
        if not did_fail(test)
    )
    return {name for name, n in passes.items() if n == N_AGAIN}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--broken", help="a file with a line for each broken stage")
    parser.add_argument("--failed", metavar="LOG", help="only name what failed in LOG")
    parser.add_argument("--passed", metavar="LOG", help="only name what passed in LOG")
    parser.add_argument("logs", nargs="*", help="meson-logs/testlog.json")
    arguments = parser.parse_args()
    if arguments.failed:
        return print_names(arguments.failed, True)
    if arguments.passed:
        return print_names(arguments.passed, False)

    total = collections.Counter()
    notable = []
    if arguments.broken:
        with open(arguments.broken, encoding="utf-8") as broken:
            notable += [("FAILED", "could not finish: " + line.strip()) for line in broken]
        total["failed"] += len(notable)
    for path in arguments.logs:
        try:
            tests = read_log(path)
        except (OSError, ValueError) as error:
            notable.append(("FAILED", "no results: %s" % error))
            total["failed"] += 1
            continue
        unsteady = find_unsteady(os.path.dirname(path))
        for test in tests:
            counts, of_test = count_test(test)
            if test["name"] in unsteady:
                counts["passed"] += counts.pop("failed", 0)
                of_test = [
                    ("UNSTEADY" if how == "FAILED" else how, what) for how, what in of_test
                ]
            total += counts
            words = ["    " + line for line in find_last_words(test)] if did_fail(test) else []
            folder = path.split("/")[0]
            notable += [
                (how, "\n".join(["%s (%s)" % (what, folder)] + words))
                for how, what in of_test
            ]

    for how, what in sorted(notable, key=lambda entry: entry[0], reverse=True):
        print("%-8s %s" % (how, what))
    if not total["passed"] and not total["failed"]:
        print("Nothing ran.")
    print(
        "%d passed, %d failed, %d skipped"
        % (total["passed"], total["failed"], total["skipped"])
    )
    return 0 if total["passed"] and not total["failed"] else 1


if __name__ == "__main__":
    sys.exit(main())

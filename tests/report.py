#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Sums up meson's test logs: how many single tests passed, failed, skipped.

A test that speaks TAP counts as its points, any other as one. A program that
ends badly with no point failed (a crash, a timeout, a leak found at exit) is
one failure more, and so is a stage that never came to run its tests.
"""

import argparse
import collections
import json
import os
import re
import sys

POINT = re.compile(r"^(not )?ok\b\s*\d*\s*-?\s*(.*?)\s*(?:#\s*(SKIP|TODO)\b.*)?$", re.I)
GOOD = {"OK", "EXPECTEDFAIL"}
SKIPPED = {"SKIP"}


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


def read_log(path):
    """Reads one log: an object to a line."""
    with open(path, encoding="utf-8", errors="replace") as log:
        return [json.loads(line) for line in log if line.strip()]


def print_failed(path):
    """Prints the names of the programs that failed, for "meson test"."""
    if not os.path.exists(path):
        return
    for test in read_log(path):
        if test["result"] not in GOOD | SKIPPED:
            print(test["name"].split(" / ")[-1])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--broken", help="a file with a line for each broken stage")
    parser.add_argument("--failed", metavar="LOG", help="only name what failed in LOG")
    parser.add_argument("logs", nargs="*", help="meson-logs/testlog.json")
    arguments = parser.parse_args()
    if arguments.failed:
        return print_failed(arguments.failed)

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
        for test in tests:
            counts, of_test = count_test(test)
            total += counts
            folder = path.split("/")[0]
            notable += [(how, "%s (%s)" % (what, folder)) for how, what in of_test]

    for how, what in sorted(notable, key=lambda entry: entry[0], reverse=True):
        print("%-7s %s" % (how, what))
    if not total["passed"] and not total["failed"]:
        print("Nothing ran.")
    print(
        "%d passed, %d failed, %d skipped"
        % (total["passed"], total["failed"], total["skipped"])
    )
    return 0 if total["passed"] and not total["failed"] else 1


if __name__ == "__main__":
    sys.exit(main())

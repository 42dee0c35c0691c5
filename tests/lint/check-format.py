#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Checks that clang-format would change nothing. --fix lets it change."""

import re
import shutil
import subprocess
import sys

import sources

# Each major version formats a little differently; this one is Debian 12's, and
# no later Debian has it.
VERSION = "14"
SKIPPED = 77


def find_formatter():
    for command in ("clang-format-" + VERSION, "clang-format"):
        path = shutil.which(command)
        if not path:
            continue
        output = subprocess.run(
            [path, "--version"], check=True, stdout=subprocess.PIPE
        ).stdout.decode()
        if re.search(r"version %s\." % VERSION, output):
            return path
    print("clang-format %s is not here, and others format differently" % VERSION)
    sys.exit(SKIPPED)


def main():
    mode = ["-i"] if "--fix" in sys.argv[1:] else ["--dry-run", "-Werror"]
    names = sources.files(".c", ".h")
    status = subprocess.run(
        [find_formatter(), "-style=file"] + mode + names, cwd=sources.ROOT
    ).returncode
    if status:
        print("To format everything: tests/lint/check-format.py --fix")
    sys.exit(status)


if __name__ == "__main__":
    main()

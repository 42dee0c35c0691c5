#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs clang-tidy over the library: check-tidy.py BUILD-FOLDER [FILE…]"""

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import sources

# Of gcc, which clang would warn about.
IGNORED = ["--extra-arg=-Wno-unknown-warning-option"]


def check(name, build):
    """Returns what clang-tidy says of one file; nothing when all is well."""
    result = subprocess.run(
        ["clang-tidy", "--quiet", "-p", build] + IGNORED + [name],
        cwd=sources.ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    if result.returncode == 0:
        return ""
    return result.stdout.decode() or result.stderr.decode()


def compiled(build):
    """The library's sources that the build knows how to compile."""
    commands = json.loads((Path(build) / "compile_commands.json").read_text())
    paths = {os.path.realpath(os.path.join(c["directory"], c["file"])) for c in commands}
    names = sources.files(".c")
    return [
        name
        for name in names
        if name.startswith("ws-glib/") and str(sources.ROOT / name) in paths
    ]


def main():
    if not shutil.which("clang-tidy"):
        sources.finish(["clang-tidy is not installed"])
    build = os.path.abspath(sys.argv[1])
    names = sys.argv[2:] or compiled(build)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        reports = pool.map(lambda name: check(name, build), names)
        sources.finish([report for report in reports if report])


if __name__ == "__main__":
    main()
